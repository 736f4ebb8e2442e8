import Columnar
import Events
import Glibc

/// How the requests are built that a server is used to answer: character n-grams of 1 to 3 of their
/// shapes, in which letters and digits in a row are one letter but for the path's ending, since new
/// words are everyday; interpolated after Witten and Bell 1991, doi:10.1109/18.87000.
package struct RequestModel: Sendable {
  private static let base = 64
  /// Bits up to which a character is nothing strange.
  private static let usualBits = 5.0
  /// Letters that an ending has at most.
  private static let longestEnding = 5

  /// By three symbols.
  private var grams: [UInt32: UInt32] = [:]
  /// By two and by one.
  private var shorter: [[UInt32]] = []
  /// What followed no, one and two symbols: how many symbols, and how many different ones.
  private var totals: [[UInt32]] = []
  private var kinds: [[UInt32]] = []

  package init() {}

  init(_ grams: [(gram: UInt32, count: UInt32)]) {
    self.grams = Dictionary(
      grams.filter { Int($0.gram) < RequestModel.base * RequestModel.base * RequestModel.base }
        .map { ($0.gram, $0.count) }, uniquingKeysWith: max)
    prepare()
  }

  private static func forEachGram(_ shape: String, _ body: (UInt32) -> Void) {
    let ending = ending(of: shape)
    var gram: UInt32 = 0
    var isWord = false
    for (index, byte) in shape.utf8.enumerated() {
      let isPlain = RequestShape.isAlphanumeric(byte) && byte != UInt8(ascii: "U")
      let isInWord = isPlain && !ending.contains(index)
      defer { isWord = isInWord }
      if isInWord && isWord { continue }
      gram = (gram << 6 | RequestShape.symbol(isInWord ? UInt8(ascii: "a") : byte)) & 0x3FFFF
      body(gram)
    }
  }

  /// Where the letters of `.php` and the like are.
  private static func ending(of shape: String) -> Range<Int> {
    let path = shape.utf8.prefix { $0 != UInt8(ascii: "?") }
    let letters = path.reversed().prefix { (0x61...0x7A).contains($0) }.count
    let start = path.count - letters
    let isEnding =
      (1...longestEnding).contains(letters)
      && path.dropLast(letters).last == UInt8(ascii: ".")
    return isEnding ? start..<path.count : 0..<0
  }

  /// Learns a shape.
  mutating func add(_ shape: String) {
    RequestModel.forEachGram(shape) { grams[$0, default: 0] += 1 }
  }

  /// By gram.
  var sorted: [(gram: UInt32, count: UInt32)] {
    grams.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }

  /// To be called between learning and judging.
  mutating func prepare() {
    let base = RequestModel.base
    var pairs = [UInt32](repeating: 0, count: base * base)
    var singles = [UInt32](repeating: 0, count: base)
    totals = [[0], singles, pairs]
    kinds = totals
    for (gram, count) in grams {
      let gram = Int(gram)
      pairs[gram % (base * base)] += count
      totals[2][gram / base] += count
      kinds[2][gram / base] += 1
    }
    for (pair, count) in pairs.enumerated() where count > 0 {
      singles[pair % base] += count
      totals[1][pair / base] += count
      kinds[1][pair / base] += 1
    }
    totals[0][0] = singles.reduce(0, +)
    kinds[0][0] = UInt32(singles.count { $0 > 0 })
    shorter = [singles, pairs]
  }

  /// Bits by which the characters of a shape are stranger than usual ones.
  func strangeBits(_ shape: String) -> Double {
    guard totals.first?.first ?? 0 > 0 else { return 0 }
    var bits = 0.0
    RequestModel.forEachGram(shape) {
      bits += max(0, -log2(probability(Int($0))) - RequestModel.usualBits)
    }
    return bits
  }

  /// Witten–Bell: (count + kinds × shorter context) / (total + kinds).
  private func probability(_ gram: Int) -> Double {
    var probability = 1 / Double(RequestModel.base)
    for length in 0...2 {
      let part = length == 2 ? gram : gram % shorter[length].count
      let context = part / RequestModel.base
      let (total, kinds) = (Double(totals[length][context]), Double(kinds[length][context]))
      guard total > 0 else { break }
      let count = length == 2 ? grams[UInt32(part)] ?? 0 : shorter[length][part]
      probability = (Double(count) + kinds * probability) / (total + kinds)
    }
    return probability
  }

  /// How strange a request of that shape is that the server never answered: nothing for one of new
  /// words, about 1 for one with a quote and blanks, ever more for those with more that is strange.
  func strangeness(_ shape: String) -> Double {
    let bits = strangeBits(shape)
    return bits * bits / 400
  }
}

/// The models of the servers that were asked for something in the days before D.
package struct RequestModels: Sendable {
  private var grams: [String: [(gram: UInt32, count: UInt32)]] = [:]

  /// Reads `request_grams.arrow`.
  init(_ source: any BatchSource) throws {
    try source.forEachBatch { batch in
      let server = batch[RequestGram.server]
      let (gram, count) = (batch[RequestGram.gram], batch[RequestGram.count])
      for row in 0..<batch.rowCount {
        grams[server[row] ?? "", default: []].append((gram.value(row), count.value(row)))
      }
    }
  }

  package func model(of server: String) -> RequestModel { RequestModel(grams[server] ?? []) }
}
