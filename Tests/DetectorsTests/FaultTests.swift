import Columnar
import Events
import Features
import Testing

@testable import Detectors

/// The office, seen by two exporters: the cameras and their recorder by another one than the rest.
private func office(_ number: Int) -> [TestFlow] {
  QuietOffice.day(number).map { flow in
    var flow = flow
    flow.source = flow.from.hasPrefix("10.1.") ? "core" : "cameras"
    return flow
  }
}

private func burst(from host: String, source: String = "core") -> [TestFlow] {
  (0..<300).map { number in
    var flow = TestFlow(
      second: 50_400 + Double(number) * 3, from: host, to: "10.2.0.5", port: 1433, isFailed: true)
    flow.source = source
    return flow
  }
}

@Suite("Faults of the data") struct FaultTests {
  @Test("votes on hosts of a faulty source are withheld, those on others stand")
  func withheld() throws {
    let (own, other) = (QuietOffice.workstation(3), QuietOffice.camera(1))
    var site = TestSite()
    for day in 0..<14 { try site.add(office(day)) }
    var sound = site
    let bursts = burst(from: own) + burst(from: other, source: "cameras")
    try sound.add(office(14) + bursts)
    try site.add(office(14) + bursts, faults: [("core", .repeated, 0..<24)])
    func hosts(_ site: TestSite) throws -> Set<String> {
      Set(try site.votes().votes.filter { $0.detector == "rate" }.map(\.entity))
    }
    #expect(try hosts(sound).isSuperset(of: [own, other]))
    #expect(try hosts(site).contains(other))
    #expect(try !hosts(site).contains(own))
    let rows = try site.votes().coverage.filter { $0.detector == "rate" }
    #expect(rows.map(\.source) == ["cameras", "core"])
    #expect(rows.map(\.ran) == [true, false])
    #expect(rows[0].reason == nil)
    #expect(rows[1].reason?.hasPrefix("blind: source repeated") == true)
    #expect(rows[1].reason?.hasSuffix("withheld") == true)
    // A scan is one whether its rows are there once or twice.
    let scans = try site.votes().coverage.filter { $0.detector == "scan" }
    #expect(scans.map(\.reason) == [nil, nil])
  }

  /// Detectors to which two weeks of conversations are enough.
  private let ofFlows = Set(
    allDetectors.filter {
      $0.eventClasses.contains(.flow) && $0.neededDays <= 14 && $0.name != "indicators"
    }.map(\.name))

  @Test("a silent source blinds every detector for its hours, and is listed without any rows")
  func silent() throws {
    var site = TestSite()
    for day in 0..<14 { try site.add(office(day)) }
    var gone = site
    let morning = office(14).filter { $0.source == "cameras" || !(21_600..<43_200 ~= $0.second) }
    try site.add(morning, faults: [("core", .silent, 6..<12)])
    let (votes, coverage) = try site.votes()
    #expect(votes.filter { $0.detector != "scan" }.isEmpty)
    let flows = coverage.filter { ofFlows.contains($0.detector) }
    let rows = flows.filter { $0.source == "core" && $0.detector != "forest" }
    #expect(rows.allSatisfy { $0.ran && $0.reason == "blind in part: source silent" })
    #expect(flows.filter { $0.source == "cameras" }.allSatisfy { $0.reason == nil })

    try gone.add(
      office(14).filter { $0.source == "cameras" }, faults: [("core", .silent, 0..<24)])
    let lost = try gone.votes().coverage.filter {
      $0.source == "core" && ofFlows.contains($0.detector)
    }
    #expect(lost.count == ofFlows.count)
    #expect(lost.allSatisfy { !$0.ran && $0.reason == "blind: source silent" })
  }

  @Test("without bytes for a day the leak detector is blind, and none votes for it")
  func bytes() throws {
    var site = TestSite()
    for day in 0..<14 { try site.add(office(day)) }
    try site.add(
      office(14), hasBytes: false,
      faults: [("core", .bytes, 0..<24), ("cameras", .bytes, 0..<24)])
    let (votes, coverage) = try site.votes()
    #expect(votes.isEmpty)
    let blind = coverage.filter { !$0.ran && ofFlows.contains($0.detector) }
    #expect(Set(blind.map(\.detector)) == ["exfiltration", "forest"])
  }

  /// The profile of a host and clock hour on workdays.
  private func usual(
    _ site: TestSite, _ host: String, hour: Int, asOf day: Int, _ measure: ColumnKey<Values<Int64>>
  ) throws -> (samples: Int, median: Double)? {
    let state = try site.state(asOf: day)
    let cursor = try ProfileCursor(state.hostProfiles)
    let index = try #require(Measure.index(of: measure))
    while let (name, profile) = try cursor.take() {
      guard name.text == host, let row = profile.row(dayType: 0, hour: hour) else { continue }
      return row.centers[index].map { (row.sampleCount, Measure.all[index].count($0.median)) }
    }
    return nil
  }

  @Test("silence does not become normal, nor does the lack of bytes; a quiet hour does")
  func learning() throws {
    let host = QuietOffice.workstation(3)
    func site(_ isBroken: (Int) -> Bool, isKnown: Bool) throws -> TestSite {
      var site = TestSite()
      for day in 0..<14 {
        let flows = office(day).filter {
          !isBroken(day) || $0.source == "cameras" || !(21_600..<43_200 ~= $0.second)
        }
        try site.add(
          flows, faults: isBroken(day) && isKnown ? [("core", .silent, 6..<12)] : [])
      }
      return site
    }
    // Six of ten mornings are missing.
    let isBroken: (Int) -> Bool = { [2, 3, 4, 7, 8, 9].contains($0) }
    let known = try site(isBroken, isKnown: true)
    let unknown = try site(isBroken, isKnown: false)
    let whole = try site({ _ in false }, isKnown: false)
    let measure = HostHour.outConversations
    let usual = try #require(try self.usual(whole, host, hour: 10, asOf: 14, measure))
    let learned = try #require(try self.usual(known, host, hour: 10, asOf: 14, measure))
    #expect(usual.median > 8)
    #expect(abs(learned.median - usual.median) < 3)
    #expect(try #require(try self.usual(unknown, host, hour: 10, asOf: 14, measure)).median == 0)
    // The afternoon, and what the other source shows, is known on all days.
    #expect(try self.usual(known, host, hour: 14, asOf: 14, measure)?.samples == 10)
    let camera = QuietOffice.camera(1)
    #expect(try self.usual(known, camera, hour: 10, asOf: 14, measure)?.samples == 10)

    var bytes = TestSite()
    for day in 0..<14 {
      try bytes.add(
        office(day), hasBytes: !isBroken(day),
        faults: isBroken(day) ? [("core", .bytes, 0..<24)] : [])
    }
    let received = HostHour.outBytesReceived
    let kept = try #require(try self.usual(bytes, host, hour: 10, asOf: 14, received))
    #expect(kept.median > 100_000)
    #expect(try self.usual(bytes, host, hour: 10, asOf: 14, measure)?.samples == 10)
  }

  @Test("an hour in which nobody spoke is one of zeros, so that the first to speak in it is seen")
  func quietHour() throws {
    var site = TestSite()
    for day in 0..<14 { try site.add(QuietOffice.day(day).filter { $0.second > 21_600 }) }
    let host = QuietOffice.workstation(3)
    let usual = try #require(try usual(site, host, hour: 3, asOf: 14, HostHour.outConversations))
    // On the first day nobody knows whether the records had begun.
    #expect(usual.samples == 9)
    #expect(usual.median == 0)
    try site.add(
      QuietOffice.day(14).filter { $0.second > 21_600 }
        + burst(from: host).map { flow in
          var flow = flow
          flow.second -= 39_600
          return flow
        })
    #expect(try site.votes().votes.contains { $0.detector == "rate" && $0.entity == host })
  }
}
