/// What was looked up last for endpoints, by their elements: of endpoints that share a place the
/// later one stays.
struct EndpointCache<Value: BitwiseCopyable> {
  private static var placeCountLog2: Int { 16 }
  private var places: [(element: UInt64, value: Value)?]

  init() { places = Array(repeating: nil, count: 1 << EndpointCache.placeCountLog2) }

  @inline(__always)
  mutating func value(for element: UInt64, otherwise look: () -> Value) -> Value {
    let place = Int(mix(element) >> UInt64(UInt64.bitWidth - EndpointCache.placeCountLog2))
    if let found = places[place], found.element == element { return found.value }
    let value = look()
    places[place] = (element, value)
    return value
  }
}
