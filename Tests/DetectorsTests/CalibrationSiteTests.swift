import Events
import Glibc
import TestSupport
import Testing

@testable import Detectors

extension SimulatedVotes {
  fileprivate mutating func add(
    _ day: Int, _ entity: String, _ detector: String, _ score: Double, feature: String? = nil
  ) {
    days[day].removeAll { $0.entity == entity && $0.detector == detector }
    days[day].append(
      SimulatedVote(entity: entity, detector: detector, score: score, feature: feature))
  }
}

private let fiveDetectors = Array(SimulatedVotes.detectors.prefix(5))

@Suite("Site-wide days") struct SiteWideTests {
  private let quiet = SimulatedVotes(
    hosts: SimulatedVotes.workstations(76), detectors: fiveDetectors, dayCount: 82, seed: 2)
  private let patchDay = 70

  /// On the patch day, two detectors vote high on the first hosts.
  private func patched(hosts: Int) -> SimulatedVotes {
    var site = quiet
    var generator = SplitMix(seed: 8)
    for host in 0..<hosts {
      for detector in ["detector0", "detector1"] {
        site.add(patchDay, "w" + pad(host, 3), detector, 6 - log(generator.uniform()))
      }
    }
    return site
  }

  @Test("many hosts on the same detectors are one finding of the site", arguments: [20, 40, 76])
  func oneFinding(hosts: Int) throws {
    let day = try patched(hosts: hosts).decisions(patchDay...patchDay)[0]
    let site = try #require(day.decided.first { $0.kind == .site })
    #expect(site.entity == "site" && site.votes == 2)
    #expect(day.summary.siteWide.map(\.detector) == ["detector0", "detector1"])
    #expect(day.summary.siteWide.allSatisfy { $0.hosts >= hosts })
    let ofQuietDay = try quiet.decisions(patchDay...patchDay)[0].decided
    #expect(day.decided.count <= ofQuietDay.count + 1)
  }

  @Test("a site-wide day leaves the line and the decisions of the next 28 days as they were")
  func barStays() throws {
    let after = patchDay + 1...81
    let (patched, quiet) = (
      try patched(hosts: 60).decisions(after), try quiet.decisions(after)
    )
    for (day, quietDay) in zip(patched, quiet) {
      let line = try #require(day.summary.lineStatistic)
      let quietLine = try #require(quietDay.summary.lineStatistic)
      #expect(line <= 2 * quietLine && quietLine <= 2 * line)
      #expect(day.summary.replayedDays == 27)
      #expect(day.summary.leftOut.map(\.detector) == ["detector0", "detector1"])
    }
    let decided = patched.reduce(0) { $0 + $1.decided.count }
    let decidedWithout = quiet.reduce(0) { $0 + $1.decided.count }
    #expect(abs(decided - decidedWithout) <= 2)
  }

  @Test("who stands out of a site-wide day is still decided")
  func attackOnPatchDay() throws {
    var site = patched(hosts: 50)
    site.add(patchDay, "w030", "detector0", 80)
    let day = try site.decisions(patchDay...patchDay)[0]
    #expect(day.row(of: "w030")?.decision == .decide)
    #expect(day.row(of: "w031")?.reason == "part of what is site-wide")
  }

  @Test("a vote about something else than all others is no part of a site-wide day")
  func otherFeature() throws {
    var site = quiet
    for host in 0..<40 {
      site.add(patchDay, "w" + pad(host, 3), "detector0", 8, feature: "bytes")
    }
    site.add(patchDay, "w050", "detector0", 9, feature: "failures")
    let day = try site.decisions(patchDay...patchDay)[0]
    #expect(try #require(day.row(of: "w050")).reason != Decision.partOfSiteWide)
    #expect(try #require(day.row(of: "w010")).reason == Decision.partOfSiteWide)
  }

  @Test("quiet sites have no site-wide days, with detectors that copy each other or not")
  func none() throws {
    for (seed, dependence) in [(1, 0.0), (2, 0.9)] {
      let history = try SimulatedVotes(
        hosts: SimulatedVotes.workstations(76), detectors: fiveDetectors, dayCount: 100,
        dependence: dependence, seed: UInt64(seed)
      ).history()
      let found = (28..<100).count {
        SiteWideDays(history, window: $0 - 28..<$0, today: $0).highToday.contains { $0 != nil }
      }
      #expect(found == 0)
    }
  }
}

@Suite("Small classes") struct SmallClassTests {
  /// 60 workstations and nine hosts of small classes with habits of their own: a backup that is
  /// loud every day, a web server that is guessed at every day, one that is loud at times.
  private func site(seed: UInt64) -> SimulatedVotes {
    let small =
      (0..<5).map { SimulatedHost(name: "s\($0)", entityClass: "server") }
      + (0..<3).map { SimulatedHost(name: "c\($0)", entityClass: "camera") }
      + [SimulatedHost(name: "p0", entityClass: "printer")]
    var site = SimulatedVotes(
      hosts: SimulatedVotes.workstations(60) + small, detectors: fiveDetectors, dayCount: 90,
      seed: seed)
    var generator = SplitMix(seed: seed + 999)
    for day in 0..<90 {
      site.add(day, "s0", "detector0", 20 + 4 * generator.uniform())
      site.add(day, "s1", "detector1", 8 + 6 * generator.uniform())
      let isLoud = generator.uniform() < 0.4
      let score = 5 + 5 * generator.uniform()
      if isLoud { site.add(day, "s2", "detector0", score) }
    }
    return site
  }

  @Test("attacks on servers and cameras are found beside servers that are always loud")
  func attacks() throws {
    let attacks = [
      (60, "s3", "detector0", 9.0), (64, "s1", "detector1", 40), (68, "c1", "detector2", 7),
      (72, "s2", "detector0", 25), (76, "p0", "detector3", 7), (80, "s0", "detector0", 45),
    ]
    var found = 0
    for seed in UInt64(1)...3 {
      var site = site(seed: seed)
      for (day, entity, detector, score) in attacks { site.add(day, entity, detector, score) }
      let days = try site.decisions(60...89)
      found += attacks.count { days[$0.0 - 60].row(of: $0.1)?.decision != .watch }
    }
    #expect(found >= 16, "\(found) of 18")
  }

  @Test("being loud as usual is no reason to be decided")
  func habits() throws {
    let days = try site(seed: 4).decisions(60...89)
    for server in ["s0", "s1"] {
      #expect(days.count { $0.row(of: server)?.decision == .decide } <= 4)
    }
    let decided = days.reduce(0) { $0 + $1.decided.count }
    #expect(decided >= 30 && decided <= 120)
  }

  @Test("a site of nine hosts of one class finds what one of them never did")
  func nineHosts() throws {
    var site = SimulatedVotes(
      hosts: SimulatedVotes.workstations(9), detectors: fiveDetectors, dayCount: 61, seed: 6)
    site.add(60, "w004", "detector1", 25)
    let day = try site.decisions(60...60, .init(falseAlarmsPerDay: 0.2))[0]
    #expect(day.row(of: "w004")?.decision == .decide)
    #expect(day.summary.smallestP == 1.0 / (28 * 9 + 1))
  }

  @Test("an entity's votes weigh more the more there are")
  func shrinkage() {
    let group = VoteSpread(all: [1, 2, 3, 4], floor: 1)
    #expect(VoteSpread([], group: group).usual == group.usual)
    #expect(VoteSpread([20, 20], group: group).usual == (20 + group.usual) / 2)
    let often = VoteSpread([Double](repeating: 20, count: 28), group: group)
    #expect(abs(often.usual - (28 * 20 + 2 * group.usual) / 30) < 1e-12)
    #expect(often.spread >= VoteSpread.leastRelativeSpread * often.usual)
  }
}
