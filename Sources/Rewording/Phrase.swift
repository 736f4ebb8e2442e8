/// One way to say an item, in words.
struct Phrase {
  let words: [Word]
  let item: EvidenceItem
  /// Whether it says what somebody did, so that who it was must be clear.
  let isPredicate: Bool

  init(_ text: String, of item: EvidenceItem, isTemplate: Bool) {
    words = Word.words(of: text)
    self.item = item
    isPredicate =
      switch item.role {
      case .headline: true
      // "2.1 GB sent" is a value, "sent 2.1 GB" needs a subject.
      case .actual: !isTemplate && text.first?.isNumber != true
      default: false
      }
  }

  /// Whether it stands there whole, with no mark between its words that it doesn't have itself.
  func stands(in sentence: [Word], at position: Int) -> Bool {
    guard position + words.count <= sentence.count else { return false }
    return words.indices.allSatisfy { index in
      let word = sentence[position + index]
      return word.text == words[index].text
        && (index == 0 || word.separation <= words[index].separation)
    }
  }
}
