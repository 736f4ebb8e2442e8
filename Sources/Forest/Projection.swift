/// A weighted sum of features that a node splits on instead of one.
///
/// It is missing where it is not a number: where a feature is missing, or infinite ones cancel out.
package struct Projection: Sendable, Equatable {
  package struct Term: Sendable, Equatable {
    package let feature: Int32
    /// Finite, as is the centre.
    package let weight: Float
    package let centre: Float

    package init(feature: Int, weight: Float, centre: Float) {
      self.feature = Int32(feature)
      self.weight = weight
      self.centre = centre
    }

    func value(_ feature: Float) -> Float { weight * (feature - centre) }
  }

  package let terms: [Term]

  package init(terms: [Term]) { self.terms = terms }

  /// Σ weight × (x − centre), added up from zero in the terms' order, each step rounded to a float.
  func value(_ feature: (Int) -> Float) -> Float {
    var sum: Float = 0
    for term in terms { sum += term.value(feature(Int(term.feature))) }
    return sum
  }

  /// What each term has in a value, adding up to 1: proportional to |weight × (x − centre)|, equal
  /// where these are all zero or one is not finite.
  func shares(_ feature: (Int) -> Float) -> [Double] {
    let sizes = terms.map { Double($0.value(feature(Int($0.feature))).magnitude) }
    let total = sizes.reduce(0, +)
    guard total > 0, total.isFinite else {
      return sizes.map { _ in 1 / Double(terms.count) }
    }
    return sizes.map { $0 / total }
  }

  /// What is wrong with it, where something is.
  func defect(featureCount: Int) -> (expected: String, found: String)? {
    if terms.isEmpty { return ("a feature or more", "none") }
    for term in terms {
      guard (0..<featureCount).contains(Int(term.feature)) else {
        return ("features in 0 ..< \(featureCount)", "\(term.feature)")
      }
      guard term.weight.isFinite, term.centre.isFinite else {
        return ("finite weights and centres", "\(term.weight) and \(term.centre)")
      }
    }
    return nil
  }
}
