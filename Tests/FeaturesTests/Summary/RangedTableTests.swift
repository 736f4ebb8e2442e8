import TestSupport
import Testing

@testable import Features

@Suite("A table of ranges") struct RangedTableTests {
  private struct Number: RangedKey {
    let value: UInt64
    var hash: UInt64 { mix(value) }
    static func < (a: Number, b: Number) -> Bool { a.value < b.value }
    mutating func adopt(in pool: inout BlockPool) {}
    func release(to pool: inout BlockPool) {}
  }

  private struct Nothing: RangedEntry {
    func release(to pool: inout BlockPool) {}
  }

  /// Puts 10,000 numbers in a table that holds 1,000.
  /// - Returns: how often a number was taken, and what each scan kept.
  private func fill(tellingProgress: Bool) -> (takenCount: Int, kept: [[UInt64]]) {
    var random = SplitMix(seed: 5)
    let numbers = (0..<10_000).map { UInt64($0) }.shuffled(using: &random)
    var table = RangedTable<Number, Nothing>(slotLimit: 1000, byteLimit: .max)
    var takenCount = 0
    var kept: [[UInt64]] = []
    repeat {
      for (place, number) in numbers.enumerated() {
        if tellingProgress { table.progress = Double(place) / Double(numbers.count) }
        if table.slot(for: Number(value: number)) != nil { takenCount += 1 }
      }
      kept.append(table.sortedSlots().map { table.key($0).value })
      table.finishScan()
    } while !table.isDone
    return (takenCount, kept)
  }

  @Test("that knows how much is to come gives up less of what it took, in fewer scans")
  func progress() {
    let (blind, told) = (fill(tellingProgress: false), fill(tellingProgress: true))
    for kept in [blind.kept, told.kept] { #expect(kept.flatMap(\.self) == Array(0..<10_000)) }
    #expect(told.takenCount < 12_000)
    #expect(told.takenCount < blind.takenCount)
    #expect(told.kept.count < blind.kept.count)
  }
}
