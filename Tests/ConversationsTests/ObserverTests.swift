import Columnar
import Events
import Testing

@testable import Conversations

@Suite("Two observers of one conversation")
struct ObserverTests {
  private func row(_ second: Double, _ change: (inout FlowRow) -> Void = { _ in }) -> FlowRow {
    FlowRow("10.0.0.1:50000", "192.0.2.1:443", at: daytime(9, 0, second), until: daytime(9, 1))
      .with(change)
  }

  /// The sources of what stays of one row seen by a core switch, and one by an edge router.
  private func kept(
    core: [FlowRow], edge: [FlowRow], observers: (String?, String?) = ("core", "edge"),
    limits: DayNormalizer.Limits = .init()
  ) throws -> [String] {
    let (batches, summary) = try normalize(
      [
        file("a", core, source: "z-core", export: nil, observer: observers.0),
        file("b", edge, source: "edge", export: nil, observer: observers.1),
      ], limits: limits)
    #expect(summary.readCount == core.count + edge.count)
    #expect(summary.elsewhereCount == summary.readCount - summary.recordCount)
    return batches.flatMap { batch in
      (0..<batch.rowCount).map { batch[Event.source][$0] ?? "" }
    }
  }

  @Test("keep the first of a five-tuple within a second, with equal bytes or packets")
  func keepsFirst() throws {
    #expect(try kept(core: [row(1)], edge: [row(2)]) == ["z-core"])
    #expect(try kept(core: [row(2)], edge: [row(1.5)]) == ["edge"])
    #expect(try kept(core: [row(1)], edge: [row(1.2) { $0.bytes = 7 }]) == ["z-core"])
    #expect(try kept(core: [row(1)], edge: [row(1.2) { $0.packets = 7 }]) == ["z-core"])
    // Of the same instant, the observer whose name comes first.
    #expect(try kept(core: [row(1)], edge: [row(1)]) == ["z-core"])
  }

  @Test("are counted by quarters of an hour where the other's row stays, and not as counted twice")
  func countedElsewhere() throws {
    let rows = (0..<40).map { number in
      FlowRow(
        "10.0.0.1:\(50000 + number)", "192.0.2.1:443",
        at: daytime(9, number), until: daytime(9, number, 30))
    }
    let (_, summary) = try normalize([
      file("a", rows, source: "core", export: nil, observer: "core"),
      file("b", rows, source: "edge", export: nil, observer: "edge"),
    ])
    let nine = Int64(daytime(9, 0) * 1_000_000)
    #expect(summary.sources.map(\.elsewhereConversations).first == [:])
    let edge = try #require(summary.sources.last).elsewhereConversations
    #expect(
      edge.sorted { $0.key < $1.key }.map { [$0.key.microseconds - nine, Int64($0.value)] }
        == [[0, 15], [900_000_000, 15], [1_800_000_000, 10]])
    #expect(summary.clockOffsets.map(\.sharedShare) == [1])
    #expect(summary.countedTwice.isEmpty)
  }

  @Test("keep both where they differ, or lie further apart")
  func keepsBoth() throws {
    let different: [(FlowRow, FlowRow)] = [
      (row(1), row(2.1)), (row(1), row(1) { ($0.bytes, $0.packets) = (7, 8) }),
      (row(1), row(1) { $0.sourcePort = 50001 }), (row(1), row(1) { $0.proto = 17 }),
      (
        row(1) { ($0.bytes, $0.packets) = (nil, nil) },
        row(1) { ($0.bytes, $0.packets) = (nil, nil) }
      ),
    ]
    for (core, edge) in different {
      #expect(try kept(core: [core], edge: [edge]).count == 2)
    }
  }

  @Test("are only compared where the site names both, and never with themselves")
  func offByDefault() throws {
    for observers in [(nil, nil), ("core", nil), ("core", "core")] as [(String?, String?)] {
      #expect(try kept(core: [row(1)], edge: [row(1)], observers: observers).count == 2)
    }
    #expect(try kept(core: [row(1), row(1.5)], edge: []).count == 2)
  }

  @Test("are told apart alike across slices of time and with little memory")
  func slices() throws {
    let rows = (0..<3000).map { number in
      row(Double(number) / 50) { $0.sourcePort = UInt16(1024 + number) }
    }
    var limits = DayNormalizer.Limits()
    limits.rowsPerSlice = 64
    limits.waitingConversations = 16
    let later = rows.map { row in row.with { $0.time += 900_000 } }
    let found = try kept(core: rows, edge: later, limits: limits)
    #expect(found == [String](repeating: "z-core", count: 3000))
  }
}
