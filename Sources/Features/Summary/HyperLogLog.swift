/// Registers of HyperLogLog with p = 11: 2,048 bytes, standard error 1.04/√2048 = 2.3 %.
///
/// Flajolet, Fusy, Gandouet, Meunier 2007; the estimate is that of Ertl 2017, algorithm 6
/// (arXiv:1702.01284), which needs no bias table and no switch to linear counting. Registers are
/// integers and depend on the set of elements only.
enum HyperLogLog {
  static let precision = 11
  static let registerCount = 1 << precision
  /// Bits of an element that are left after the register's number.
  private static let rest = 64 - precision

  /// Takes in an element, given as 64 well-mixed bits.
  @inline(__always) static func insert(_ element: UInt64, into registers: UnsafeMutableRawPointer) {
    let hash = mix(element ^ 0x9E37_79B9_7F4A_7C15)
    let register = Int(hash >> UInt64(rest))
    let rank = UInt8(min(rest + 1, (hash << UInt64(precision)).leadingZeroBitCount + 1))
    let previous = registers.load(fromByteOffset: register, as: UInt8.self)
    if rank > previous { registers.storeBytes(of: rank, toByteOffset: register, as: UInt8.self) }
  }

  /// The estimated number of distinct elements.
  static func estimate(_ registers: UnsafeMutableRawPointer) -> Double {
    var histogram = [Int](repeating: 0, count: rest + 2)
    for register in 0..<registerCount {
      histogram[Int(registers.load(fromByteOffset: register, as: UInt8.self))] += 1
    }
    let m = Double(registerCount)
    var z = m * tau(1 - Double(histogram[rest + 1]) / m)
    for rank in stride(from: rest, to: 0, by: -1) { z = 0.5 * (z + Double(histogram[rank])) }
    z += m * sigma(Double(histogram[0]) / m)
    // 1 / (2 ln 2)
    return 0.721_347_520_444_481_7 * m * m / z
  }

  /// Ertl 2017, algorithm 5: x + Σ x^(2^k)·2^(k−1).
  private static func sigma(_ x: Double) -> Double {
    guard x < 1 else { return .infinity }
    var (x, y, z) = (x, 1.0, x)
    var previous: Double
    repeat {
      x *= x
      previous = z
      z += x * y
      y += y
    } while z != previous
    return z
  }

  /// Ertl 2017, algorithm 5: (1 − x − Σ (1 − x^(2^−k))²·2^−k) / 3.
  private static func tau(_ x: Double) -> Double {
    guard x > 0, x < 1 else { return 0 }
    var (x, y, z) = (x, 1.0, 1 - x)
    var previous: Double
    repeat {
      x = x.squareRoot()
      previous = z
      y *= 0.5
      z -= (1 - x) * (1 - x) * y
    } while z != previous
    return z / 3
  }
}
