import Events
import Features
import TestSupport
import Testing

@testable import Detectors

@Suite struct NameTests {
  private let host = QuietOffice.workstation(4)

  private func votes(_ detector: String, days: Int = 10, _ planted: [[TestEvent]]) throws
    -> [ReadVote]
  {
    var site = try QuietNames.site(days: days)
    for (index, extra) in planted.enumerated() {
      let number = days + index
      try site.add(
        QuietNames.visits(number),
        events: [.dns: QuietNames.day(number) + extra + extra.map(QuietNames.forwarded)])
    }
    return try site.votes().votes.filter { $0.detector == detector }
  }

  /// Questions with so many random letters each, at even distances over a part of the day.
  private func tunnel(
    seed: UInt64 = 1, count: Int, characters: Int, hours: ClosedRange<Double>, type: String = "A",
    under domain: String = "carrier.test"
  ) -> [TestEvent] {
    var random = SplitMix(seed: seed)
    let length = (hours.upperBound - hours.lowerBound) * 3600
    return (0..<count).map { number in
      let label = QuietNames.letters(
        characters, from: "abcdefghijklmnopqrstuvwxyz234567", &random)
      return QuietNames.question(
        hours.lowerBound * 3600 + length * Double(number) / Double(count), host,
        "\(label).t.\(domain)", type: type)
    }
  }

  @Test("quiet days give no votes on names") func quiet() throws {
    for number in [4, 10, 11] {
      let votes = try QuietNames.site(days: number + 1).votes().votes
      #expect(votes.filter { ["dns-tunnel", "dga"].contains($0.detector) } == [], "\(number)")
    }
  }

  @Test("a tunnel of half a byte a second is found on its first day, and no name server is blamed")
  func tunnel() throws {
    // 43,200 bytes, of 16 in each name.
    let found = try votes("dns-tunnel", [tunnel(count: 2700, characters: 26, hours: 0...24)])
    #expect(found.map(\.entity) == [host])
    let vote = try #require(found.first)
    #expect(vote.peer == "carrier.test")
    #expect(vote.score > 5)
    #expect(vote.features.first == "bytes_in_names")
    #expect(try #require(vote.actuals.first ?? nil) > 25_000)
  }

  @Test("questions for text weigh more than the same for addresses") func types() throws {
    let plain = tunnel(count: 300, characters: 40, hours: 9...11)
    let text = tunnel(count: 300, characters: 40, hours: 9...11, type: "TXT")
    let scores = try [plain, text].map { try votes("dns-tunnel", [$0]).map(\.score) }
    #expect(scores[0].count == 1 && scores[1].count == 1)
    #expect(scores[1][0] > 1.2 * scores[0][0])
  }

  @Test("a tunnel of a hundredth of a byte a second is found within a week") func slowTunnel()
    throws
  {
    let days = (0..<7).map { day in
      tunnel(seed: UInt64(day), count: 60, characters: 30, hours: 0...24)
    }
    #expect(try votes("dns-tunnel", days: 9, Array(days.prefix(1))).isEmpty)
    let vote = try #require(try votes("dns-tunnel", days: 8, days).first)
    #expect(vote.entity == host && vote.peer == "carrier.test")
  }

  @Test("a domain that was asked for once, weeks before, hides no tunnel") func agedDomain() throws
  {
    let days = [tunnel(count: 1, characters: 3, hours: 9...10), [], [], []]
    let leak = tunnel(seed: 2, count: 2700, characters: 26, hours: 0...24)
    #expect(try votes("dns-tunnel", days: 0, days + (4..<8).map { _ in [] } + [leak]).count == 1)
  }

  @Test("short names asked again and again hide no long ones") func padding() throws {
    let leak = tunnel(count: 400, characters: 40, hours: 8...18)
    let padding = (0..<20_000).map {
      QuietNames.question(30_000 + Double($0), host, "a.carrier.test")
    }
    let (bare, padded) = (
      try votes("dns-tunnel", [leak]), try votes("dns-tunnel", [leak + padding])
    )
    #expect(try #require(padded.first).score > 0.9 * #require(bare.first).score)
  }

  /// Names that do not exist, each of another domain.
  private func search(_ count: Int, exists: Bool = false, _ name: (inout SplitMix) -> String)
    -> [TestEvent]
  {
    var random = SplitMix(seed: 5)
    return (0..<count).map { number in
      QuietNames.question(
        40_000 + Double(number) * 20, host, "\(name(&random)).test", exists: exists)
    }
  }

  @Test("names drawn by chance are found, whether they exist or not") func generated() throws {
    for exists in [false, true] {
      let names = search(60, exists: exists) { QuietNames.letters(14, &$0) }
      let found = try votes("dga", [names])
      #expect(found.map(\.entity) == [host], "\(exists)")
      let vote = try #require(found.first)
      #expect(vote.features.first == "new_domains_as_generated")
      #expect(try #require(vote.actuals.first ?? nil) > 40)
      #expect(vote.score > 4)
    }
  }

  @Test("joined words that do not exist are found, and those that do are not") func words() throws {
    func joined(_ random: inout SplitMix) -> String {
      (0..<3).map { _ in QuietNames.words[Int.random(in: 0..<20, using: &random)] }.joined()
    }
    #expect(try votes("dga", [search(80, joined)]).map(\.entity) == [host])
    #expect(try votes("dga", [search(80, exists: true, joined)]) == [])
  }

  @Test("four generated names a day are nothing on the first day and found after a week")
  func slowSearch() throws {
    let days = (0..<7).map { day in
      (0..<4).map { number in
        var random = SplitMix(seed: UInt64(100 * day + number))
        return QuietNames.question(
          40_000 + Double(number) * 900, host, "\(QuietNames.letters(14, &random)).test",
          exists: false)
      }
    }
    #expect(try votes("dga", days: 8, Array(days.prefix(1))).isEmpty)
    #expect(try votes("dga", days: 8, days).map(\.entity) == [host])
  }

  @Test("mistyped names, wrong suffixes and a browser's probes are no search") func mistakes()
    throws
  {
    var random = SplitMix(seed: 9)
    let typos = ["gooogle.test", "watterhouse.example", "markett.example"].map {
      QuietNames.question(30_000, host, "www.\($0)", exists: false)
    }
    let suffixes = (0..<60).map {
      QuietNames.question(31_000 + Double($0), host, "www.site\($0).test.corp.lan", exists: false)
    }
    let probes = (0..<60).map {
      QuietNames.question(
        32_000 + Double($0), host, QuietNames.letters(12, &random), exists: false)
    }
    #expect(try votes("dga", [typos + suffixes + probes]).isEmpty)
    #expect(try votes("dns-tunnel", [typos + suffixes + probes]).isEmpty)
  }

  @Test("a new service that all hosts ask with hashes in its names is no tunnel") func service()
    throws
  {
    var random = SplitMix(seed: 3)
    let asked = (0..<12).flatMap { host in
      (0..<120).map { number in
        QuietNames.question(
          30_000 + Double(number) * 60, QuietOffice.workstation(host),
          "\(QuietNames.letters(32, from: "0123456789abcdef", &random)).reputation.test")
      }
    }
    #expect(try votes("dns-tunnel", [asked]).isEmpty)
  }
}
