import Events

/// How strange the requests of a day are whose shapes the server never answered before: what one
/// client asked for, since many clients who ask for what is new use a new version.
package struct StrangeRequests {
  /// Of one client: that of the request to show, or the only one.
  private struct Session {
    var answered = 0.0
    var refused = 0.0
    var new = 0.0
    /// The strangest that was answered, and that was not.
    var strangestAnswered: (row: RequestRow, weight: Double)?
    var strangestRefused: (row: RequestRow, weight: Double)?
  }

  /// A day's figure of one kind, with the strangest request behind it.
  package struct Sum {
    package let value: Double
    package let lead: RequestRow
  }

  /// What a refused request counts at least: guessing plain words is probing too.
  private static let leastRefused = 0.1

  private let model: RequestModel
  private var sessions: [String: Session] = [:]

  package init(model: RequestModel) { self.model = model }

  package mutating func add(_ row: RequestRow) {
    guard !row.shape.isEmpty else { return }
    let strangeness = model.strangeness(row.shape)
    var session = sessions[row.client] ?? Session()
    if row.answered > 0 {
      let weight = strangeness * row.loneliness
      session.answered += weight
      session.new += row.loneliness
      if session.strangestAnswered.map({ $0.weight < weight }) ?? true {
        session.strangestAnswered = (row, weight)
      }
    } else {
      let weight = (StrangeRequests.leastRefused + strangeness) * row.loneliness
      session.refused += weight
      if session.strangestRefused.map({ $0.weight < weight }) ?? true {
        session.strangestRefused = (row, weight)
      }
    }
    sessions[row.client] = session
  }

  /// The client's with the greatest sum; nil where there is none.
  package func most(_ kind: RequestHabit.Kind) -> Sum? {
    var most: Sum?
    for session in sessions.values {
      let (value, lead) =
        switch kind {
        case .strangeAnswered: (session.answered, session.strangestAnswered?.row)
        case .strangeRefused: (session.refused, session.strangestRefused?.row)
        case .newAnswered: (session.new, session.strangestAnswered?.row)
        case .tries: (0, nil)
        }
      guard let lead else { continue }
      let sum = Sum(value: value, lead: lead)
      if most.map({ ($0.value, lead.client) < (value, $0.lead.client) }) ?? true { most = sum }
    }
    return most
  }
}
