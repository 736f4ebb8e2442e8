import Columnar
import Events

/// The source of each row of a batch as a bit.
struct SourceBits {
  private static let bitCount = 64
  private let codes: Values<UInt32>
  /// By code; the last is for rows without a source.
  private let bits: [UInt64]

  /// - Parameter names: the sources met so far, to which the batch's new ones are added. A bit is a
  ///   place in it; from the 64th on sources share the last.
  init(_ batch: Batch, names: inout [String]) {
    let sources = batch[Event.source]
    codes = sources.codes
    bits =
      (0..<sources.symbols.count).map { code in
        let name = sources.symbols[code] ?? ""
        let place = names.firstIndex(of: name) ?? names.count
        if place == names.count { names.append(name) }
        return 1 << UInt64(min(place, SourceBits.bitCount - 1))
      } + [0]
  }

  @inline(__always) subscript(row: Int) -> UInt64 {
    codes.validity[row] ? bits[Int(codes.value(row))] : bits[bits.count - 1]
  }

  /// The names of some bits, as `HostHour.sources` has them.
  static func text(_ bits: UInt64, names: [String]) -> String {
    SourceNames.text(
      Set(names.indices.filter { bits >> UInt64(min($0, bitCount - 1)) & 1 == 1 }.map { names[$0] })
    )
  }
}
