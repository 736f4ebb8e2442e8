import Columnar
import Events

extension DaySummary {
  /// The tables of a day under construction.
  ///
  /// `@unchecked Sendable`: each table is written by one part of the summary alone, and flushed
  /// when all parts have ended.
  struct Writers: @unchecked Sendable {
    private static let schemas = DayTables.schemas + [ColumnNulls.schema]
    private let tables: [String: TableWriter]

    init(_ sink: (Schema) throws -> any BatchSink) throws {
      tables = Dictionary(
        uniqueKeysWithValues: try Writers.schemas.map { schema in
          (schema.name, TableWriter(schema, sink: try sink(schema)))
        })
    }

    subscript(schema: Schema) -> TableWriter {
      guard let table = tables[schema.name] else {
        preconditionFailure("\(schema.name) is no table of a day")
      }
      return table
    }

    func flush() throws {
      for schema in Writers.schemas { try self[schema].flush() }
    }
  }

  /// Why a day could not be summarised.
  package enum Failure: Error, CustomStringConvertible, Equatable {
    case unordered(EventClass, batch: Int, row: Int, previous: Instant, found: Instant)
    case outsideDay(EventClass, day: CivilDate, found: Instant)

    package var description: String {
      switch self {
      case .unordered(let eventClass, let batch, let row, let previous, let found):
        """
        events of class \(eventClass): batch \(batch), row \(row): expected a time of the day, at \
        or after \(previous.microseconds) µs, found \(found.microseconds) µs; normalize the day again
        """
      case .outsideDay(let eventClass, let day, let found):
        """
        events of class \(eventClass): expected rows of \(day) only, found one at \
        \(found.microseconds) µs since 1970, after the day; normalize the day again
        """
      }
    }
  }
}
