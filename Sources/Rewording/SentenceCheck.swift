import Events

/// Whether a sentence says nothing but what one finding's evidence says.
///
/// A sentence is read as phrases of evidence with linking words between. Whatever is neither, be it
/// a number off by a digit or a word too many, is a fault; so is a phrase where it would read as if
/// it were of another value or of the other end.
struct SentenceCheck {
  static let maximumCharacterCount = 500

  private let phrases: [Phrase]
  private let knownIDs: Set<String>
  private let finding: StatedFinding

  init(_ finding: StatedFinding) {
    phrases = finding.items.flatMap { item in
      item.phrases.enumerated().map { Phrase($0.element, of: item, isTemplate: $0.offset == 0) }
    }
    knownIDs = Set(finding.items.map(\.id))
    self.finding = finding
  }

  /// Why a sentence can't be shown; nil where it can.
  func fault(in text: String, citing cites: Set<String>) -> String? {
    guard text.count <= SentenceCheck.maximumCharacterCount else {
      return "longer than \(SentenceCheck.maximumCharacterCount) characters"
    }
    if let stranger = cites.subtracting(knownIDs).min() {
      return "cites \(PlainText.visible(stranger)), which is no evidence of this finding"
    }
    if let stranger = text.unicodeScalars.first(where: { !Word.isPlain($0) }) {
      return "holds the character U+\(String(stranger.value, radix: 16, uppercase: true))"
    }
    let words = Word.words(of: text)
    var reading = Reading()
    var naming = Naming(finding)
    var position = 0
    while position < words.count {
      reading.meet(words[position].separation)
      naming.meet(words[position].separation)
      let matches = longestMatches(in: words, at: position)
      guard let length = matches.first?.words.count else {
        let word = words[position].text
        guard PlainWords.linking.contains(word) else { return "\"\(word)\" is not in the evidence" }
        if PlainWords.participles.contains(word),
          position == 0 || !PlainWords.passive.contains(words[position - 1].text)
        {
          return "\"\(word)\" does not follow was or were"
        }
        reading.meet(word)
        naming.meet(word)
        position += 1
        continue
      }
      let unsaid = matches.filter { $0.item.role == .host || !reading.ids.contains($0.item.id) }
      let faults = unsaid.map { reading.misplacement(of: $0) ?? naming.misplacement(of: $0) }
      guard let phrase = zip(unsaid, faults).first(where: { $1 == nil })?.0 else {
        let said = words[position..<position + length].map(\.text).joined(separator: " ")
        return "\"\(said)\": \(faults.first.flatMap { $0 } ?? "said twice")"
      }
      guard cites.contains(phrase.item.id) else {
        return "says \(phrase.item.id) without citing it"
      }
      reading.say(phrase)
      naming.say(phrase)
      position += length
    }
    if finding.namesHost && !reading.saysHost { return "does not say of which host" }
    if naming.lacksPeer { return "says a value without the peer that it is with" }
    return reading.lead == nil ? "says nothing of what was found" : nil
  }

  private func longestMatches(in words: [Word], at position: Int) -> [Phrase] {
    let matching = phrases.filter { $0.stands(in: words, at: position) }
    let length = matching.map(\.words.count).max() ?? 0
    return matching.filter { $0.words.count == length }
  }
}
