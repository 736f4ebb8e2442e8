import Columnar
import Events

/// Writes conversations, which come in stored order, as batches of the day's table.
final class ConversationWriter {
  private let files: InputFiles
  private let schema: Schema
  private let sink: any BatchSink
  private let gathers: [(any ColumnGather)?]
  /// By column: room for its values, where `DerivedColumn` makes it.
  private let derivedMemory: [BatchMemory]
  private var pending: [Conversation] = []
  private(set) var rowCount = 0

  init(
    _ files: InputFiles, eventClass: EventClass, schema: Schema, networks: SiteNetworks,
    to sink: any BatchSink
  ) {
    self.files = files
    self.schema = schema
    self.sink = sink
    derivedMemory = schema.fields.map { field in
      BatchMemory(byteCount: maximumBatchRowCount * (field.type.byteWidth ?? 1))
    }
    let all = files.files
    gathers = schema.fields.map { field in
      switch field.name {
      case Event.source.name: FileNameGather { all[$0].source }
      case Event.logFile.name: FileNameGather { all[$0].logFile }
      case Event.direction.name: DirectionGather(networks)
      default:
        eventClass == .flow && DerivedColumn(rawValue: field.name) != nil
          ? nil : ConversationWriter.gather(of: field)
      }
    }
  }

  func append(_ rows: [Conversation]) throws {
    pending += rows
    var from = 0
    while pending.count - from >= maximumBatchRowCount {
      try write(pending[from..<(from + maximumBatchRowCount)])
      from += maximumBatchRowCount
    }
    pending.removeSubrange(..<from)
  }

  func finish() throws {
    if !pending.isEmpty { try write(pending[...]) }
    pending = []
  }

  private func write(_ rows: ArraySlice<Conversation>) throws {
    for gather in gathers { gather?.begin(rowCount: rows.count) }
    let firstRows = FirstRows(rows)
    for group in BatchGroups(rows).groups {
      let batch = try files.batch(group.batch)
      let file = files.file(ofBatch: group.batch)
      for gather in gathers {
        gather?.gather(batch, file: file, at: group.positions, of: firstRows)
      }
    }
    var columns: [Column] = []
    for (field, gather) in zip(schema.fields, gathers) {
      if let gather {
        columns.append(gather.finish())
      } else if let derived = DerivedColumn(rawValue: field.name) {
        columns.append(derived.column(of: rows, in: derivedMemory[columns.count]))
      }
    }
    try sink.write(Batch(schema: schema, rowCount: rows.count, columns: columns))
    rowCount += rows.count
  }

  private static func gather(of field: Field) -> any ColumnGather {
    let name = gatheredName(of: field)
    if field.name == Event.icmpType.name { return ICMPTypeGather() }
    switch field.type {
    case .utf8: return StringsGather(name)
    case .dictionaryOfStrings: return SymbolsGather(name)
    case .bool, .dictionaryOfAddresses:
      preconditionFailure("no event class has a column such as \(field)")
    default: return FixedGather(field.type, name)
    }
  }

  private static func gatheredName(of field: Field) -> GatheredName {
    for pair in Event.counterparts where field.name == pair.0 || field.name == pair.1 {
      return GatheredName(
        field.name, counterpart: field.name == pair.0 ? pair.1 : pair.0,
        staysForICMP: pair.0 == Event.sourcePort.name)
    }
    return GatheredName(field.name)
  }
}
