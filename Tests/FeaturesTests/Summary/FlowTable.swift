import Columnar
import Events

/// A flow as tests state it; what is nil is null in the table.
struct Flow {
  /// Seconds after the day's start.
  var second: Double
  var source: String?
  var destination: String?
  var port: UInt16? = 443
  var ianaNumber: UInt8 = 6
  var bytes: Int64?
  var bytesBack: Int64?
  var packets: Int64?
  var packetsBack: Int64?
  var icmpType: UInt8?
  var state: String?
  var flags: UInt8?
  var action: String?
  var isDirectionKnown: Bool?
  var exporter: String? = "router"

  init(_ second: Double, _ source: String?, _ destination: String?) {
    self.second = second
    self.source = source
    self.destination = destination
  }

  /// The same with some of its parts changed.
  func with(_ change: (inout Flow) -> Void) -> Flow {
    var flow = self
    change(&flow)
    return flow
  }
}

/// A table of flows, in the order given; text that is no address names a host.
func flowTable(
  _ flows: [Flow], from start: Instant, batchRowCount: Int = maximumBatchRowCount
) -> Table {
  let kept: [Field] = [
    Event.time.field, Event.sourceAddress.field, Event.destinationAddress.field,
    Event.sourceHost.field, Event.destinationHost.field, Event.destinationPort.field,
    Event.ianaNumber.field, Event.sourceBytes.field, Event.destinationBytes.field,
    Event.sourcePackets.field, Event.destinationPackets.field, Event.icmpType.field,
    Event.connectionState.field, Event.tcpFlags.field, Event.action.field,
    Event.isDirectionKnown.field, Event.source.field,
  ]
  let schema = EventClass.flow.schema.filtered { kept.contains($0) }
  let table = TableBuilder(schema)
  var batches: [Batch] = []
  for (row, flow) in flows.enumerated() {
    table.column(Event.time).append(
      start.advanced(byMicroseconds: Int64((flow.second * 1_000_000).rounded())))
    table.column(Event.sourceAddress).append(flow.source.flatMap { Address($0) })
    table.column(Event.destinationAddress).append(flow.destination.flatMap { Address($0) })
    table.column(Event.sourceHost).append(flow.source.flatMap { Address($0) == nil ? $0 : nil })
    table.column(Event.destinationHost).append(
      flow.destination.flatMap { Address($0) == nil ? $0 : nil })
    table.column(Event.destinationPort).append(flow.port)
    table.column(Event.ianaNumber).append(flow.ianaNumber)
    table.column(Event.sourceBytes).append(flow.bytes)
    table.column(Event.destinationBytes).append(flow.bytesBack)
    table.column(Event.sourcePackets).append(flow.packets)
    table.column(Event.destinationPackets).append(flow.packetsBack)
    table.column(Event.icmpType).append(flow.icmpType)
    table.column(Event.connectionState).append(flow.state)
    table.column(Event.tcpFlags).append(flow.flags)
    table.column(Event.action).append(flow.action)
    table.column(Event.isDirectionKnown).append(flow.isDirectionKnown)
    table.column(Event.source).append(flow.exporter)
    if (row + 1) % batchRowCount == 0 || row + 1 == flows.count {
      batches.append(table.finishBatch())
    }
  }
  return Table(schema: schema, batches: batches)
}
