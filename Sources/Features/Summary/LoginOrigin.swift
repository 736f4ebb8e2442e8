import Events

/// Where on earth a sign-in came from.
struct LoginOrigin: BitwiseCopyable, Comparable {
  /// A code or a name; `.unknown` where the log has none.
  var country: Endpoint
  /// Both 0 where they are not known.
  let latitude: Double
  let longitude: Double

  /// Nil where neither is known.
  init?(country: Endpoint, _ coordinates: Coordinates?) {
    guard country.kind != .unknown || coordinates != nil else { return nil }
    self.country = country
    latitude = coordinates?.latitude ?? 0
    longitude = coordinates?.longitude ?? 0
  }

  var isLocated: Bool { latitude != 0 || longitude != 0 }

  var hash: UInt64 {
    mix(mix(country.element) ^ latitude.bitPattern) ^ mix(longitude.bitPattern)
  }

  static func == (a: LoginOrigin, b: LoginOrigin) -> Bool {
    a.latitude == b.latitude && a.longitude == b.longitude && a.country == b.country
  }

  static func < (a: LoginOrigin, b: LoginOrigin) -> Bool {
    if a.latitude != b.latitude { return a.latitude < b.latitude }
    return a.longitude != b.longitude ? a.longitude < b.longitude : a.country < b.country
  }
}
