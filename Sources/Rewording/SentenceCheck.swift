/// Whether a sentence says nothing but what one finding's evidence says.
///
/// A sentence is read as phrases of evidence with linking words between. Whatever is neither, be it a
/// number off by a digit or a word too many, is a fault.
struct SentenceCheck {
  static let maximumCharacterCount = 800

  private struct Phrase {
    let words: [String]
    let item: EvidenceItem
  }

  /// What was said, and how far it is parted from what comes.
  private struct Said {
    let item: EvidenceItem
    /// The strongest mark, and whether a conjunction was met, since.
    var separation = Word.Separation.none
    var isConjoined = false
  }

  private struct Reading {
    var ids: Set<String> = []
    /// The last item, and the last that is no host, window, peer or cause.
    var last: Said?
    var lead: Said?

    mutating func meet(_ separation: Word.Separation) {
      last?.separation = max(last?.separation ?? .none, separation)
      lead?.separation = max(lead?.separation ?? .none, separation)
    }

    mutating func say(_ item: EvidenceItem) {
      ids.insert(item.id)
      last = Said(item: item)
      switch item.role {
      case .host, .window, .peer, .cause: break
      default: lead = last
      }
    }
  }

  private let phrases: [Phrase]
  private let knownIDs: Set<String>

  init(_ finding: StatedFinding) {
    phrases = finding.items.flatMap { item in
      item.phrases.map { Phrase(words: Word.words(of: $0).map(\.text), item: item) }
    }
    knownIDs = Set(finding.items.map(\.id))
  }

  /// Why a sentence can't be shown; nil where it can.
  func fault(in text: String, citing cites: Set<String>) -> String? {
    guard text.count <= SentenceCheck.maximumCharacterCount else {
      return "longer than \(SentenceCheck.maximumCharacterCount) characters"
    }
    if let stranger = cites.subtracting(knownIDs).min() {
      return "cites \(stranger), which is no evidence of this finding"
    }
    let words = Word.words(of: text)
    var reading = Reading()
    var position = 0
    while position < words.count {
      reading.meet(words[position].separation)
      let matches = longestMatches(in: words, at: position)
      guard let length = matches.first?.words.count else {
        let word = words[position].text
        guard PlainWords.linking.contains(word) else { return "\"\(word)\" is not in the evidence" }
        if PlainWords.conjunctions.contains(word) { reading.lead?.isConjoined = true }
        position += 1
        continue
      }
      let items = matches.map(\.item).filter { !reading.ids.contains($0.id) }
      guard let item = items.first(where: { misplacement(of: $0, in: reading) == nil }) else {
        let phrase = words[position..<position + length].map(\.text).joined(separator: " ")
        let reason = items.first.flatMap { misplacement(of: $0, in: reading) } ?? "said twice"
        return "\"\(phrase)\": \(reason)"
      }
      guard cites.contains(item.id) else { return "says \(item.id) without citing it" }
      reading.say(item)
      position += length
    }
    return reading.lead == nil ? "says nothing of what was found" : nil
  }

  private func longestMatches(in words: [Word], at position: Int) -> [Phrase] {
    let rest = words[position...].lazy.map(\.text)
    let matching = phrases.filter { rest.starts(with: $0.words) }
    let length = matching.map(\.words.count).max() ?? 0
    return matching.filter { $0.words.count == length }
  }

  /// Why an item can't stand where it does: it would read as if it belonged to what was said before.
  private func misplacement(of item: EvidenceItem, in reading: Reading) -> String? {
    if let owner = item.belongsTo, reading.lead?.item.id != owner {
      return "does not follow the value it belongs to"
    }
    if item.role == .host, let last = reading.last,
      last.separation < (last.item.role == .window ? .weak : .strong)
    {
      return "reads as an object"
    }
    guard let lead = reading.lead else { return nil }
    let needed: Word.Separation =
      switch (lead.item.role, item.role) {
      case (.usual, .actual), (.usual, .score), (.usual, .headline), (.floor, .actual),
        (.floor, .score), (.floor, .headline):
        .strong
      case (.usual, _), (.floor, _), (.headline, .actual), (.headline, .score): .weak
      case (_, .actual), (_, .score), (_, .headline): lead.isConjoined ? .none : .weak
      default: .none
      }
    return lead.separation >= needed ? nil : "is not parted from \(lead.item.id)"
  }
}
