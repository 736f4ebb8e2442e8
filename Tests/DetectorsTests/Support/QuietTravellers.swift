import Events

/// Sign-ins to a service in the cloud that says where they came from: twelve people at home in
/// Ghent, four of them through the firm's proxy in Stockholm as well, one also by a telephone that
/// a carrier in Dublin connects, three late at night from an office in Madrid, and one whose log
/// knows countries only.
struct QuietTravellers {
  /// Degrees north and east.
  typealias Place = (latitude: Double, longitude: Double)

  static let ghent: Place = (51.0543, 3.7174)
  static let dublin: Place = (53.3498, -6.2603)
  static let stockholm: Place = (59.3293, 18.0686)
  static let lagos: Place = (6.4541, 3.3947)
  static let sydney: Place = (-33.8679, 151.2073)
  static let madrid: Place = (40.4168, -3.7038)

  static let days = 8
  static let proxy = "192.0.200.5"
  static let carrier = "192.0.100.9"
  static func home(_ user: Int) -> String { "198.51.\(user).7" }
  static func name(_ user: Int) -> String { "user\(user)@example.com" }
  static let proxied = 4..<8
  static let twoPlaces = 3
  static let office = "192.0.50.5"
  static let inOffice = 8..<11
  static let countryOnly = 11

  static func login(
    _ second: Double, _ user: Int, from source: String, at place: Place?, country: String? = nil,
    _ action: String = "success"
  ) -> TestEvent {
    var values: [String: TestEvent.Value] = [
      "user_name": .text(name(user)), "source_ip": .address(source),
      "observer_name": .text("cloud"), "event_action": .text(action),
    ]
    if let place {
      values["source_geo_lat"] = .decimal(place.latitude)
      values["source_geo_lon"] = .decimal(place.longitude)
    }
    if let country { values["source_geo_country"] = .text(country) }
    return TestEvent(second: second, values)
  }

  /// A day, on which everybody signs in at home from eight to six.
  static func day() -> [TestEvent] {
    var events: [TestEvent] = []
    for user in 0..<12 {
      let start = 28_800 + Double(user) * 10
      for hour in [0.0, 4, 10] {
        let second = start + hour * 3600
        events.append(
          user == countryOnly
            ? login(second, user, from: home(user), at: nil, country: "Belgium")
            : login(second, user, from: home(user), at: ghent, country: "BE"))
        if proxied.contains(user) {
          events.append(login(second + 60, user, from: proxy, at: stockholm, country: "SE"))
        }
      }
      if inOffice.contains(user) {
        events.append(login(start + 50_400, user, from: office, at: madrid, country: "ES"))
      }
      if user == twoPlaces {
        events.append(login(start + 600, user, from: carrier, at: dublin, country: "IE"))
      }
    }
    return events
  }

  /// A site with quiet days; the last one has more sign-ins.
  static func site(lastDay extra: [TestEvent] = []) throws -> TestSite {
    var site = try quiet.get()
    try site.add([], events: [.auth: day() + extra])
    return site
  }

  private static let quiet = Result {
    var site = TestSite()
    for _ in 0..<(days - 1) { try site.add([], events: [.auth: day()]) }
    return site
  }
}
