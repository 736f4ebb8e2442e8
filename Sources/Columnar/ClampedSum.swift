extension FixedWidthInteger {
  /// The sum of two counts, or the largest number where it is too small for it: what logs state may
  /// add up to anything.
  @inlinable @inline(__always) package func addingClamped(_ other: Self) -> Self {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
