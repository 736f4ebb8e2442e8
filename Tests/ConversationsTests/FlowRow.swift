import Columnar
import Events

@testable import Conversations

/// A flow row as a test writes it; times in microseconds since 1970.
struct FlowRow: Hashable {
  var time: Int64
  var end: Int64?
  var source: String
  var sourcePort: UInt16?
  var destination: String
  var destinationPort: UInt16?
  var proto: UInt8? = 6
  var bytes: Int64? = 100
  var packets: Int64? = 1
  var replyBytes: Int64?
  var networkBytes: Int64?
  var flags: UInt8?
  var icmpType: UInt8?
  var icmpCode: UInt8?
  var sourceHost: String?
  var destinationHost: String?
  var id: String?
  var natSource: String?
  var natSourcePort: UInt16?
  var sourceAS: Int64?
  var ingress: String?
  var egress: String?
  var line: Int64 = 0

  /// From `from:port`, `to:port` and seconds since 1970.
  init(
    _ from: String, _ to: String, at time: Double, until end: Double? = nil, proto: UInt8? = 6
  ) {
    func split(_ text: String) -> (String, UInt16?) {
      let parts = text.split(separator: ":")
      return (String(parts[0]), parts.count > 1 ? UInt16(parts[1]) : nil)
    }
    (source, sourcePort) = split(from)
    (destination, destinationPort) = split(to)
    self.time = Int64((time * 1e6).rounded())
    self.end = end.map { Int64(($0 * 1e6).rounded()) }
    self.proto = proto
  }

  func with(_ change: (inout FlowRow) -> Void) -> FlowRow {
    var row = self
    change(&row)
    return row
  }
}

/// Rows as a table of flow's columns, without those named in `lacking`.
func table(
  _ rows: [FlowRow], rowsPerBatch: Int = 1000, lacking: Set<String> = []
) -> Table {
  let derived = [
    Event.direction.name, Event.isDirectionKnown.name, Event.recordCount.name, Event.source.name,
    Event.logFile.name, Event.durationMicroseconds.name,
  ]
  let builder = TableBuilder(EventClass.flow.schema)
  var batches: [Batch] = []
  for (index, row) in rows.enumerated() {
    append(row, line: row.line == 0 ? Int64(index + 1) : row.line, to: builder)
    if builder.rowCount == rowsPerBatch { batches.append(builder.finishBatch()) }
  }
  if builder.rowCount > 0 { batches.append(builder.finishBatch()) }
  let kept = EventClass.flow.schema.filtered {
    !derived.contains($0.name) && !lacking.contains($0.name)
  }
  return Table(
    schema: kept,
    batches: batches.map { batch in
      Batch(
        schema: kept, rowCount: batch.rowCount,
        columns: kept.fields.compactMap { field in
          batch.schema.index(of: field.name).map { batch.columns[$0] }
        })
    })
}

private func append(_ row: FlowRow, line: Int64, to builder: TableBuilder) {
  builder.column(Event.time).append(Instant(microseconds: row.time))
  builder.column(Event.end).append(row.end.map { Instant(microseconds: $0) })
  builder.column(Event.sourceAddress).append(Address(row.source))
  builder.column(Event.destinationAddress).append(Address(row.destination))
  builder.column(Event.sourcePort).append(row.sourcePort)
  builder.column(Event.destinationPort).append(row.destinationPort)
  builder.column(Event.ianaNumber).append(row.proto)
  builder.column(Event.sourceBytes).append(row.bytes)
  builder.column(Event.sourcePackets).append(row.packets)
  builder.column(Event.destinationBytes).append(row.replyBytes)
  builder.column(Event.networkBytes).append(row.networkBytes)
  builder.column(Event.tcpFlags).append(row.flags)
  builder.column(Event.icmpType).append(row.icmpType)
  builder.column(Event.icmpCode).append(row.icmpCode)
  builder.column(Event.sourceHost).append(row.sourceHost)
  builder.column(Event.destinationHost).append(row.destinationHost)
  builder.column(Event.id).append(row.id)
  builder.column(Event.natSourceAddress).append(row.natSource.flatMap { Address($0) })
  builder.column(Event.natSourcePort).append(row.natSourcePort)
  builder.column(Event.sourceAS).append(row.sourceAS)
  builder.column(Event.ingressInterface).append(row.ingress)
  builder.column(Event.egressInterface).append(row.egress)
  builder.column(Event.natDestinationAddress).appendNull()
  builder.column(Event.natDestinationPort).appendNull()
  builder.column(Event.destinationAS).appendNull()
  builder.column(Event.logLine).append(line)
  builder.column(Event.dataset).append("test")
  for key in [
    Event.timeQuality, Event.observer, Event.source, Event.logFile, Event.networkProtocol,
    Event.direction, Event.bytesKind, Event.connectionState, Event.action, Event.reason,
  ] { builder.column(key).appendNull() }
  for key in [Event.userName, Event.ruleName] { builder.column(key).appendNull() }
  builder.column(Event.isDirectionKnown).appendNull()
  builder.column(Event.recordCount).appendNull()
  builder.column(Event.durationMicroseconds).appendNull()
  builder.column(Event.destinationPackets).append(row.replyBytes.map { _ in 1 })
}

/// A conversation as written, with what tests compare.
struct Written: Hashable, CustomStringConvertible {
  var time: Int64
  var end: Int64?
  /// `from:port>to:port/protocol`
  var tuple: String
  var sourceBytes: Int64?
  var destinationBytes: Int64?
  var recordCount: Int64
  var isDirectionKnown: Bool

  var description: String {
    func text(_ value: Int64?) -> String { value.map { String($0) } ?? "-" }
    return
      "\(time)…\(text(end)) \(tuple) \(text(sourceBytes))/\(text(destinationBytes)) ×\(recordCount)"
      + (isDirectionKnown ? "" : " ?")
  }
}

func written(_ batches: [Batch]) -> [Written] {
  batches.flatMap { batch in
    let tuple = (
      batch[Event.sourceAddress], batch[Event.sourcePort], batch[Event.destinationAddress],
      batch[Event.destinationPort], batch[Event.ianaNumber]
    )
    let names = (batch[Event.sourceHost], batch[Event.destinationHost])
    return (0..<batch.rowCount).map { row in
      let source = tuple.0[row].map { $0.description } ?? names.0[row] ?? "-"
      let destination = tuple.2[row].map { $0.description } ?? names.1[row] ?? "-"
      return Written(
        time: batch[Event.time].value(row).microseconds,
        end: batch[Event.end][row]?.microseconds,
        tuple:
          "\(source):\(tuple.1[row] ?? 0)>\(destination):\(tuple.3[row] ?? 0)/\(tuple.4[row] ?? 0)",
        sourceBytes: batch[Event.sourceBytes][row],
        destinationBytes: batch[Event.destinationBytes][row],
        recordCount: batch[Event.recordCount][row] ?? 0,
        isDirectionKnown: batch[Event.isDirectionKnown][row] ?? false)
    }
  }
}

let oneway = FlowExport(kind: .oneway, activeTimeoutMicroseconds: 300_000_000)

func file(
  _ name: String, _ rows: [FlowRow], source: String = "router", export: FlowExport? = oneway,
  rowsPerBatch: Int = 1000, lacking: Set<String> = [], observer: String? = nil
) -> EventFile {
  EventFile(
    source: source, logFile: name, identity: name,
    rows: table(rows, rowsPerBatch: rowsPerBatch, lacking: lacking), export: export,
    observer: observer)
}

/// The conversations of 1970-01-02 UTC, unless told otherwise.
func normalize(
  _ files: [EventFile], day: CivilDate = CivilDate(dayNumber: 1),
  calendar: CivilCalendar = CivilCalendar(), networks: [String] = ["10.0.0.0/8"],
  limits: DayNormalizer.Limits = .init()
) throws -> (batches: [Batch], summary: DaySummary) {
  var normalizer = DayNormalizer(
    .flow, day: day, calendar: calendar,
    networks: SiteNetworks(networks.compactMap { Network($0) }), scratchFolder: "/tmp")
  normalizer.limits = limits
  let sink = TableSink()
  let summary = try normalizer.normalize(files, to: sink)
  return (sink.batches, summary)
}

/// Seconds of 1970-01-02 since 1970.
func daytime(_ hour: Int, _ minute: Int = 0, _ second: Double = 0) -> Double {
  86_400 + Double(hour * 3600 + minute * 60) + second
}
