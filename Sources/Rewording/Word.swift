/// A word of a sentence as it is compared, with the mark that parts it from the one before.
struct Word: Equatable, Sendable {
  /// How strongly two neighbouring words are parted.
  enum Separation: Int, Comparable, Sendable {
    case none
    /// A comma, a colon, an opening bracket, a dash.
    case weak
    /// A closing bracket.
    case strong
    case semicolon
    case fullStop

    static func < (a: Separation, b: Separation) -> Bool { a.rawValue < b.rawValue }
  }

  let text: String
  let separation: Separation

  /// The words of a text. Marks count only at the ends of what stands between spaces, so `2.1` and
  /// `14:00` stay whole, and a character that no phrase has makes a word that no phrase has.
  static func words(of text: String) -> [Word] {
    var words: [Word] = []
    var separation = Separation.none
    for piece in pieces(of: text) {
      let (opening, body, closing) = parts(piece)
      if !opening.isEmpty { separation = max(separation, .weak) }
      if body == "–" || body == "—" || body == "-" {
        separation = max(separation, .weak)
      } else {
        for part in split(body) {
          words.append(Word(text: compared(part), separation: separation))
          separation = .none
        }
      }
      separation = max(separation, closing.map(mark).max() ?? .none)
    }
    return words
  }

  /// A text with one space between words, in which `names` stand for their tokens.
  ///
  /// In one pass: a name that reads like a token stays what it is.
  static func text(_ text: String, puttingBack names: [String: String]) -> String {
    pieces(of: text).map { piece in
      let (opening, body, closing) = parts(piece)
      return opening + (names[String(body)] ?? String(body)) + closing
    }.joined(separator: " ")
  }

  /// Whether it is a character that phrases and sentences are made of. Others may look like one of
  /// these, or compare as equal to it.
  static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case " "..."~", "\n", "\u{A0}", "\u{202F}", "–", "—", "±", "→", "∞": true
    default: false
    }
  }

  private static func pieces(of text: String) -> [Substring] {
    text.split { $0 == " " || $0 == "\n" || $0 == "\u{A0}" || $0 == "\u{202F}" }
  }

  private static func parts(_ piece: Substring) -> (Substring, Substring, Substring) {
    let opening = piece.prefix { $0 == "(" }
    var body = piece.dropFirst(opening.count)
    while let last = body.last, ".,;:)".contains(last) { body = body.dropLast() }
    return (opening, body, piece[body.endIndex...])
  }

  private static func mark(_ character: Character) -> Separation {
    switch character {
    case ".": .fullStop
    case ";": .semicolon
    case ")": .strong
    default: .weak
    }
  }

  /// `p=0.002` is three words, `±3` and `3%` are two.
  private static func split(_ body: Substring) -> [Substring] {
    var parts: [Substring] = []
    var start = body.startIndex
    for index in body.indices where "=±%".contains(body[index]) {
      if start < index { parts.append(body[start..<index]) }
      let next = body.index(after: index)
      parts.append(body[index..<next])
      start = next
    }
    if start < body.endIndex { parts.append(body[start...]) }
    return parts
  }

  /// A capital that only begins a sentence is dropped, units keep theirs; what means the same
  /// becomes the word of the templates.
  private static func compared(_ word: Substring) -> String {
    var text = String(word)
    let isCapitalised =
      text.first.map { ("A"..."Z").contains($0) } ?? false
      && text.dropFirst().allSatisfy { ("a"..."z").contains($0) }
    if isCapitalised, text.count > 1 || text == "A" { text = text.lowercased() }
    return PlainWords.synonyms[text] ?? text
  }
}
