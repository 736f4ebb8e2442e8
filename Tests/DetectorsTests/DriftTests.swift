import Columnar
import Events
import Features
import Foundation
import Testing

@testable import Detectors

/// A python with numpy and scipy.
private let python = ProcessInfo.processInfo.environment["TIDEMARK_PYTHON"]

/// The number that a script prints.
private func number(printedBy script: String) throws -> Double {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: try #require(python))
  process.arguments = ["-c", script]
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
  process.waitUntilExit()
  try #require(process.terminationStatus == 0)
  let text = String(decoding: output, as: UTF8.self)
  return try #require(Double(text.trimmingCharacters(in: .whitespacesAndNewlines)))
}

/// Numbers that look random, the same as in Python: `(i * 7919 + 13) % 10007 / 10007`.
private func spread(_ range: Range<Int>) -> [Double] {
  range.map { Double(($0 * 7919 + 13) % 10_007) / 10_007 }
}

@Suite("How far a day is from those before") struct FeatureDriftTests {
  /// Features in the first of which a third of the values are 0, the others being 0 throughout.
  private func features(_ values: [Double]) -> Table {
    let table = TableBuilder(HostHourFeature.schema)
    for value in values {
      table.column(HostHourFeature.host).append("10.0.0.7")
      table.column(HostHourFeature.hour).append(Instant(microseconds: 0))
      table.column(HostHourFeature.group).append(0)
      for (index, key) in HostHourFeature.columns.enumerated() {
        table.column(key).append(index == 0 ? Float(value) : 0)
      }
    }
    return Table(schema: table.schema, batches: [table.finishBatch()])
  }

  private static let reference = spread(0..<3000).map { max(0, ($0 * $0 * 40).rounded(.down) - 4) }
  private static let day = spread(5000..<5700).map { max(0, ($0 * 40).rounded(.down) - 4) }

  /// The index of each feature, written and read on the way.
  private func indices(of day: [Double], from reference: [Double]) throws -> [Double] {
    let bins = TableSink()
    try FeatureBins(ForestSample.hostHours([features(reference)])).write(to: bins)
    let drift = TableSink()
    try FeatureBins(Table(schema: FeatureBin.schema, batches: bins.batches)).writeDrift(
      of: features(day), to: drift)
    return drift.batches.flatMap { batch in
      (0..<batch.rowCount).map { batch[FeatureDrift.index].value($0) }
    }
  }

  @Test("a day like the others is at 0, and so is a feature that never varies") func same() throws {
    let indices = try indices(of: FeatureDriftTests.reference, from: FeatureDriftTests.reference)
    // Five counts, two ratios, and what follows them; no z.
    #expect(indices == [Double](repeating: 0, count: 12))
  }

  @Test("hundredths are no change") func hundredths() throws {
    let day = FeatureDriftTests.reference.enumerated().map { $1 + ($0 % 3 == 0 ? 0.04 : -0.03) }
    #expect(try indices(of: day, from: FeatureDriftTests.reference).allSatisfy { $0 == 0 })
  }

  @Test("what lies where nothing lay before counts by the least share") func unseen() {
    // Σ (a − e) ln(a / e) over the shares 1/2, 1/2 and 1, .0001.
    let expected = (0.5 - 1) * log(0.5) + (0.5 - 0.0001) * log(0.5 / 0.0001)
    #expect(abs(populationStabilityIndex(of: [5, 5], from: [100, 0]) - expected) < 1e-12)
    #expect(populationStabilityIndex(of: [0, 0], from: [1, 1]) == 0)
  }

  @Test(
    "NumPy finds the same index over deciles of which several are equal",
    .enabled(if: python != nil, "needs TIDEMARK_PYTHON, a python with numpy"))
  func inNumPy() throws {
    let found = try indices(of: FeatureDriftTests.day, from: FeatureDriftTests.reference)
    let expected = try number(
      printedBy: """
        import numpy as np
        spread = lambda a, b: (np.arange(a, b) * 7919 + 13) % 10007 / 10007
        reference = np.maximum(0, np.floor(spread(0, 3000) ** 2 * 40) - 4)
        day = np.maximum(0, np.floor(spread(5000, 5700) * 40) - 4)
        cuts = np.quantile(reference, np.arange(1, 10) / 10, method="inverted_cdf")
        assert len(np.unique(cuts)) < 9
        edges = np.concatenate([[-np.inf], np.unique(cuts), [np.inf]])
        # Right-closed bins: np.histogram closes them on the left.
        shares = lambda x: np.histogram(-x, -edges[::-1])[0] / len(x)
        a, e = shares(day), shares(reference)
        print(repr(float(np.sum((a - e) * np.log(a / e)))))
        """)
    #expect(expected > 0.2)
    #expect(abs(found[0] - expected) < 1e-9)
    #expect(found.dropFirst().allSatisfy { $0 == 0 })
  }
}

@Suite("How even p-values are") struct VoteDriftTests {
  private func quiet(_ seed: UInt64) -> SimulatedVotes {
    SimulatedVotes(
      hosts: SimulatedVotes.workstations(60), detectors: ["rate", "scan"], dayCount: 70, seed: seed)
  }

  @Test(
    "SciPy finds the same distance from the uniform distribution",
    .enabled(if: python != nil, "needs TIDEMARK_PYTHON, a python with scipy"))
  func inSciPy() throws {
    let expected = try number(
      printedBy: """
        import numpy as np
        from scipy.stats import kstest
        x = ((np.arange(0, 300) * 7919 + 13) % 10007 / 10007) ** 1.2
        print(repr(float(kstest(np.concatenate([x, x[:40]]), "uniform").statistic)))
        """)
    let values = spread(0..<300).map { pow($0, 1.2) }
    #expect(abs(kolmogorovDistance(values + values.prefix(40)) - expected) < 1e-12)
    #expect(kolmogorovDistance([]) == 0)
  }

  @Test("votes that go on by chance are even: 9 of 10 sites are within the limit of 1 in 10")
  func null() throws {
    var within = 0
    for seed in UInt64(1)...20 {
      let rows = try quiet(seed).decisions(69...69)[0].uniformity
      #expect(rows.map(\.detector) == ["rate", "scan"])
      #expect(rows.map(\.entityClass) == ["workstation", "workstation"])
      within += rows.count { $0.distance < 1.22 / Double($0.voteCount).squareRoot() }
    }
    #expect((34...40).contains(within))
  }

  @Test("a detector whose scores rise is uneven, and the other is not") func rising() throws {
    var site = quiet(3)
    for day in 55..<70 {
      for index in site.days[day].indices where site.days[day][index].detector == "rate" {
        site.days[day][index].score *= 2
      }
    }
    let rows = try site.decisions(69...69)[0].uniformity
    let limits = rows.map { 1.63 / Double($0.voteCount).squareRoot() }
    #expect(zip(rows, limits).map { $0.distance > $1 } == [true, false])
    let sink = TableSink()
    try site.decisions(69...69)[0].writeDrift(to: sink)
    let batch = try #require(sink.batches.first)
    #expect(batch[VoteDrift.distance].value(0) == rows[0].distance)
    #expect(Int(batch[VoteDrift.votes].value(0)) == rows[0].voteCount)
  }

  @Test("one host that is loud for a month is one finding, not drift") func repeats() throws {
    var site = quiet(4)
    for day in 42..<70 {
      site.days[day].append(SimulatedVote(entity: "w000", detector: "rate", score: 60))
    }
    let (with, without) = (
      try site.decisions(69...69)[0].uniformity, try quiet(4).decisions(69...69)[0].uniformity
    )
    #expect(abs(with[0].voteCount - without[0].voteCount) <= 4)
    #expect(abs(with[0].distance - without[0].distance) < 0.05)
  }
}
