import Columnar
import Detectors
import Events
import FoundationEssentials
import Indicators

/// What a hunt found, as text for people or for programs.
struct HuntListing {
  private static let columns = [
    "indicator", "kind", "list", "note", "host", "seen_in", "first_day", "first_seen", "last_day",
    "last_seen", "days", "times", "failed", "bytes_sent",
  ]

  private let result: HuntSearch.Result
  private let lists: HuntLists
  private let calendar: CivilCalendar
  private let findings: [RetroHunt.Finding]

  init(_ result: HuntSearch.Result, lists: HuntLists, calendar: CivilCalendar) {
    self.result = result
    self.lists = lists
    self.calendar = calendar
    findings = result.hunt.findings
  }

  var csv: String {
    CSVText.record(HuntListing.columns)
      + findings.map { finding in
        let (indicator, bytes) = (finding.indicator, finding.bytesSent)
        return CSVText.record([
          indicator.text, indicator.kind, indicator.file, indicator.note, finding.host,
          finding.way.name, "\(finding.firstDay)", Quantity.timestamp(finding.firstTime),
          "\(finding.lastDay)", Quantity.timestamp(finding.lastTime), "\(finding.dayCount)",
          "\(finding.count)", finding.failedCount.map { "\($0)" } ?? "",
          bytes.map { "\($0)" } ?? "",
        ])
      }.joined()
  }
}

extension HuntListing {
  /// Findings below their indicators, in the site's time, and the closing line.
  var text: String {
    var lines: [String] = []
    var last: Indicator?
    for finding in findings {
      if finding.indicator != last {
        if last != nil { lines.append("") }
        lines.append(heading(finding.indicator))
      }
      last = finding.indicator
      lines.append("  " + sentence(finding))
    }
    lines.append(findings.isEmpty ? "nothing found" : "")
    return (lines + [closing]).map { $0.printable + "\n" }.joined()
  }

  /// `203.0.113.7 (address in feed.txt: what it is)`
  private func heading(_ indicator: Indicator) -> String {
    let kind = indicator.kind == "url" ? "host of a URL" : indicator.kind
    let note = indicator.note.isEmpty ? "" : ": \(indicator.note)"
    return "\(indicator.text) (\(kind) in \(indicator.file)\(note))"
  }

  private func sentence(_ finding: RetroHunt.Finding) -> String {
    let first = Quantity.clock(finding.firstTime, calendar: calendar)
    let last = Quantity.clock(finding.lastTime, calendar: calendar)
    let failed = finding.failedCount ?? 0
    let times = Quantity.counted(Int(finding.count), finding.way.unit)
    return "\(finding.host): \(times)"
      + (failed == 0 ? "" : failed == finding.count ? ", all failed" : ", \(failed) failed")
      + (finding.bytesSent.map { ", \(Quantity.bytes(Double($0))) sent" } ?? "")
      + (first == last ? ", \(first)" : ", \(first) to \(last)")
      + (finding.dayCount > 1 ? ", on \(finding.dayCount) days" : "")
  }
}

extension HuntListing {
  private static let kinds = ["address", "network", "domain", "url", "fingerprint"]

  private var indicatorCounts: [(kind: String, count: Int)] {
    let indicators = result.hunt.set.indicators
    return HuntListing.kinds.map { kind in (kind, indicators.count { $0.kind == kind }) }
  }

  /// How much was looked through: without it, that nothing was found says little.
  var closing: String {
    let hunt = result.hunt
    let kinds = indicatorCounts.filter { $0.count > 0 }.map { "\($0.kind) \($0.count)" }
    let classes = RetroHunt.eventClasses.map { "\($0) \(hunt.dayCount($0))" }
    let dayCount = result.period.upperBound.dayNumber - result.period.lowerBound.dayNumber + 1
    let remarks = [
      ("missing in the store", result.missingDays),
      ("could not be read", result.unreadableDays.map(\.day)),
      ("names and handshakes no longer stored", result.daysWithoutEvents),
      ("data known to be incomplete or wrong", result.faultyDays),
    ].filter { !$0.1.isEmpty }.map { "; \($0.0): \(HuntListing.runs(of: $0.1))" }
    let wrong = lists.wrongLineCount
    return
      "looked for \(Quantity.counted(hunt.set.indicators.count, "indicator")) "
      + "(\(kinds.joined(separator: ", "))) on \(hunt.days.count) of "
      + "\(Quantity.counted(dayCount, "day")), \(HuntListing.run(result.period)) "
      + "(days with events: \(classes.joined(separator: ", ")))" + remarks.joined()
      + (wrong > 0 ? "; \(Quantity.counted(wrong, "line")) of the lists could not be used" : "")
  }

  private static func run(_ days: ClosedRange<CivilDate>) -> String {
    days.lowerBound == days.upperBound
      ? "\(days.lowerBound)" : "\(days.lowerBound) to \(days.upperBound)"
  }

  /// `2026-03-05, 2026-03-09 to 2026-03-12`
  private static func runs(of days: [CivilDate]) -> String {
    var runs: [ClosedRange<CivilDate>] = []
    for day in days {
      if let last = runs.last, last.upperBound.advanced(by: 1) == day {
        runs[runs.count - 1] = last.lowerBound...day
      } else {
        runs.append(day...day)
      }
    }
    return runs.map(run).joined(separator: ", ")
  }
}

extension HuntListing {
  private struct Document: Encodable {
    struct Finding: Encodable {
      let indicator, kind, list, note, host, seenIn: String
      let firstDay, firstSeen, lastDay, lastSeen: String
      let days: Int
      let times: Int64
      let failed, bytesSent: Int64?
    }
    struct UnreadableDay: Encodable {
      let day, reason: String
    }
    struct Searched: Encodable {
      let from, to: String
      let days: Int
      let missingDays, daysWithoutEvents, faultyDays: [String]
      let unreadableDays: [UnreadableDay]
      let daysByClass, indicators: [String: Int]
      let wrongLines, unusedEntries: Int
    }
    let findings: [Finding]
    let searched: Searched
  }

  /// One document, in a line.
  func json() throws -> String {
    let hunt = result.hunt
    func texts(_ days: [CivilDate]) -> [String] { days.map { "\($0)" } }
    let document = Document(
      findings: findings.map { finding in
        let indicator = finding.indicator
        return Document.Finding(
          indicator: indicator.text, kind: indicator.kind, list: indicator.file,
          note: indicator.note, host: finding.host, seenIn: finding.way.name,
          firstDay: "\(finding.firstDay)", firstSeen: Quantity.timestamp(finding.firstTime),
          lastDay: "\(finding.lastDay)", lastSeen: Quantity.timestamp(finding.lastTime),
          days: finding.dayCount, times: finding.count, failed: finding.failedCount,
          bytesSent: finding.bytesSent)
      },
      searched: Document.Searched(
        from: "\(result.period.lowerBound)", to: "\(result.period.upperBound)",
        days: hunt.days.count, missingDays: texts(result.missingDays),
        daysWithoutEvents: texts(result.daysWithoutEvents),
        faultyDays: texts(result.faultyDays),
        unreadableDays: result.unreadableDays.map {
          Document.UnreadableDay(day: "\($0.day)", reason: $0.reason)
        },
        daysByClass: Dictionary(
          uniqueKeysWithValues: RetroHunt.eventClasses.map { ($0.rawValue, hunt.dayCount($0)) }),
        indicators: Dictionary(uniqueKeysWithValues: indicatorCounts.map { ($0.kind, $0.count) }),
        wrongLines: lists.wrongLineCount, unusedEntries: lists.unusedCount))
    return try JSONText.compact(document, snakeCase: true)
  }
}

extension IndicatorContact.Way {
  /// As columns name it.
  fileprivate var name: String {
    switch self {
    case .conversation: "conversation"
    case .http: "http"
    case .dns: "dns"
    case .tls: "tls"
    case .login: "login"
    }
  }

  fileprivate var unit: String {
    switch self {
    case .conversation: "conversation"
    case .http: "HTTP request"
    case .dns: "DNS question"
    case .tls: "TLS handshake"
    case .login: "sign-in"
    }
  }
}
