import Columnar

/// Conditions on a flow's numbers: each must be one of some. Looked at once a flow, however many
/// mappings have them.
final class FlowCondition {
  private let wanted: [(number: FlowNumber, values: [UInt64])]
  private let results = UnsafeMutableBufferPointer<Bool>.allocate(capacity: FlowColumns.capacity)

  /// - Throws: where texts are not what nfdump prints for numbers.
  init(_ conditions: [String: [String]]) throws(NotCovered) {
    var wanted: [(FlowNumber, [UInt64])] = []
    for (name, texts) in conditions.sorted(by: { $0.key < $1.key }) {
      let known: [FlowNumber] = [.first, .last, .received, .duration, .tcpFlags, .destinationPort]
      guard let number = FlowNumber(nfdump: name), !known.contains(number) else {
        throw NotCovered("[map] has a condition on \(name)")
      }
      var values: [UInt64] = []
      for text in texts {
        let named = number == .protocolNumber ? ianaProtocols[text.lowercased()] : nil
        guard let value = UInt64(text) ?? named.map({ UInt64($0) }) else {
          throw NotCovered("[map] has a condition on \(name) = \"\(text)\"")
        }
        values.append(value)
      }
      wanted.append((number, values))
    }
    self.wanted = wanted
    results.initialize(repeating: false)
  }

  deinit { results.deallocate() }

  /// Looks at some flows.
  func evaluate(_ columns: FlowColumns, _ rows: Range<Int>) {
    precondition(rows.count <= results.count)
    for index in 0..<rows.count { results[index] = true }
    for (number, wanted) in wanted {
      let values = columns.values(number) + rows.lowerBound
      wanted.withUnsafeBufferPointer { wanted in
        for index in 0..<rows.count {
          var isWanted = false
          for value in wanted { isWanted = isWanted || value == values[index] }
          results[index] = results[index] && isWanted
        }
      }
    }
  }

  /// Whether the conditions hold for a flow that was looked at, by its position.
  @inline(__always) func holds(_ index: Int) -> Bool {
    precondition(index >= 0 && index < results.count)
    return results[index]
  }
}
