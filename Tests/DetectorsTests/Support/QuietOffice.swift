import TestSupport

/// Twelve workstations that work from 8 to 17 on workdays with two dozen sites and a file server, a
/// printer-like device that asks one address for the time, and three cameras read by a recorder.
struct QuietOffice {
  static func workstation(_ number: Int) -> String { "10.1.0.\(number + 10)" }
  static func camera(_ number: Int) -> String { "10.3.0.\(number + 10)" }
  static let server = "10.2.0.5"

  /// The conversations of a day, 0 being a Monday.
  static func day(_ number: Int) -> [TestFlow] {
    var random = SplitMix(seed: UInt64(number) + 1)
    var flows: [TestFlow] = []
    let isWorkday = number % 7 < 5
    for host in 0..<12 where isWorkday {
      for hour in 8..<17 {
        for _ in 0..<Int.random(in: 8...14, using: &random) {
          let site = Int.random(in: 0..<24, using: &random)
          flows.append(
            TestFlow(
              second: Double(hour) * 3600 + .random(in: 0..<3600, using: &random),
              from: workstation(host), to: "198.51.\(site).7",
              sent: .random(in: 500...4000, using: &random),
              received: .random(in: 3000...90_000, using: &random)))
        }
        flows.append(
          TestFlow(
            second: Double(hour) * 3600 + .random(in: 0..<3600, using: &random),
            from: workstation(host), to: server, port: 445))
      }
      // A page that nobody visited before.
      flows.append(
        TestFlow(
          second: 36_000 + .random(in: 0..<9000, using: &random), from: workstation(host),
          to: "203.0.\(host * 20 + number % 20).9"))
    }
    for camera in 0..<3 {
      for hour in 0..<24 {
        let second = Double(hour) * 3600 + 60 + .random(in: 0..<30, using: &random)
        flows.append(
          TestFlow(second: second, from: "10.2.0.6", to: self.camera(camera), port: 554))
        flows.append(
          TestFlow(
            second: second + 5, from: self.camera(camera), to: "10.2.0.7", port: 123,
            ianaNumber: 17, sent: 76, received: 76))
      }
    }
    return flows
  }

  /// A site with that many quiet days, at most 16.
  static func site(days: Int) throws -> TestSite { try longest.get().first(days) }

  /// Made once, since all tests begin with it.
  private static let longest = Result {
    var site = TestSite()
    for number in 0..<16 { try site.add(day(number)) }
    return site
  }
}
