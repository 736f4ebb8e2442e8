/// Features brought to one scale: centred on their median, divided by 1.4826 × the median absolute
/// deviation from it, or by the standard deviation where that is more than ten times as much.
struct FeatureScaling: Sendable, Equatable {
  /// Scaled values are cut off here, so that squares of infinite ones can be added up.
  static let greatestValue: Float = 1e6

  /// One a feature, finite.
  let centres: [Float]
  /// What is multiplied with: one a feature, finite, 0 or more.
  let scales: [Float]

  init(centres: [Float], scales: [Float]) {
    self.centres = centres
    self.scales = scales
  }

  /// Missing and infinite values don't count. A feature that does not vary scales to 0.
  init(_ matrix: FeatureMatrix) {
    let fitted = matrix.columns.map { column in
      let finite = column.filter(\.isFinite).sorted()
      guard let centre = Self.median(finite) else { return (centre: Float(0), scale: Float(0)) }
      let mean = finite.reduce(0) { $0 + Double($1) } / Double(finite.count)
      let squares = finite.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) }
      let deviation = Float((squares / Double(finite.count)).squareRoot())
      let spread = 1.4826 * (Self.median(finite.map { ($0 - centre).magnitude }.sorted()) ?? 0)
      let scale = spread * 10 > deviation ? spread : deviation
      return (centre, scale > 0 && scale.isFinite ? 1 / scale : 0)
    }
    centres = fitted.map(\.centre)
    scales = fitted.map(\.scale)
  }

  private static func median(_ sorted: [Float]) -> Float? {
    guard !sorted.isEmpty else { return nil }
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// A missing value counts as the median.
  func scaled(_ value: Float, feature: Int) -> Float {
    let scaled = (value - centres[feature]) * scales[feature]
    return scaled.isNaN ? 0 : min(max(scaled, -Self.greatestValue), Self.greatestValue)
  }
}
