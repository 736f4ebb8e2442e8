import Columnar
import Events

/// Hosts that turn to more others on a day than can be remembered, as who scans the Internet does.
///
/// Of such a host's pairs some are kept, drawn by hash: one of 2, 4, 8 …, so that about as many remain
/// as the limit allows. Its hours still count all whom it met.
package struct Sweeps: Sendable {
  /// Pairs of a host that are kept.
  package static let peerLimit = 65_536

  package struct Sweep: Hashable, Sendable {
    package let host: String
    /// Whom it turned to, as HyperLogLog estimates.
    package let peerCount: Int
    /// One of so many pairs is kept.
    package let oneOf: Int
  }
  /// By how many they turned to, most first.
  let all: [Sweep]
  /// Bits of a pair's hash that must be zero, by the host's element.
  private let bits: [UInt64: UInt64]

  init() { self.init([]) }

  private init(_ sweeps: [(element: UInt64, sweep: Sweep)]) {
    all = sweeps.map(\.sweep).sorted { ($1.peerCount, $0.host) < ($0.peerCount, $1.host) }
    bits = Dictionary(
      uniqueKeysWithValues: sweeps.map { ($0.element, UInt64($0.sweep.oneOf - 1)) })
  }

  /// - Parameters:
  ///   - flows: a day's conversations.
  ///   - context: of the day.
  init(_ flows: any BatchSource, context: ReadingContext, peerLimit: Int = Sweeps.peerLimit) throws
  {
    let busy = try Sweeps.busyCounters(flows, context, peerLimit)
    guard busy.contains(true) else {
      self.init()
      return
    }
    var peers: [UInt64: PeerCounter] = [:]
    try Sweeps.forEachPair(flows, context) { originator, responder in
      let element = originator.element
      guard busy[Sweeps.counter(element)] else { return }
      peers[element, default: PeerCounter(originator)].add(responder.element)
    }
    var sweeps: [(element: UInt64, sweep: Sweep)] = []
    for (element, counter) in peers where counter.estimate > peerLimit {
      let oneOf = 1 << (Int.bitWidth - ((counter.estimate - 1) / peerLimit).leadingZeroBitCount)
      sweeps.append(
        (element, Sweep(host: counter.host, peerCount: counter.estimate, oneOf: oneOf)))
    }
    self.init(sweeps)
  }

  var isEmpty: Bool { bits.isEmpty }

  /// Whether the pair of these two is kept.
  func keeps(_ originator: Endpoint, _ responder: Endpoint) -> Bool {
    guard let bits = bits[originator.element] else { return true }
    return mix(responder.element) & bits == 0
  }

  /// Counts whom one host turned to.
  private struct PeerCounter {
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

  /// Counters, each shared by some hosts, that count more conversations than a host may have peers: who
  /// has less needn't be looked at.
  private static func busyCounters(
    _ flows: any BatchSource, _ context: ReadingContext, _ peerLimit: Int
  ) throws -> [Bool] {
    guard flows.rowCount > peerLimit else { return [] }
    var counts = [UInt32](repeating: 0, count: counterCount)
    try forEachPair(flows, context) { originator, _ in counts[counter(originator.element)] += 1 }
    return counts.map { Int($0) > peerLimit }
  }

  private static func forEachPair(
    _ flows: any BatchSource, _ context: ReadingContext,
    _ body: (_ originator: Endpoint, _ responder: Endpoint) -> Void
  ) throws {
    for index in 0..<flows.batchCount {
      let batch = try flows.batch(index)
      let originators = EndpointReader(sourcesOf: batch, context)
      let responders = EndpointReader(destinationsOf: batch, context)
      for row in 0..<batch.rowCount {
        let originator = originators[row]
        if originator.isSiteHost { body(originator, responders[row]) }
      }
    }
  }
}
