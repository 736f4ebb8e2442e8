import Columnar
import Events

extension DaySummary {
  /// The tables of a day under construction.
  struct Writers {
    let hostHours, pairs, pairValues, edges, services, coverage, nulls: TableWriter

    init(_ sink: (Schema) throws -> any BatchSink) throws {
      func writer(_ schema: Schema) throws -> TableWriter {
        TableWriter(schema, sink: try sink(schema))
      }
      hostHours = try writer(HostHour.schema)
      pairs = try writer(Pair.schema)
      pairValues = try writer(PairValue.schema)
      edges = try writer(Edge.schema)
      services = try writer(Service.schema)
      coverage = try writer(Coverage.schema)
      nulls = try writer(ColumnNulls.schema)
    }

    func flush() throws {
      for writer in [hostHours, pairs, pairValues, edges, services, coverage, nulls] {
        try writer.flush()
      }
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
