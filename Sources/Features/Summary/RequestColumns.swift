import Columnar
import Events

/// The columns of a batch of `http`.
final class HTTPColumns: ClassColumns {
  let times: Values<Instant>
  private let sources: EndpointReader
  private let destinations: EndpointReader
  private let ports: Values<UInt16>
  private let ianaNumbers: Values<UInt8>
  private let domains: Strings
  private let statuses: Values<UInt16>
  private let sourceBytes, destinationBytes: Values<Int64>
  private let urls: Strings
  private let methods, observers, logs: Event.Text
  private let isSending: [Bool]
  private let masks: SiteMasks

  /// Methods that ask for something and send nothing.
  private static let asking: Set<String> = ["", "-", "GET", "HEAD", "OPTIONS"]

  init(_ batch: Batch, context: ReadingContext) {
    times = batch[Event.time]
    sources = EndpointReader(sourcesOf: batch, context)
    destinations = EndpointReader(destinationsOf: batch, context)
    ports = batch[Event.destinationPort]
    ianaNumbers = batch[Event.ianaNumber]
    domains = batch[Event.urlDomain]
    statuses = batch[Event.httpStatus]
    sourceBytes = batch[Event.sourceBytes]
    destinationBytes = batch[Event.destinationBytes]
    urls = batch[Event.urlFull]
    methods = batch[Event.httpMethod]
    isSending = methods.map { !HTTPColumns.asking.contains($0.uppercased()) }
    observers = batch[Event.observer]
    logs = batch[Event.source]
    masks = context.masks
  }

  func originator(_ row: Int) -> Endpoint { sources[row] }
  func port(_ row: Int) -> UInt16 { ports[row] ?? 0 }
  func ianaNumber(_ row: Int) -> UInt8 { ianaNumbers[row] ?? 6 }
  /// The host named in the request; nil where there is none.
  func domain(_ row: Int) -> UnsafeRawBufferPointer? {
    guard domains.validity[row], !domains.bytes(row).isEmpty else { return nil }
    return domains.bytes(row)
  }
  /// Whether the server answered with a status of 400 or above.
  func isFailed(_ row: Int) -> Bool { (statuses[row] ?? 0) >= 400 }
  func bytesSent(_ row: Int) -> Int64? { sourceBytes[row].map { max(0, $0) } }
  func bytesReceived(_ row: Int) -> Int64 { max(0, destinationBytes[row] ?? 0) }
  /// Whether the server is not known to be one of the site's.
  func isExternal(_ row: Int) -> Bool { !destinations[row].isSiteHost }

  /// Path and query, or the whole URL, as logged; empty where there is none.
  func url(_ row: Int) -> UnsafeRawBufferPointer { urls.bytes(row) }

  /// Whether the server did what it was asked: statuses 200 to 299.
  func isAnswered(_ row: Int) -> Bool { (200..<300).contains(statuses[row] ?? 0) }

  /// Whether something was sent rather than asked for, to where it can be sent, or the client was
  /// turned away.
  func isTry(_ row: Int) -> Bool {
    let status = statuses[row] ?? 0
    if [401, 403, 407, 429].contains(status) { return true }
    return !(400..<500).contains(status)
      && (methods.codes[row].map { isSending[Int($0)] } ?? false)
  }

  /// The server of the site that a request was made of; nil for requests on their way out.
  ///
  /// Servers are asked for paths, proxies for whole URLs. A server's own log names no server: its
  /// observer or source stands for it, unless a host of the site asked for some site by name.
  func server(_ row: Int) -> Endpoint? {
    let first = url(row).first
    let stated = destinations[row]
    if stated.kind != .unknown {
      return stated.isSiteHost && first ?? UInt8(ascii: "/") == UInt8(ascii: "/") ? stated : nil
    }
    guard first == UInt8(ascii: "/"), sources[row].kind == .outside || domain(row) == nil else {
      return nil
    }
    let observer = masks.endpoint(named: observers.bytes(row))
    let server = observer.isSiteHost ? observer : masks.endpoint(named: logs.bytes(row))
    return server.isSiteHost ? server : nil
  }
}
