import Columnar
import Events

extension EventClass {
  /// The columns of a day's table: those that any of `inputs` has, and those that normalising adds.
  func daySchema(of inputs: [EventFile]) -> Schema {
    var names = Set(inputs.flatMap { $0.rows.schema.fields.map(\.name) })
    names.formUnion([
      Event.time.name, Event.direction.name, Event.source.name, Event.logFile.name,
      Event.logLine.name,
    ])
    if self == .flow {
      names.formUnion([Event.isDirectionKnown.name, Event.recordCount.name])
      EventClass.addCounterparts(to: &names, of: inputs)
    }
    return schema.filtered { names.contains($0.name) }
  }

  /// Columns that pairing derives from others: both ends from one, since a conversation may be
  /// turned round; both counters from one, end and duration from each other, bytes of a side from
  /// the total of a one-way record.
  private static func addCounterparts(to names: inout Set<String>, of inputs: [EventFile]) {
    let oneway = inputs.filter { $0.export?.kind == .oneway }
    let onewayNames = Set(oneway.flatMap { $0.rows.schema.fields.map(\.name) })
    if onewayNames.contains(Event.networkBytes.name) {
      names.insert(Event.sourceBytes.name)
      let others = inputs.filter { $0.export?.kind != .oneway }
      if !others.contains(where: { $0.rows.schema.index(of: Event.networkBytes.name) != nil }) {
        names.remove(Event.networkBytes.name)
      }
    }
    for pair in Event.counterparts + [
      (Event.sourceBytes.name, Event.destinationBytes.name),
      (Event.sourcePackets.name, Event.destinationPackets.name),
      (Event.end.name, Event.durationMicroseconds.name),
    ] where names.contains(pair.0) || names.contains(pair.1) {
      names.formUnion([pair.0, pair.1])
    }
  }
}
