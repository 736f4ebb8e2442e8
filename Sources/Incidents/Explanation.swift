import Columnar
import Events

/// The words of an incident: template text in which every number is a stored column's.
package struct Explanation: Sendable {
  package let calendar: CivilCalendar

  package init(calendar: CivilCalendar) { self.calendar = calendar }

  /// One line: what is unusual, and whose it is.
  package func title(entity: String, hostname: String?, findings: [Finding]) -> String {
    let headline = findings.first.map { DetectorKind.of($0.detector).headline } ?? "Findings"
    let host = hostname.map { "\(entity) (\($0))" } ?? entity
    let others = Explanation.telling(findings).dropFirst()
    let agreement =
      others.isEmpty ? "" : others.count == 1 ? ", 1 other sign" : ", \(others.count) other signs"
    return "\(headline): \(host)\(agreement)"
  }

  /// "Far more traffic than usual: 28 hosts at once"
  package func siteTitle(hostCount: Int, findings: [Finding]) -> String {
    let headline = findings.first.map { DetectorKind.of($0.detector).headline } ?? "Findings"
    return "\(headline): \(hostCount) hosts at once"
  }

  /// A sentence for each finding that is told.
  package func text(_ findings: [Finding], of kind: EntityKind) -> String {
    Explanation.told(findings, of: kind).map { sentence($0, of: kind) }.joined(separator: " ")
  }

  /// The findings that an explanation tells: of a site, an example host for each detector that many
  /// hosts share; else the strongest, and of each other detector one that tells something.
  package static func told(_ findings: [Finding], of kind: EntityKind) -> [Finding] {
    guard kind == .site else { return telling(findings) }
    var seen: Set<String> = []
    return findings.filter { seen.insert($0.detector).inserted }
  }

  /// As the explanation of an incident says a finding.
  package func sentence(_ finding: Finding, of kind: EntityKind) -> String {
    kind == .site ? "For instance \(finding.entity): \(sentence(finding))" : sentence(finding)
  }

  static func telling(_ findings: [Finding]) -> [Finding] {
    var seen: Set<String> = []
    return findings.enumerated().filter { index, finding in
      guard index == 0 || finding.isTelling else { return false }
      return seen.insert(finding.detector).inserted
    }.map(\.element)
  }

  /// "Between 14:00 and 15:00: 412 different destinations (usually 9 ± 3). …"
  package func sentence(_ finding: Finding) -> String {
    var parts: [String] = []
    for measure in finding.measures {
      guard let actual = measure.actual else { continue }
      let text = MeasureText.of(measure.name)
      var part = text.sentence(actual)
      if let typical = measure.typical {
        let spread = measure.spread.map { " ± \(text.format($0))" } ?? ""
        part += " (usually \(text.format(typical))\(spread))"
      }
      parts.append(part)
    }
    let peer =
      finding.peer.map { ", with \($0)" } ?? finding.cause.map { ", mostly by \($0)" } ?? ""
    let facts =
      parts.isEmpty ? "score \(Quantity.number(finding.rawScore))" : parts.joined(separator: "; ")
    let rarity =
      finding.isCertain
      ? "certain by itself (score \(Quantity.number(finding.rawScore)), limit \(Quantity.number(finding.ceiling)))"
      : "p = \(Quantity.scientific(finding.pValue)); not raised below a score of \(Quantity.number(finding.floor))"
    return
      "\(DetectorKind.of(finding.detector).headline), \(window(finding.window))\(peer): \(facts); \(rarity)."
  }

  /// "between 14:00 and 15:00", or "over the day" for windows of a day or more.
  package func window(_ window: Range<Instant>) -> String {
    let length = window.upperBound.microseconds - window.lowerBound.microseconds
    let day: Int64 = 86_400_000_000
    if length >= 2 * day {
      return "over \(Quantity.duration(seconds: Double(length / 1_000_000)))"
    }
    if length >= 82_800_000_000 { return "over the day" }
    let start = Quantity.clock(window.lowerBound, calendar: calendar).suffix(5)
    let end = Quantity.clock(window.upperBound, calendar: calendar).suffix(5)
    return "between \(start) and \(end)"
  }
}
