import Columnar
import Events

/// Appends the columns of `pairs.arrow`, row by row, or column by column where the caller knows
/// more of a row than its text.
package struct PairRowBuilder {
  let kind: CodedBuilder<Strings>
  let originator: CodedBuilder<Strings>
  let responder: StringsBuilder
  let isExternal: FlagsBuilder
  let port: ValuesBuilder<UInt16>
  let ianaNumber: ValuesBuilder<UInt8>
  let conversations, failed, bytesSent, bytesReceived: ValuesBuilder<Int64>
  let durationMicroseconds, longestMicroseconds: ValuesBuilder<Int64>
  let firstTime, lastTime: ValuesBuilder<Instant>

  package init(_ table: TableBuilder) {
    kind = table.column(Pair.kind)
    originator = table.column(Pair.originator)
    responder = table.column(Pair.responder)
    isExternal = table.column(Pair.isExternal)
    port = table.column(Pair.port)
    ianaNumber = table.column(Pair.ianaNumber)
    conversations = table.column(Pair.conversations)
    failed = table.column(Pair.failed)
    bytesSent = table.column(Pair.bytesSent)
    bytesReceived = table.column(Pair.bytesReceived)
    durationMicroseconds = table.column(Pair.durationMicroseconds)
    longestMicroseconds = table.column(Pair.longestMicroseconds)
    firstTime = table.column(Pair.firstTime)
    lastTime = table.column(Pair.lastTime)
  }

  package func append(_ row: PairRow) {
    kind.append(row.key.kind.rawValue)
    originator.append(row.key.originator.text)
    responder.append(row.key.responder.text)
    isExternal.append(row.isExternal)
    port.append(row.key.port)
    ianaNumber.append(row.key.ianaNumber)
    conversations.append(row.conversations)
    failed.append(row.failed)
    bytesSent.append(row.bytesSent)
    bytesReceived.append(row.bytesReceived)
    durationMicroseconds.append(row.durationMicroseconds)
    longestMicroseconds.append(row.longestMicroseconds)
    firstTime.append(row.firstTime)
    lastTime.append(row.lastTime)
  }
}

/// Appends the columns of `pair_values.arrow`.
package struct PairValueBuilder {
  private let pair: ValuesBuilder<UInt32>
  private let measure: ValuesBuilder<UInt8>
  private let value: ValuesBuilder<Int64>
  private let count: ValuesBuilder<UInt32>

  package init(_ table: TableBuilder) {
    pair = table.column(PairValue.pair)
    measure = table.column(PairValue.measure)
    value = table.column(PairValue.value)
    count = table.column(PairValue.count)
  }

  package func append(_ item: ValueCount, pair number: UInt32) {
    pair.append(number)
    measure.append(item.measure)
    value.append(item.value)
    count.append(item.count)
  }
}
