import Columnar
import Events

/// A row of `requests.arrow`.
package struct RequestRow: Sendable {
  package let server: String
  package let shape: String
  package let answered: Int64
  package let tries: Int64
  package let clients: Int64
  package let time: Instant
  package let client: String
  package let path: String

  /// The shape's place in `seen.arrow`.
  package var subject: UInt64 { keyHash(shape) }

  /// How lonely the shape's clients are: what many ask for, the server has begun to offer.
  package var loneliness: Double { 1 / Double(max(1, clients)) }

  /// Tries that the clients did not need: each may sign in, and mistype.
  package var excessTries: Int64 { max(0, tries - 3 * max(1, clients)) }
}

/// Walks through a day's `requests.arrow`, server by server.
package struct RequestCursor {
  private let source: any BatchSource
  private var batch: Batch?
  private var batchIndex = 0
  private var row = 0
  /// The server of the next rows; nil at the end.
  package private(set) var server: String?

  package init(_ tables: DayTables) throws {
    source = tables[ServedRequest.schema]
    try advance()
  }

  private mutating func advance() throws {
    while row == batch?.rowCount ?? 0 {
      guard batchIndex < source.batchCount else {
        batch = nil
        server = nil
        return
      }
      batch = try source.batch(batchIndex)
      batchIndex += 1
      row = 0
    }
    server = batch.flatMap { $0[ServedRequest.server][row] }
  }

  /// The rows of `server`.
  package mutating func take() throws -> [RequestRow] {
    var rows: [RequestRow] = []
    let taken = server
    while let batch, let taken, server == taken {
      rows.append(
        RequestRow(
          server: taken, shape: batch[ServedRequest.shape][row] ?? "",
          answered: batch[ServedRequest.answered].value(row),
          tries: batch[ServedRequest.tries].value(row),
          clients: batch[ServedRequest.clients].value(row),
          time: batch[ServedRequest.time].value(row),
          client: batch[ServedRequest.client][row] ?? "",
          path: batch[ServedRequest.path][row] ?? ""))
      row += 1
      try advance()
    }
    return rows
  }
}
