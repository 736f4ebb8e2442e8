import Columnar
import Events
import Incidents
import StageKit

/// The words of a message, for people. Nothing in them is escaped for any receiver yet.
package struct MessageText: Sendable {
  package let siteName: String
  package let calendar: CivilCalendar

  package init(siteName: String, calendar: CivilCalendar) {
    self.siteName = siteName
    self.calendar = calendar
  }

  /// "Example Ltd: high: Regular connections, as by a beacon: 10.0.0.5", or "Example Ltd: 4
  /// incidents of 2026-03-29, the gravest medium"
  package func headline(_ message: Message) -> String {
    guard let first = message.notices.first else { return siteName }
    return message.notices.count == 1
      ? "\(siteName): \(first.severity): \(first.title)"
      : "\(siteName): \(message.notices.count) incidents of \(message.day), the gravest "
        + "\(first.severity)"
  }

  /// What is said of an incident, a line each, the most telling first.
  package func lines(_ notice: Notice) -> [String] {
    let reasons = notice.adviceReasons.joined(separator: "; ")
    let days = notice.sightings == 1 ? "1 day" : "\(notice.sightings) days"
    var lines = [
      "\(notice.severity): \(notice.title)", "Host: \(notice.host)",
      "Seen: from \(Quantity.clock(notice.firstSeen, calendar: calendar)) to "
        + "\(Quantity.clock(notice.lastSeen, calendar: calendar)), on \(days)",
      "Confidence: \(Int((notice.confidence * 100).rounded())) of 100",
      "Advice: \(notice.advice)" + (reasons.isEmpty ? "" : ", \(reasons)"),
    ]
    if !notice.tactics.isEmpty {
      lines.append("ATT&CK: \(notice.tactics.joined(separator: ", "))")
    }
    if let news = MessageText.text(notice.news) {
      lines.append("Again because \(news) (message \(notice.revision) on it)")
    }
    lines.append("Incident: \(notice.incident)")
    return lines
  }

  /// Where the rest is.
  package func closing(_ message: Message) -> String {
    "Nothing was carried out. Evidence and checks: reports/day=\(message.day)/report.html in the "
      + "store of \(siteName)."
  }

  private static func text(_ news: News) -> String? {
    switch news {
    case .first: nil
    case .again: "something else was found on it, or much more of the same"
    case .tenfold: "it was seen ten times as often"
    case .tactic: "it shows another tactic"
    case .severity: "it is graver now"
    }
  }
}
