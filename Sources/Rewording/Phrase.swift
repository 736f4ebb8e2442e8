/// One way to say an item, in words.
struct Phrase {
  enum Form {
    /// "2.1 GB sent"
    case value
    /// "with 2.1 GB sent"
    case aside
    /// "sent 2.1 GB", of which it must be clear who did it.
    case clause
  }

  let words: [Word]
  let item: EvidenceItem
  let form: Form

  init(_ text: String, of item: EvidenceItem, isTemplate: Bool) {
    words = Word.words(of: text)
    self.item = item
    form =
      if text.hasPrefix("with ") {
        .aside
      } else if item.role == .headline
        || (item.role == .actual && !isTemplate && text.first?.isNumber != true)
      {
        .clause
      } else {
        .value
      }
  }

  /// Whether "was" or "had" before it would say that it was done to the host: "was sent 2.1 GB".
  var isTurnedByAuxiliary: Bool {
    form == .clause
      && !HeadlinePhrases.attributes.contains(words.map(\.text).joined(separator: " "))
  }

  /// Whether what is added with "and" may share its "was": "was asked by 31 sources and sent 2.1
  /// GB".
  var lendsAuxiliary: Bool { form == .clause && words.first?.text == "was" }

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
