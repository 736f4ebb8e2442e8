import Columnar
import Events

/// The columns of a batch of `dns`.
final class DNSColumns: ClassColumns {
  let times: Values<Instant>
  private let sources: EndpointReader
  private let destinations: EndpointReader
  private let questions: Strings
  private let types: Event.Text
  private let isUsualType: [Bool]
  private let responseCodes: Event.Text
  private let isFailure: [Bool]
  private let isMissing: [Bool]

  /// Types that ordinary clients ask for, by name and number.
  private static let usualTypes: Set<String> = [
    "", "-", "A", "1", "NS", "2", "SOA", "6", "PTR", "12", "AAAA", "28", "SRV", "33", "DS", "43",
    "DNSKEY", "48", "SVCB", "64", "HTTPS", "65", "TYPE65",
  ]

  init(_ batch: Batch, context: ReadingContext) {
    times = batch[Event.time]
    sources = EndpointReader(sourcesOf: batch, context)
    destinations = EndpointReader(destinationsOf: batch, context)
    questions = batch[Event.dnsQuestion]
    types = batch[Event.dnsType]
    isUsualType = types.map { DNSColumns.usualTypes.contains($0.uppercased()) }
    responseCodes = batch[Event.dnsResponseCode]
    isFailure = responseCodes.map { !["", "0", "NOERROR"].contains($0.uppercased()) }
    isMissing = responseCodes.map { ["3", "NXDOMAIN"].contains($0.uppercased()) }
  }

  func originator(_ row: Int) -> Endpoint { sources[row] }

  func responder(_ row: Int) -> Endpoint { destinations[row] }

  /// The name asked for; nil where there is none.
  func question(_ row: Int) -> UnsafeRawBufferPointer? {
    guard questions.validity[row], !questions.bytes(row).isEmpty else { return nil }
    return questions.bytes(row)
  }

  /// Whether the answer was an error (NXDOMAIN, SERVFAIL, …).
  func isFailed(_ row: Int) -> Bool { responseCodes.codes[row].map { isFailure[Int($0)] } ?? false }

  /// Whether there is no such name.
  func isMissing(_ row: Int) -> Bool {
    responseCodes.codes[row].map { isMissing[Int($0)] } ?? false
  }

  /// Whether ordinary clients hardly ever ask for this type (TXT, NULL, CNAME, MX, …).
  func isUnusualType(_ row: Int) -> Bool {
    types.codes[row].map { !isUsualType[Int($0)] } ?? false
  }
}

/// What is read of classes of which only the coverage is summarised.
final class TimeColumns: ClassColumns {
  let times: Values<Instant>

  init(_ batch: Batch, context: ReadingContext) { times = batch[Event.time] }
}
