import Columnar
import Events

/// Columns of a flow that are added up from its records.
enum DerivedColumn: String {
  case time = "event_time"
  case end = "event_end"
  case duration = "duration_us"
  case isDirectionKnown = "flow_direction_known"
  case sourceBytes = "source_bytes"
  case destinationBytes = "destination_bytes"
  case sourcePackets = "source_packets"
  case destinationPackets = "destination_packets"
  case networkBytes = "network_bytes"
  case tcpFlags = "tcp_flags"
  case recordCount = "record_count"

  /// - Parameter memory: room for the values of a batch.
  func column(of rows: ArraySlice<Conversation>, in memory: BatchMemory) -> Column {
    switch self {
    case .time: instants(rows, memory) { $0.start }
    case .end: instants(rows, memory) { $0.marks.contains(.hasEnd) ? $0.end : Counter.unknown }
    case .duration:
      counters(rows, memory) { $0.marks.contains(.hasEnd) ? $0.end - $0.start : Counter.unknown }
    case .isDirectionKnown: flags(rows) { $0.marks.contains(.isDirectionKnown) }
    case .sourceBytes: counters(rows, memory) { $0.sourceBytes }
    case .destinationBytes: counters(rows, memory) { $0.destinationBytes }
    case .sourcePackets: counters(rows, memory) { $0.sourcePackets }
    case .destinationPackets: counters(rows, memory) { $0.destinationPackets }
    case .networkBytes:
      counters(rows, memory) {
        $0.sourceBytes == Counter.unknown && $0.destinationBytes == Counter.unknown
          ? $0.networkBytes : Counter.unknown
      }
    case .tcpFlags:
      fixed(rows, memory) { $0.marks.contains(.hasTCPFlags) ? $0.tcpFlags : nil }
    case .recordCount: counters(rows, memory) { Int64($0.recordCount) }
    }
  }

  private func instants(
    _ rows: ArraySlice<Conversation>, _ memory: BatchMemory, _ value: (Conversation) -> Int64
  ) -> Column {
    fixed(rows, memory) {
      let time = value($0)
      return time == Counter.unknown ? nil : Instant(microseconds: time)
    }
  }

  private func counters(
    _ rows: ArraySlice<Conversation>, _ memory: BatchMemory, _ value: (Conversation) -> Int64
  ) -> Column {
    fixed(rows, memory) {
      let count = value($0)
      return count == Counter.unknown ? nil : count
    }
  }

  private func fixed<Element: ColumnElement>(
    _ rows: ArraySlice<Conversation>, _ memory: BatchMemory, _ value: (Conversation) -> Element?
  ) -> Column {
    let byteCount = rows.count * MemoryLayout<Element>.stride
    let taken = memory.take(byteCount)
    taken.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    let output = taken.assumingMemoryBound(to: Element.self)
    var validity = OutputValidity(rowCount: rows.count)
    for (row, conversation) in rows.enumerated() {
      if let value = value(conversation) { output[row] = value } else { validity.setNull(row) }
    }
    return Column(
      type: Element.columnType, rowCount: rows.count, nullCount: validity.nullCount,
      validity: validity.buffer(),
      values: memory.buffer(taken, byteCount: byteCount))
  }

  private func flags(_ rows: ArraySlice<Conversation>, _ value: (Conversation) -> Bool) -> Column {
    var bits = [UInt8](repeating: 0, count: (rows.count + 7) / 8)
    for (row, conversation) in rows.enumerated() where value(conversation) {
      bits[row >> 3] |= 1 << UInt8(row & 7)
    }
    return Column(
      type: .bool, rowCount: rows.count, values: bits.withUnsafeBytes { Buffer(copying: $0) })
  }
}
