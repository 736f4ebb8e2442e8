import Events
import Features
import TestSupport
import Testing

@testable import Detectors

@Suite struct HandshakeTests {
  private static let browsers = ["t13d1516h2_8daaf6152771_02713d6af862", "t13d1715h2_5b57614c22b0"]

  private static func handshake(
    _ second: Double, _ host: Int, to address: String = "198.51.100.9", name: String? = nil,
    fingerprint: String? = nil, version: String = "TLSv13", action: String? = nil
  ) -> TestEvent {
    var values: [String: TestEvent.Value] = [
      "source_ip": .address(QuietOffice.workstation(host)), "destination_ip": .address(address),
      "tls_version": .text(version),
    ]
    if let name { values["tls_sni"] = .text(name) }
    if let fingerprint { values["tls_ja4"] = .text(fingerprint) }
    if let action { values["event_action"] = .text(action) }
    return TestEvent(second: second, values)
  }

  /// Browsers of two makes that call named servers, and one address without a name.
  private static func day(_ number: Int) -> [TestEvent] {
    var random = SplitMix(seed: UInt64(number) + 77)
    return (0..<12).flatMap { host in
      (0..<10).map { visit in
        handshake(
          .random(in: 30_000..<60_000, using: &random), host,
          name: visit == 0 ? nil : "www.site\(Int.random(in: 0..<30, using: &random)).example",
          fingerprint: browsers[(host + visit) % 2])
      }
    }
  }

  private func site(named: Bool = true) throws -> TestSite {
    var site = TestSite()
    for number in 0..<8 where number % 7 < 5 || !site.tables.isEmpty {
      try site.add(
        QuietNames.visits(0),
        events: [.tls: HandshakeTests.day(number).map { named ? $0 : HandshakeTests.bare($0) }])
    }
    return site
  }

  /// As of a log that states neither fingerprints nor names.
  private static func bare(_ event: TestEvent) -> TestEvent {
    var event = event
    event.values["tls_sni"] = nil
    event.values["tls_ja4"] = nil
    return event
  }

  private func votes(_ planted: [TestEvent]) throws -> [ReadVote] {
    var site = try site()
    try site.add(QuietNames.visits(0), events: [.tls: HandshakeTests.day(8) + planted])
    return try site.votes().votes.filter { $0.detector == "tls" }
  }

  @Test("quiet days give no votes on handshakes") func quiet() throws {
    #expect(try votes([]).isEmpty)
  }

  @Test("a fingerprint and a server without a name that nobody showed before are a surprise")
  func implant() throws {
    let planted = (0..<20).map {
      HandshakeTests.handshake(
        40_000 + Double($0) * 60, 4, to: "203.0.113.77", fingerprint: "t12i210500_76e208dd3e22")
    }
    let vote = try #require(try votes(planted).first)
    #expect(vote.entity == QuietOffice.workstation(4))
    #expect(vote.peer == "203.0.113.77")
    #expect(Set(vote.features) == ["new_fingerprints", "new_unnamed_servers"])
  }

  @Test("an old version with a certificate that its owner signed is one") func weak() throws {
    let planted = [
      HandshakeTests.handshake(
        40_000, 4, name: "panel.test", fingerprint: HandshakeTests.browsers[0], version: "TLS 1.0",
        action: "self signed certificate")
    ]
    let vote = try #require(try votes(planted).first)
    #expect(vote.features == ["new_fingerprints"])
    #expect(vote.actuals.first == 2)
    #expect(vote.peer == "panel.test")
  }

  @Test("a browser that all hosts get on one day is none") func update() throws {
    let planted = (0..<12).map {
      HandshakeTests.handshake(
        40_000, $0, name: "www.site1.example", fingerprint: "t13d1517h2_8daaf6152771_b0da82dd1658")
    }
    #expect(try votes(planted).isEmpty)
  }

  @Test("logs without fingerprints and names say nothing, and so does the first of them")
  func obstacles() throws {
    let reasons = try [site(named: false), site().first(3), site().first(1)].map { site in
      try site.votes().coverage.first { $0.detector == "tls" }?.reason
    }
    #expect(
      reasons == [
        "no fingerprints, old versions or server names",
        "learning: 2 of 3 earlier days of handshakes",
        "learning: 0 of 3 earlier days of handshakes",
      ])
  }
}
