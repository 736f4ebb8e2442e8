import Glibc

/// How many bits the characters of a name can carry: their number times their entropy within it
/// (Shannon 1948), which is n·log₂n − Σ c·log₂c over the counts c of each character.
struct LabelInformation {
  private static let longestName = 1023
  /// n·log₂n in units of 1/1024.
  private let products = (0...LabelInformation.longestName).map { count in
    count < 2 ? 0 : Int64((Double(count) * log2(Double(count)) * 1024).rounded())
  }
  private var counts = [Int](repeating: 0, count: 256)

  /// Characters without dots, and their whole bits.
  mutating func measure(_ labels: UnsafeRawBufferPointer) -> (bytes: Int64, bits: Int64) {
    var total = 0
    for byte in labels where byte != UInt8(ascii: ".") {
      counts[Int(byte)] += 1
      total += 1
    }
    var rest = products[min(total, LabelInformation.longestName)]
    for byte in labels {
      rest -= products[min(counts[Int(byte)], LabelInformation.longestName)]
      counts[Int(byte)] = 0
    }
    return (Int64(total), max(0, rest) / 1024)
  }
}
