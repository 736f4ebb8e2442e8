/// The words that may stand between phrases of evidence.
///
/// None denies, compares, tells a cause, a certainty or an act: such words are only found within
/// phrases, which are taken whole. An auxiliary may turn the direction of an act, so none stands
/// before one.
enum PlainWords {
  static let linking: [String] = [
    "a", "also", "an", "and", "but", "had", "has", "here", "is", "it", "itself", "observed",
    "recorded", "seen", "the", "there", "this", "was", "were", "where", "whereas", "which", "while",
  ]

  /// Of these, the ones that part two values.
  static let conjunctions: Set<String> = ["and", "but", "where", "whereas", "which", "while"]

  /// Of these, the ones that go on with what was said before a peer, where a host was said.
  static let resuming: Set<String> = ["and", "but"]

  /// Of these, the ones that may make the words before them the subject of what follows.
  static let referring: Set<String> = [
    "had", "has", "is", "it", "itself", "this", "was", "were", "where", "which",
  ]

  /// Of these, the ones after which a verb may tell what was done to the subject.
  static let auxiliaries: Set<String> = ["had", "has", "is", "was", "were"]

  /// Of these, the ones that the next must follow, so that the subject is what was seen.
  static let passive: Set<String> = ["is", "was", "were"]
  static let participles: Set<String> = ["observed", "recorded", "seen"]

  /// Words that mean what a template's word means.
  static let synonyms: [String: String] = [
    "normally": "usually", "ordinarily": "usually", "typically": "usually", "normal": "usual",
    "typical": "usual", "distinct": "different", "+/-": "±",
  ]
}
