import Columnar
import Events

/// The columns of a batch of `flow`.
final class FlowColumns: ClassColumns {
  let times: Values<Instant>
  private let sources: EndpointReader
  private let destinations: EndpointReader
  private let ports: Values<UInt16>
  private let ianaNumbers: Values<UInt8>
  private let directionsKnown: Flags
  private let sourceBytes, destinationBytes: Values<Int64>
  private let sourcePackets, destinationPackets: Values<Int64>
  private let durations: Values<Int64>
  private let ends: Values<Instant>
  private let outcomes: OutcomeReader

  init(_ batch: Batch, context: ReadingContext) {
    times = batch[Event.time]
    sources = EndpointReader(sourcesOf: batch, context)
    destinations = EndpointReader(destinationsOf: batch, context)
    ports = batch[Event.destinationPort]
    ianaNumbers = batch[Event.ianaNumber]
    directionsKnown = batch[Event.isDirectionKnown]
    sourceBytes = batch[Event.sourceBytes]
    destinationBytes = batch[Event.destinationBytes]
    sourcePackets = batch[Event.sourcePackets]
    destinationPackets = batch[Event.destinationPackets]
    durations = batch[Event.durationMicroseconds]
    ends = batch[Event.end]
    outcomes = OutcomeReader(batch, answeringSources: context.answeringSources)
  }

  @inline(__always) func originator(_ row: Int) -> Endpoint { sources[row] }
  @inline(__always) func responder(_ row: Int) -> Endpoint { destinations[row] }
  /// The responder's port; nil where there is none.
  @inline(__always) func port(_ row: Int) -> UInt16? { ports[row] }

  func pairElement(_ row: Int, with responder: Endpoint) -> UInt64 {
    Sweeps.element(responder, port: ports[row], ianaNumber: ianaNumbers[row])
  }

  /// The rest of a row's conversation, between `originator(row)` and `responder(row)`.
  @inline(__always)
  func conversation(_ row: Int, from source: Endpoint, to destination: Endpoint) -> Conversation {
    let ianaNumber = ianaNumbers[row] ?? 0
    let packetsSent = max(0, sourcePackets[row] ?? 0)
    let packetsReceived = destinationPackets[row]
    let bytesReceived = destinationBytes[row]
    let time = times.value(row)
    return Conversation(
      time: time, originator: source, responder: destination, port: ports[row],
      ianaNumber: ianaNumber, bytesSent: sourceBytes[row].map { max(0, $0) },
      bytesReceived: max(0, bytesReceived ?? 0), packetsSent: packetsSent,
      packetsReceived: max(0, packetsReceived ?? 0),
      durationMicroseconds: max(0, durations[row] ?? duration(from: time, row: row)),
      isFailed: outcomes.isFailed(
        row,
        OutcomeReader.Evidence(
          ianaNumber: ianaNumber, packetsSent: packetsSent,
          answer: packetsReceived ?? bytesReceived, isToMany: destination.isToMany)),
      isDirectionKnown: directionsKnown[row] ?? true)
  }

  private func duration(from time: Instant, row: Int) -> Int64 {
    guard let end = ends[row] else { return 0 }
    return end.microseconds.subtractingReportingOverflow(time.microseconds).partialValue
  }
}

extension Endpoint {
  /// Whether this is a multicast address or the limited broadcast, from which nobody answers.
  fileprivate var isToMany: Bool {
    guard isAddress else { return false }
    if let number = address.ipv4 { return number >> 28 == 0xE || number == .max }
    return high >> 56 == 0xFF
  }
}
