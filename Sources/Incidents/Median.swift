extension [Double] {
  /// The middle value, or the mean of the middle two; nil of none.
  package var median: Double? {
    guard !isEmpty else { return nil }
    let ordered = sorted()
    let middle = count / 2
    return count.isMultiple(of: 2) ? (ordered[middle - 1] + ordered[middle]) / 2 : ordered[middle]
  }
}
