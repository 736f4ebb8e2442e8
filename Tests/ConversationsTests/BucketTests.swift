import TestSupport
import Testing

@testable import Conversations

struct BucketTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func conversation(_ start: Int64) -> Conversation {
    Conversation(
      start: start, end: start, sourceBytes: 0, destinationBytes: 0, sourcePackets: 0,
      destinationPackets: 0, networkBytes: 0, first: RowReference(batch: 0, row: 0), tuple: 0,
      recordCount: 1, tcpFlags: 0, marks: [])
  }

  @Test(
    "a cell gives each of its conversations once, however many chunks and spills they took",
    arguments: [1, 700, 2_500, 10_000])
  func chunks(limitInMemory: Int) throws {
    var buckets = ConversationBuckets(
      cellCount: 3, limitInMemory: limitInMemory, scratch: ScratchFile(folder: folder.path))
    let starts = (0..<Int64(6_000)).map { $0 }
    for start in starts { try buckets.append(conversation(start), cell: Int(start % 2)) }
    var rows: [Conversation] = []
    try buckets.take(cell: 1, into: &rows)
    #expect(rows.map(\.start).sorted() == starts.filter { $0 % 2 == 1 })
    try buckets.take(cell: 1, into: &rows)
    try buckets.take(cell: 2, into: &rows)
    #expect(rows.count == 3_000)
    try buckets.take(cell: 0, into: &rows)
    #expect(rows.map(\.start).sorted() == starts)
  }
}
