import Events

/// Where the line between asking and watching lies, and how it came about.
package struct DecisionLine: Sendable {
  /// The p-value below which a person is asked; nil while there is no history.
  package let pValue: Double?
  /// What that line would have asked over the days before.
  package let replayedDecisions: Int
  package let replayedDays: Int
  /// The least p-value that the history allows.
  package let smallestPValue: Double?

  package init(
    pValue: Double?, replayedDecisions: Int, replayedDays: Int, smallestPValue: Double?
  ) {
    self.pValue = pValue
    self.replayedDecisions = replayedDecisions
    self.replayedDays = replayedDays
    self.smallestPValue = smallestPValue
  }

  /// "with it, the last 28 usual days would have asked you 48 times"
  package var sentence: String {
    guard let pValue else {
      return "There is no line yet: only rules that need no history ask for a decision."
    }
    return
      "The line is at p = \(Quantity.scientific(pValue)): with it, the last \(replayedDays) usual days "
      + "would have asked you \(replayedDecisions) times."
  }
}
