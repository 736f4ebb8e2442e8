extension Site {
  /// `[learned]` with `compare = true`: models are trained that challenge detectors.
  package struct Learned: Sendable {
    /// Rounds over the training days at most; nil for as many as each model takes of itself.
    let greatestRounds: Int?

    /// - Parameter own: as many as a model takes of itself.
    package func rounds(atMost own: Int) -> Int { min(own, greatestRounds ?? own) }

    /// - Returns: nil where nothing is to be compared.
    init?(_ table: TOMLReader) throws {
      let compares = try table.bool("compare") ?? false
      greatestRounds = try table.int("rounds")
      try table.finish()
      if let rounds = greatestRounds, !(1...1000).contains(rounds) {
        throw table.fail("rounds", "expected 1 to 1000, found \(rounds)")
      }
      guard compares else { return nil }
    }

    /// What the models are made by, for manifests.
    package var text: String { greatestRounds.map { "\($0) rounds at most" } ?? "all rounds" }
  }
}
