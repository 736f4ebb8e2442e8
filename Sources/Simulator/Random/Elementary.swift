/// Exponential and logarithm by arithmetic that rounds alike on every machine, since the system's
/// mathematics library may change its last digit from one release to the next.
enum Elementary {
  private static let ln2 = 0.693_147_180_559_945_3
  private static let ln2High = 0.693_147_180_369_123_8
  private static let ln2Low = 1.908_214_929_270_587_7e-10

  /// e to the `x`, for |x| < 700.
  static func exp(_ x: Double) -> Double {
    let k = (x / ln2).rounded()
    let r = (x - k * ln2High) - k * ln2Low
    var sum = 1.0
    for n in stride(from: 13.0, to: 0, by: -1) { sum = 1 + sum * r / n }
    return Double(sign: .plus, exponent: Int(k), significand: sum)
  }

  /// The natural logarithm of a positive, finite number.
  static func log(_ x: Double) -> Double {
    var exponent = Double(x.exponent)
    var significand = x.significand
    if significand > 1.414_213_562_373_095_1 {
      significand /= 2
      exponent += 1
    }
    let t = (significand - 1) / (significand + 1)
    let square = t * t
    var sum = 0.0
    for n in stride(from: 21.0, to: 0, by: -2) { sum = sum * square + 1 / n }
    return 2 * t * sum + exponent * ln2
  }
}
