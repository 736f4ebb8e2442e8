import Events

/// What hosts of one kind do after what: the likelihood of a step after the two before it, by
/// interpolation after Witten and Bell 1991 (method C, doi:10.1109/18.87000).
///
/// p(c | a b) = (n(a b c) + k(a b) · p(c | b)) / (n(a b) + k(a b)), where n counts days of hosts on
/// which steps came in a row, and k kinds of steps that ever came next; p(c | b) and p(c) likewise,
/// and at the end all kinds are alike.
package struct StepModel: Sendable {
  private static let orders = 3

  private var grams: [UInt32: UInt32] = [:]
  /// Counts of one and of two steps, whatever came before.
  private var shorter: [[UInt32]] = [
    .init(repeating: 0, count: 1 << 6), .init(repeating: 0, count: 1 << 12),
  ]
  /// By the steps before, none to two: how many steps came next, and how many kinds of them.
  private var totals: [[UInt32]] = (0..<orders).map { .init(repeating: 0, count: 1 << (6 * $0)) }
  private var kinds: [[UInt32]] = (0..<orders).map { .init(repeating: 0, count: 1 << (6 * $0)) }

  package init() {}

  package mutating func add(_ gram: StepGram, hostDays: UInt32 = 1) {
    for order in 0..<StepModel.orders {
      let (part, context) = StepModel.part(of: gram, order)
      let before = count(part, order)
      set(part, order, before + hostDays)
      totals[order][context] += hostDays
      if before == 0 && hostDays > 0 { kinds[order][context] += 1 }
    }
  }

  /// Takes back what was added on one day of one host.
  package mutating func remove(_ gram: StepGram) {
    guard grams[gram.code] ?? 0 > 0 else { return }
    for order in 0..<StepModel.orders {
      let (part, context) = StepModel.part(of: gram, order)
      let before = count(part, order)
      set(part, order, before - 1)
      totals[order][context] -= 1
      if before == 1 { kinds[order][context] -= 1 }
    }
  }

  /// Of a gram's last step after the ones before it.
  package func probability(_ gram: StepGram) -> Double {
    var probability = 1 / Double(StepKind.count - 1)
    for order in 0..<StepModel.orders {
      let (part, context) = StepModel.part(of: gram, order)
      let (total, kinds) = (Double(totals[order][context]), Double(kinds[order][context]))
      guard total > 0 else { break }
      probability = (Double(count(part, order)) + kinds * probability) / (total + kinds)
    }
    return probability
  }

  /// Days of hosts that had it; exact for three steps, and 0 exactly where none had fewer.
  /// - Parameter stepCount: of the gram's end, 1 … 3.
  package func hostDays(_ gram: StepGram, stepCount: Int = 3) -> Int {
    Int(count(StepModel.part(of: gram, stepCount - 1).part, stepCount - 1))
  }

  /// The last `order` + 1 steps, and where the ones before the last are counted.
  @inline(__always)
  private static func part(of gram: StepGram, _ order: Int) -> (part: Int, context: Int) {
    let part = Int(gram.code) & (1 << (6 * (order + 1)) - 1)
    return (part, part >> 6)
  }

  private func count(_ part: Int, _ order: Int) -> UInt32 {
    order < 2 ? shorter[order][part] : grams[UInt32(part)] ?? 0
  }

  private mutating func set(_ part: Int, _ order: Int, _ count: UInt32) {
    if order < 2 { shorter[order][part] = count } else { grams[UInt32(part)] = count }
  }
}
