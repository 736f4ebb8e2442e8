import Columnar
import Events
import Glibc

/// What the names of the domains look like that a site is used to: character n-grams of 1 to 4,
/// interpolated after Witten and Bell 1991, doi:10.1109/18.87000.
package struct NameModel: Sendable {
  /// Names below which nothing can be said.
  private static let leastNames = 200

  /// Different symbols; grams are numbers in this base.
  private static let base = 40
  /// The number of grams of three symbols.
  private static let shortCount = base * base * base

  /// Counts of four symbols in a row, the last one being the one that is told from the others.
  private var grams: [Int: UInt32] = [:]
  private var nameCount = 0
  /// What follows one, two and three symbols.
  private var followers: [Followers] = []
  /// Counts of one, two and three symbols.
  private var shorter: [[UInt32]] = []

  /// By the symbols before, none to three: how many symbols followed, and how many different ones.
  private struct Followers: Sendable {
    var totals: [UInt32]
    var kinds: [UInt32]

    init(contextCount: Int) {
      totals = .init(repeating: 0, count: contextCount)
      kinds = totals
    }

    mutating func add(_ count: UInt32, of gram: Int) {
      totals[gram / NameModel.base] += count
      kinds[gram / NameModel.base] += 1
    }
  }

  package init() {}

  package init(_ source: any BatchSource) throws {
    try source.forEachBatch { batch in
      let (gram, count) = (batch[NameGram.gram], batch[NameGram.count])
      for row in 0..<batch.rowCount
      where Int(gram.value(row)) < NameModel.shortCount * NameModel.base {
        grams[Int(gram.value(row))] = count.value(row)
      }
    }
    prepare()
  }

  private static func symbol(_ byte: UInt8) -> Int {
    switch byte {
    case 0x61...0x7A: Int(byte) - 0x60
    case 0x30...0x39: Int(byte) - 0x30 + 27
    case UInt8(ascii: "-"): 37
    default: 38
    }
  }

  /// The label that was registered: the first one of a registered domain.
  private static func label(_ domain: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: domain.prefix { $0 != UInt8(ascii: ".") })
  }

  /// Learns the name of a domain.
  package mutating func add(_ domain: UnsafeRawBufferPointer) {
    var gram = 0
    for byte in NameModel.label(domain) {
      gram =
        (gram * NameModel.base + NameModel.symbol(byte)) % (NameModel.shortCount * NameModel.base)
      grams[gram, default: 0] += 1
    }
  }

  /// To be called between learning and judging.
  package mutating func prepare() {
    var last = Followers(contextCount: NameModel.shortCount)
    var counts = [UInt32](repeating: 0, count: NameModel.shortCount)
    for (gram, count) in grams {
      last.add(count, of: gram)
      counts[gram % counts.count] += count
    }
    followers = [last]
    shorter = [counts]
    while shorter[0].count > 1 {
      let longer = shorter[0]
      var next = Followers(contextCount: longer.count / NameModel.base)
      var counts = [UInt32](repeating: 0, count: longer.count / NameModel.base)
      for (gram, count) in longer.enumerated() where count > 0 {
        next.add(count, of: gram)
        counts[gram % counts.count] += count
      }
      followers.insert(next, at: 0)
      shorter.insert(counts, at: 0)
    }
    // Names begin after three symbols 0.
    nameCount = Int(last.totals[0])
  }

  /// How many bits shorter a name is told as letters drawn by chance than as a name of the site's
  /// kind; nil where that cannot be said.
  private func randomness(_ domain: UnsafeRawBufferPointer) -> Double? {
    let label = NameModel.label(domain)
    guard nameCount >= NameModel.leastNames, !label.starts(with: "xn--".utf8) else { return nil }
    var bits = 0.0
    var gram = 0
    var (letters, digits, hexadecimals) = (0, 0, 0)
    for byte in label {
      let symbol = NameModel.symbol(byte)
      gram = (gram * NameModel.base + symbol) % (NameModel.shortCount * NameModel.base)
      bits -= log2(probability(gram))
      if symbol <= 26 { letters += 1 } else if symbol <= 36 { digits += 1 }
      if symbol <= 6 || (27...36).contains(symbol) { hexadecimals += 1 }
    }
    let count = Double(label.count)
    // Drawn from the letters, the hexadecimal digits, or letters and digits.
    var alphabet = 38.0
    if letters + digits == label.count { alphabet = digits == 0 ? 26 : 36 }
    if hexadecimals == label.count { alphabet = 16 }
    return bits - count * log2(alphabet)
  }

  /// Witten–Bell: (count + kinds × shorter context) / (total + kinds).
  private func probability(_ gram: Int) -> Double {
    var probability = 1.0 / 38
    for (before, follower) in followers.enumerated() {
      let part = gram % (follower.totals.count * NameModel.base)
      let context = part / NameModel.base
      let (total, kinds) = (Double(follower.totals[context]), Double(follower.kinds[context]))
      guard total > 0 else { break }
      let count = before == 3 ? grams[part] ?? 0 : shorter[before + 1][part]
      probability = (Double(count) + kinds * probability) / (total + kinds)
    }
    return probability
  }

  /// How likely a domain that nobody of the site asked for before is from a generator, 0 … 1: half
  /// a name for one that does not exist, so that generators that join words count too.
  package func weight(ofUnseen domain: UnsafeRawBufferPointer, isMissing: Bool) -> Double {
    guard let bits = randomness(domain) else { return isMissing ? 0.5 : 0 }
    // Generated names are rare among those that do not exist (1 of 9), and very rare among others.
    let likelihood = 1 / (1 + exp2((isMissing ? 3.0 : 10.0) - bits))
    return isMissing ? (1 + likelihood) / 2 : likelihood
  }

  package func write(to sink: any BatchSink) throws {
    let rows = RowWriter(NameGram.schema, to: sink)
    let (gram, count) = (rows.table.column(NameGram.gram), rows.table.column(NameGram.count))
    for (index, value) in grams.sorted(by: { $0.key < $1.key }) {
      gram.append(UInt32(index))
      count.append(value)
      try rows.endRow()
    }
    try rows.finish()
  }
}
