/// What a sentence said so far, as far as it decides what may come next.
struct Reading {
  /// What was said, and how far it is parted from what comes.
  private struct Said {
    let item: EvidenceItem
    /// The strongest mark, and whether a conjunction was met, since.
    var separation = Word.Separation.none
    var isConjoined = false
    /// Whether it begins a sentence, as a time does before its subject.
    var isFirst = false

    mutating func meet(_ mark: Word.Separation) { separation = max(separation, mark) }
  }

  /// A peer or a cause, which what follows may be taken to be of.
  private struct Party {
    /// Whether the host is the subject again.
    var isLeft = false
    var isReferredTo = false
    /// Whether a value was said since.
    var hasValue = false
  }

  /// Whether "was", "had" and the like go on with what comes.
  private enum Auxiliary {
    case none, open
    /// What it goes with was said; it ends where a conjunction goes on.
    case used
  }

  private(set) var ids: Set<String> = []
  private(set) var saysHost = false
  /// The last item, and the last that is no host, window, peer or cause.
  private var last: Said?
  private var leading: Said?
  private var party: Party?
  private var auxiliary = Auxiliary.none

  var lead: EvidenceItem? { leading?.item }

  mutating func meet(_ separation: Word.Separation) {
    last?.meet(separation)
    leading?.meet(separation)
    if separation >= .strong { leaveParty() }
    if separation >= .semicolon { auxiliary = .none }
  }

  /// - Parameter linking: one of `PlainWords.linking`.
  mutating func meet(_ linking: String) {
    if PlainWords.conjunctions.contains(linking) {
      leading?.isConjoined = true
      if auxiliary == .used { auxiliary = .none }
    }
    if PlainWords.auxiliaries.contains(linking) { auxiliary = .open }
    if PlainWords.resuming.contains(linking) { leaveParty() }
    let refers = PlainWords.referring.contains(linking)
    // "which" is of what stands before it, whatever mark is between.
    if let party, linking == "which" || (refers && !party.isLeft) {
      self.party?.isReferredTo = true
    }
  }

  private mutating func leaveParty() {
    if saysHost { party?.isLeft = true }
  }

  mutating func say(_ phrase: Phrase) {
    let item = phrase.item
    ids.insert(item.id)
    last = Said(item: item, isFirst: last.map { $0.separation >= .strong } ?? true)
    if phrase.lendsAuxiliary {
      auxiliary = .open
    } else if auxiliary == .open, [.headline, .actual].contains(item.role) {
      auxiliary = .used
    }
    switch item.role {
    case .host:
      saysHost = true
      party = nil
    case .peer, .cause: party = Party()
    case .window: break
    default:
      leading = last
      if item.role == .actual { party?.hasValue = true }
    }
  }

  /// Why a phrase can't stand where it does: it would read as if it belonged to what was said
  /// before.
  func misplacement(of phrase: Phrase) -> String? {
    let item = phrase.item
    if let owner = item.belongsTo, leading?.item.id != owner {
      return "does not follow the value it belongs to"
    }
    if item.role == .host, let last {
      let needed: Word.Separation =
        last.item.role != .window ? .strong : last.isFirst ? .none : .weak
      if last.separation < needed { return "reads as an object" }
    }
    if auxiliary != .none, phrase.isTurnedByAuxiliary { return "reads as if it were done to it" }
    if let party, [.headline, .actual, .score].contains(item.role) {
      let isOfHost =
        switch phrase.form {
        case .value: true
        case .aside: party.isLeft || party.hasValue
        case .clause: party.isLeft
        }
      if party.isReferredTo || !isOfHost { return "reads as if it were of the other end" }
    }
    guard let leading else { return nil }
    let needed: Word.Separation =
      switch (leading.item.role, item.role) {
      case (.usual, .actual), (.usual, .score), (.usual, .headline), (.floor, .actual),
        (.floor, .score), (.floor, .headline):
        .strong
      case (.usual, _), (.floor, _): .weak
      case (_, .actual), (_, .score), (_, .headline): leading.isConjoined ? .none : .weak
      default: .none
      }
    return leading.separation >= needed ? nil : "is not parted from \(leading.item.id)"
  }
}
