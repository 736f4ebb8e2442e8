import Columnar
import Events
import Glibc

/// Those of a day's addresses within the site's networks that do least, where there are more than
/// can be told apart: a flood with forged senders, or a sweep, would otherwise need memory for
/// each.
///
/// They count as the Internet's where they begin anything, and are no hosts where they answer.
/// Which they are depends on the day's conversations alone, not on their order: an address is one
/// of them if two counters that it shares with others are both small (the count-min sketch of
/// Cormode and Muthukrishnan 2005, "An improved data stream summary", in which an address never
/// counts less than it should).
package final class Crowd: Sendable {
  /// Addresses of a day that are told apart.
  package static let hostLimit = 32_768
  private static let log2CounterCount = 20
  private static let counterCount = 1 << log2CounterCount

  package struct Size: Equatable, Sendable {
    /// How many addresses within the site's networks the day shows, crowd or not: as HyperLogLog
    /// estimates.
    package let addressCount: Int
    /// An address of more conversations is a host.
    package let conversationLimit: UInt32
  }
  let size: Size
  /// Two tables of counters.
  private let counts: [UInt32]

  /// Nil where the addresses are not too many.
  /// - Parameter flows: a day's conversations.
  init?(_ flows: any BatchSource, masks: SiteMasks, hostLimit: Int = Crowd.hostLimit) throws {
    let addressCount = try Crowd.addressCount(flows, masks)
    guard addressCount > hostLimit else { return nil }
    var counts = [UInt32](repeating: 0, count: 2 * Crowd.counterCount)
    try Crowd.forEachHost(flows, masks) { element in
      let (first, second) = Crowd.counters(element)
      counts[first] += 1
      counts[second] += 1
    }
    self.counts = counts
    let busiest = counts.prefix(Crowd.counterCount).sorted(by: >)
    let limit = busiest[min(hostLimit, busiest.count - 1)]
    guard limit > 0 else { return nil }
    size = Size(addressCount: addressCount, conversationLimit: limit)
  }

  func contains(_ address: Address) -> Bool {
    let (first, second) = Crowd.counters(Endpoint(address, .inside).element)
    // An address without conversations is a host that other logs tell of.
    return (1...size.conversationLimit).contains(min(counts[first], counts[second]))
  }

  private static func addressCount(_ flows: any BatchSource, _ masks: SiteMasks) throws -> Int {
    let registers = UnsafeMutableRawPointer.allocate(
      byteCount: HyperLogLog.registerCount, alignment: 8)
    defer { registers.deallocate() }
    registers.initializeMemory(as: UInt8.self, repeating: 0, count: HyperLogLog.registerCount)
    try forEachHost(flows, masks) { HyperLogLog.insert($0, into: registers) }
    return Int(HyperLogLog.estimate(registers))
  }

  /// Calls `body` with what stands for each end of each conversation that is within the networks.
  private static func forEachHost(
    _ flows: any BatchSource, _ masks: SiteMasks, _ body: (UInt64) -> Void
  ) throws {
    for index in 0..<flows.batchCount {
      let batch = try flows.batch(index)
      for column in [batch[Event.sourceAddress], batch[Event.destinationAddress]] {
        for row in 0..<batch.rowCount where column.validity[row] {
          let address = column.value(row)
          if masks.contains(address) { body(Endpoint(address, .inside).element) }
        }
      }
    }
  }

  /// Places of an address's two counters.
  private static func counters(_ element: UInt64) -> (Int, Int) {
    let hash = mix(element)
    return (
      Int(hash >> UInt64(64 - log2CounterCount)),
      counterCount + Int(hash & UInt64(counterCount - 1))
    )
  }
}
