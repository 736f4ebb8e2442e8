import Columnar
import Events
import TestSupport
import Testing

@testable import Conversations

@Suite("Random traffic")
struct PropertyTests {
  private static let activeTimeout: Int64 = 120_000_000
  private let export = FlowExport(
    kind: .oneway, activeTimeoutMicroseconds: PropertyTests.activeTimeout)
  private let midnight: Int64 = 2 * 86_400_000_000
  private let small = DayNormalizer.Limits(sharedBy: 1024)
  private var tiny: DayNormalizer.Limits {
    var limits = small
    limits.openConversations = 3
    return limits
  }

  private func split(
    _ rows: [FlowRow], into count: Int, using random: inout SplitMix
  ) -> [[FlowRow]] {
    var files = [[FlowRow]](repeating: [], count: count)
    for row in rows { files[Int.random(in: 0..<count, using: &random)].append(row) }
    return files
  }

  private func files(_ parts: [[FlowRow]], rowsPerBatch: Int) -> [EventFile] {
    parts.enumerated().map { index, rows in
      file("f\(index)", rows, export: export, rowsPerBatch: rowsPerBatch)
    }
  }

  private func sorted(_ rows: [Written]) -> [Written] {
    rows.sorted { $0.description < $1.description }
  }

  @Test(
    "any split and order of the records gives the conversations of the slow twin",
    arguments: [1, 1000, 1_000_000, 1_800_000_000] as [Int64], 1...5 as ClosedRange<UInt64>)
  func slowTwin(resolution: Int64, seed: UInt64) throws {
    var generator = TrafficGenerator(
      seed: seed, activeTimeout: PropertyTests.activeTimeout, resolution: resolution)
    let hour: Int64 = 3_600_000_000
    let rows = generator.rows(count: 150, in: (midnight - hour)..<(midnight + hour))
    let twin = SlowTwin(gap: 30_000_000, activeTimeout: PropertyTests.activeTimeout)
    var recordCount: Int64 = 0
    for day in 1...2 {
      let start = Int64(day) * 86_400_000_000
      for fileCount in [1, 4] {
        let parts = split(rows, into: fileCount, using: &generator.random)
        // Rows of a coarse clock may be equal by chance, and in two files count once.
        let expected = twin.conversations(parts, from: start, to: start + 86_400_000_000)
        if fileCount == 1 { recordCount += expected.reduce(0) { $0 + $1.recordCount } }
        let seen = try normalize(
          files(parts, rowsPerBatch: fileCount == 1 ? 10_000 : 50),
          day: CivilDate(dayNumber: day), limits: fileCount == 1 ? .init() : small)
        #expect(sorted(written(seen.batches)) == expected, "seed \(seed), \(fileCount) files")
        let times = written(seen.batches).map(\.time)
        #expect(times == times.sorted())
      }
    }
    #expect(recordCount == rows.count, "seed \(seed): every record belongs to one day")
  }

  @Test("files that overlap add nothing", arguments: 1...4 as ClosedRange<UInt64>)
  func overlap(seed: UInt64) throws {
    var generator = TrafficGenerator(
      seed: seed, activeTimeout: PropertyTests.activeTimeout, resolution: 1_000_000)
    let rows = generator.rows(count: 150, in: midnight..<(midnight + 3_600_000_000))
    let third = rows.count / 3
    let parts = [Array(rows[..<(2 * third)]), Array(rows[third...]), rows.filter { $0.proto == 6 }]
    let seen = try normalize(
      files(parts, rowsPerBatch: 100), day: CivilDate(dayNumber: 2), limits: small)
    let whole = try normalize(files([rows], rowsPerBatch: 1000), day: CivilDate(dayNumber: 2))
    #expect(sorted(written(seen.batches)) == sorted(written(whole.batches)), "seed \(seed)")
    #expect(seen.summary.duplicateCount == parts.reduce(0) { $0 + $1.count } - rows.count)
    let twin = SlowTwin(gap: 30_000_000, activeTimeout: PropertyTests.activeTimeout)
    let expected = twin.conversations(parts, from: midnight, to: midnight + 86_400_000_000)
    #expect(sorted(written(seen.batches)) == expected, "seed \(seed)")
  }

  @Test(
    "neither the order of files nor the memory at hand changes a byte, even if all have one time",
    arguments: [1000, 3_600_000_000] as [Int64])
  func fileOrder(resolution: Int64) throws {
    var generator = TrafficGenerator(
      seed: 7, activeTimeout: PropertyTests.activeTimeout, resolution: resolution)
    let rows = generator.rows(count: 500, in: midnight..<(midnight + 3_600_000_000))
    let inputs = files(split(rows, into: 5, using: &generator.random), rowsPerBatch: 64)
    let day = CivilDate(dayNumber: 2)
    let forward = try normalize(inputs, day: day, limits: small)
    let backward = try normalize(inputs.reversed(), day: day, limits: small)
    #expect(forward.summary == backward.summary)
    #expect(bytes(forward.batches) == bytes(backward.batches))
    let roomy = try normalize(inputs, day: day)
    #expect(bytes(forward.batches) == bytes(roomy.batches))
    let cramped = try normalize(inputs, day: day, limits: tiny)
    #expect(cramped.summary == roomy.summary)
    #expect(bytes(cramped.batches) == bytes(roomy.batches))
  }

  private func bytes(_ batches: [Batch]) -> [[UInt8]] {
    batches.flatMap { batch in
      batch.columns.flatMap { column in
        [column.values, column.validity, column.offsets, column.dictionary?.column.values]
          .map { $0.map { Array($0.bytes) } ?? [] }
      }
    }
  }
}
