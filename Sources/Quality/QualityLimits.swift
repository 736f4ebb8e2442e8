/// A number that the file of limits lacks.
package struct MissingLimit: Error, CustomStringConvertible {
  package let name: String
  package var description: String {
    "expected the limit \(name), found none; take it from the limits.toml that came with this version"
  }
}

/// From which on a source's data counts as broken; `pipelines/quality/limits.toml` says what each
/// does.
package struct QualityLimits: Sendable {
  let leastDays: Int
  let leastRows: Int64
  let silentRows: Double
  let silentShare: Double
  let volumeFactor: Double
  let volumeSpreads: Double
  let nullJump: Double
  let shareSpreads: Double
  let rejectJump: Double
  let leastRejects: Int64
  let duplicateJump: Double
  let repeatJump: Double
  let clockMicroseconds: Int64

  package init(_ numbers: [String: Double]) throws {
    func number(_ name: String) throws -> Double {
      guard let number = numbers[name] else { throw MissingLimit(name: name) }
      return number
    }
    leastDays = max(1, Int(try number("least_days")))
    leastRows = Int64(try number("least_rows"))
    silentRows = try number("silent_rows")
    silentShare = try number("silent_share")
    volumeFactor = max(1, try number("volume_factor"))
    volumeSpreads = try number("volume_spreads")
    nullJump = try number("null_jump")
    shareSpreads = try number("share_spreads")
    rejectJump = try number("reject_jump")
    leastRejects = Int64(try number("least_rejects"))
    duplicateJump = try number("duplicate_jump")
    repeatJump = try number("repeat_jump")
    clockMicroseconds = Int64(try number("clock_seconds") * 1_000_000)
  }
}
