/// What a sentence named since its last full stop, as far as values and an "it" depend on it.
struct Naming {
  private enum PeerScope {
    case unsaid, said
    /// Said before a semicolon, after which values may go on as a list.
    case listing
  }

  private let needsHost: Bool
  private let needsPeer: Bool
  private var saysHost = false
  private var peerScope = PeerScope.unsaid
  /// Whether a value was said whose peer must come next, before the next semicolon or full stop.
  private var owesPeer = false
  /// Whether a linking word was met since the last item.
  private var isLinked = false
  /// What an "it" and a "that did" may mean: the peer, unless the host was said since, and the last
  /// headline or value.
  private var peer: String?
  private var lead: String?
  /// Whether a value stayed without its peer.
  private var hasStrayValue = false

  init(_ finding: StatedFinding) { (needsHost, needsPeer) = (finding.namesHost, finding.namesPeer) }

  /// Whether a value stayed without its peer, if nothing more comes.
  var lacksPeer: Bool { hasStrayValue || owesPeer }

  mutating func meet(_ separation: Word.Separation) {
    guard separation >= .semicolon else { return }
    if owesPeer { hasStrayValue = true }
    owesPeer = false
    if peerScope == .said { peerScope = .listing }
    if separation == .fullStop { (saysHost, peerScope, peer, lead) = (false, .unsaid, nil, nil) }
  }

  /// - Parameter linking: one of `PlainWords.linking`.
  mutating func meet(_ linking: String) {
    isLinked = true
    if linking != "and" { endList() }
  }

  private mutating func endList() {
    if peerScope == .listing { peerScope = .unsaid }
  }

  mutating func say(_ phrase: Phrase) {
    isLinked = false
    if phrase.form == .clause { endList() }
    switch phrase.item.role {
    case .host:
      endList()
      (saysHost, peer, lead) = (true, nil, nil)
    case .window: endList()
    case .peer:
      (peerScope, peer, owesPeer) = (.said, phrase.item.id, false)
    case .headline: lead = phrase.item.id
    case .actual:
      lead = phrase.item.id
      if needsPeer && peerScope == .unsaid { owesPeer = true }
    default: break
    }
  }

  /// Why a phrase can't stand where it does: it would read as if it were of more, or of something
  /// else.
  func misplacement(of phrase: Phrase) -> String? {
    let item = phrase.item
    if needsHost, !saysHost, [.headline, .actual, .score].contains(item.role) {
      return "does not say of which host"
    }
    if owesPeer {
      let mayFollow =
        item.role == .peer ? !isLinked : [.actual, .usual, .window].contains(item.role)
      if !mayFollow { return "follows a value that does not say with which peer" }
    }
    if !item.follows.isEmpty, !item.follows.contains(where: { $0 == peer || $0 == lead }) {
      return "does not follow \(item.follows.joined(separator: " or ")), which it speaks of"
    }
    return nil
  }
}
