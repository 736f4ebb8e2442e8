import Columnar
import Events

/// A row of a test, of any class of events: what is not given is null.
struct TestEvent {
  enum Value {
    case text(String)
    case number(Int)
    case decimal(Double)
    case address(String)
    case flag(Bool)
  }
  /// From the day's midnight.
  var second: Double
  /// By column.
  var values: [String: Value]

  /// - Parameter values: by the columns' names.
  init(second: Double, _ values: [String: Value]) {
    self.second = second
    self.values = values
  }

  static func table(
    _ eventClass: EventClass, of events: [TestEvent], from start: Instant
  ) -> Table {
    let builder = TableBuilder(eventClass.schema)
    for event in events.sorted(by: { $0.second < $1.second }) {
      for field in eventClass.schema.fields {
        switch field.name {
        case Event.time.name:
          builder.column(Event.time).append(
            start.advanced(byMicroseconds: Int64(event.second * 1_000_000)))
        case Event.logLine.name: builder.column(Event.logLine).append(1)
        case Event.source.name where event.values[field.name] == nil:
          builder.column(Event.source).append("test")
        default: builder.append(event.values[field.name], to: field)
        }
      }
    }
    return Table(schema: builder.schema, batches: [builder.finishBatch()])
  }
}

extension TableBuilder {
  fileprivate func append(_ value: TestEvent.Value?, to field: Field) {
    let name = field.name
    switch (value, field.type) {
    case (nil, _): appendNulls(1, to: field)
    case (.text(let text), .utf8): column(ColumnKey<Strings>(name)).append(text)
    case (.text(let text), .dictionaryOfStrings): column(ColumnKey<Event.Text>(name)).append(text)
    case (.number(let number), .uint8): column(ColumnKey<Values<UInt8>>(name)).append(UInt8(number))
    case (.number(let number), .uint16):
      column(ColumnKey<Values<UInt16>>(name)).append(UInt16(number))
    case (.number(let number), .uint32):
      column(ColumnKey<Values<UInt32>>(name)).append(UInt32(number))
    case (.number(let number), .int64): column(ColumnKey<Values<Int64>>(name)).append(Int64(number))
    case (.decimal(let number), .float64): column(ColumnKey<Values<Double>>(name)).append(number)
    case (.address(let text), .address):
      column(ColumnKey<Values<Address>>(name)).append(Address(text))
    case (.flag(let flag), .bool): column(ColumnKey<Flags>(name)).append(flag)
    default: preconditionFailure("no such value for \(field)")
    }
  }
}
