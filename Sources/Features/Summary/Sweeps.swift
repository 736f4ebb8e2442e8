import Columnar
import Events

/// Hosts that turn to more addresses and ports on a day than can be remembered, as who scans does.
///
/// Of such a host's pairs some are kept, drawn by hash: one of 2, 4, 8 …, so that at most about as
/// many remain as the limit allows. Its hours still count all whom it met.
package struct Sweeps: Sendable {
  /// Pairs of a host that are kept.
  package static let pairLimit = 65_536

  package struct Sweep: Hashable, Sendable {
    package let host: String
    /// Addresses and ports that it turned to, as HyperLogLog estimates.
    package let pairCount: Int
    /// One of so many pairs is kept.
    package let oneOf: Int
  }
  /// By their pairs, most first.
  let all: [Sweep]
  /// Bits of a pair's hash that must be zero, by the host's element.
  private let bits: [UInt64: UInt64]

  init() { self.init([]) }

  private init(_ sweeps: [(element: UInt64, sweep: Sweep)]) {
    all = sweeps.map(\.sweep).sorted { ($1.pairCount, $0.host) < ($0.pairCount, $1.host) }
    bits = Dictionary(
      uniqueKeysWithValues: sweeps.map { ($0.element, UInt64($0.sweep.oneOf - 1)) })
  }

  /// - Parameters:
  ///   - flows: a day's conversations.
  ///   - context: of the day.
  init(_ flows: any BatchSource, context: ReadingContext, pairLimit: Int = Sweeps.pairLimit) throws
  {
    let busy = try Sweeps.busyCounters(flows, context, pairLimit)
    guard busy.contains(true) else {
      self.init()
      return
    }
    var counters: [UInt64: PairCounter] = [:]
    try Sweeps.forEachPair(flows, context) { originator, pair in
      let element = originator.element
      guard busy[Sweeps.counter(element)] else { return }
      counters[element, default: PairCounter(originator)].add(pair())
    }
    var sweeps: [(element: UInt64, sweep: Sweep)] = []
    for (element, counter) in counters where counter.estimate > pairLimit {
      let oneOf = 1 << (Int.bitWidth - ((counter.estimate - 1) / pairLimit).leadingZeroBitCount)
      sweeps.append(
        (element, Sweep(host: counter.host, pairCount: counter.estimate, oneOf: oneOf)))
    }
    self.init(sweeps)
  }

  var isEmpty: Bool { bits.isEmpty }

  /// Whether a pair of an originator's, of which `element` stands for the rest, is kept.
  func keeps(_ originator: Endpoint, _ element: UInt64) -> Bool {
    guard let bits = bits[originator.element] else { return true }
    return element & bits == 0
  }

  /// 64 well-mixed bits that stand for a pair but for its originator.
  static func element(_ responder: Endpoint, port: UInt16?, ianaNumber: UInt8?) -> UInt64 {
    mix(responder.element ^ (UInt64(port ?? 0) << 8 | UInt64(ianaNumber ?? 0)))
  }

  /// Counts the pairs of one host.
  private struct PairCounter {
    let host: String
    private var registers = [UInt8](repeating: 0, count: HyperLogLog.registerCount)

    init(_ host: Endpoint) { self.host = host.textOrNothing }

    mutating func add(_ element: UInt64) {
      registers.withUnsafeMutableBytes { bytes in
        guard let base = bytes.baseAddress else { return }
        HyperLogLog.insert(element, into: base)
      }
    }

    var estimate: Int {
      var registers = registers
      return registers.withUnsafeMutableBytes { bytes in
        bytes.baseAddress.map { Int(HyperLogLog.estimate($0)) } ?? 0
      }
    }
  }

  private static let counterCount = 1 << 16

  private static func counter(_ element: UInt64) -> Int { Int(mix(element) >> 48) }

  /// Which counters, each shared by some hosts, count more conversations than a host may have
  /// pairs: who has less needn't be looked at.
  private static func busyCounters(
    _ flows: any BatchSource, _ context: ReadingContext, _ pairLimit: Int
  ) throws -> [Bool] {
    guard flows.rowCount > pairLimit else { return [] }
    var counts = [UInt32](repeating: 0, count: counterCount)
    try forEachPair(flows, context) { originator, _ in counts[counter(originator.element)] += 1 }
    return counts.map { Int($0) > pairLimit }
  }

  private static func forEachPair(
    _ flows: any BatchSource, _ context: ReadingContext,
    _ body: (_ originator: Endpoint, _ pair: () -> UInt64) -> Void
  ) throws {
    for index in 0..<flows.batchCount {
      let batch = try flows.batch(index)
      let originators = EndpointReader(sourcesOf: batch, context)
      let responders = EndpointReader(destinationsOf: batch, context)
      let (ports, ianaNumbers) = (batch[Event.destinationPort], batch[Event.ianaNumber])
      for row in 0..<batch.rowCount {
        let originator = originators[row]
        guard originator.isSiteHost else { continue }
        body(originator) {
          element(responders[row], port: ports[row], ianaNumber: ianaNumbers[row])
        }
      }
    }
  }
}
