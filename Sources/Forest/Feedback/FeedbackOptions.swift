package struct FeedbackOptions: Sendable, Equatable {
  package static let usualVerdictLimit = 1_000

  /// The path length of the last of the rows that people are shown: anomalies belong below it. In
  /// edges, or the unit of the leaves' values. See `pathLength(ofShortest:of:threads:)`.
  package var line: Double
  /// λ for a single verdict; λ / √n for n of them. Greater values keep the forest closer to what
  /// it was: one verdict changes no path by more than 1 / λ edges.
  package var priorWeight: Double
  /// The latest so many verdicts count; time grows with their square.
  package var verdictLimit: Int

  package init(
    line: Double, priorWeight: Double = 1.25, verdictLimit: Int = Self.usualVerdictLimit
  ) {
    self.line = line
    self.priorWeight = priorWeight
    self.verdictLimit = verdictLimit
  }
}
