import Events
import TestSupport

/// True conversations as a one-way exporter writes them: two directions, each cut at the active
/// timeout, times rounded to the exporter's clock.
struct TrafficGenerator {
  var random: SplitMix
  let activeTimeout: Int64
  /// Microseconds between ticks of the exporter's clock.
  let resolution: Int64

  init(seed: UInt64, activeTimeout: Int64, resolution: Int64) {
    random = SplitMix(seed: seed)
    self.activeTimeout = activeTimeout
    self.resolution = resolution
  }

  /// The records of `count` conversations that start in `range`, shuffled.
  mutating func rows(count: Int, in range: Range<Int64>) -> [FlowRow] {
    var rows: [FlowRow] = []
    for _ in 0..<count { rows += conversation(in: range) }
    rows.shuffle(using: &random)
    return rows
  }

  private mutating func conversation(in range: Range<Int64>) -> [FlowRow] {
    let client =
      "10.0.0.\(Int.random(in: 1...6, using: &random)):\(Int.random(in: 50000...50002, using: &random))"
    let port = [22, 443, 8080, 123, 50001].randomElement(using: &random) ?? 22
    let server = "10.0.1.\(Int.random(in: 1...2, using: &random)):\(port)"
    let proto: UInt8 = Bool.random(using: &random) ? 6 : 17
    let start = Int64.random(in: range, using: &random)
    let length =
      Bool.random(using: &random)
      ? Int64.random(in: 0...2_000_000, using: &random)
      : Int64.random(in: 0...(8 * activeTimeout), using: &random)
    let forward = records(client, server, proto, start, start + length)
    let latency = Int64.random(in: 0...40_000, using: &random)
    guard Int.random(in: 0..<10, using: &random) > 0 else { return forward }
    let reply = records(server, client, proto, start + latency, start + max(latency, length))
    return Int.random(in: 0..<15, using: &random) > 0 ? forward + reply : reply
  }

  private mutating func records(
    _ from: String, _ to: String, _ proto: UInt8, _ start: Int64, _ end: Int64
  ) -> [FlowRow] {
    var rows: [FlowRow] = []
    var time = start
    repeat {
      let last = min(end, time + activeTimeout)
      let row = FlowRow(from, to, at: 0, proto: proto).with {
        $0.time = rounded(time)
        $0.end = rounded(last)
        $0.bytes = Int64.random(in: 40...5000, using: &random)
        if proto == 6 {
          $0.flags = 0x18 | (time == start ? 2 : 0) | (last == end ? 1 : 0)
        }
      }
      rows.append(row)
      time = last + Int64.random(in: 1...20_000_000, using: &random)
    } while time < end
    return rows
  }

  private func rounded(_ time: Int64) -> Int64 { time / resolution * resolution }
}
