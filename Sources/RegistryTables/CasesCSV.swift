import Columnar
import DelimitedText
import Events
import Incidents
import Registry

/// `registry/incidents.csv`: a row per incident over all its days, for spreadsheets and tables on
/// the web. `incident_id` never changes, so a table keyed by it takes the file again and again.
///
/// `assignee`, `verdict`, `verdict_reason`, `cause` and `lesson` are people's, and may be changed
/// there: `triage import` reads them back. `revision` counts what was decided of the incident.
package enum CasesCSV {
  private static let facts = [
    "incident_id", "title", "entity", "severity", "status", "recommendation", "first_day",
    "last_day", "first_seen", "last_seen", "sightings", "detectors", "attack_techniques",
    "explanation",
  ]
  private static let people = [
    "assignee", "verdict", "verdict_reason", "cause", "lesson", "revision",
  ]

  package static func render(_ cases: [Case]) -> String {
    var text = CSVText.record(facts + people)
    for item in cases {
      let (incident, record) = (item.latest, item.record)
      text += CSVText.record([
        incident.id, incident.title, incident.entity, item.severity.description,
        record.status.rawValue, incident.recommendation.rawValue, item.firstDay.description,
        incident.day.description, Quantity.timestamp(incident.firstSeen),
        Quantity.timestamp(incident.lastSeen), String(item.days.count),
        incident.detectors.joined(separator: " "), incident.techniques.joined(separator: " "),
        incident.explanation, record.assignee ?? "", record.label?.verdict.rawValue ?? "",
        record.label?.reason ?? "", record.closing?.cause ?? "", record.closing?.lesson ?? "",
        String(record.revision),
      ])
    }
    return text
  }

  /// What a row of a table that came back says of an incident; nil where it says nothing.
  package struct Row: Equatable, Sendable {
    package let incident: String
    package let assignee: String?
    package let verdict: RegistryEvent.Verdict?
    package let verdictReason: String?
    package let cause: String?
    package let lesson: String?
    /// Of the incident when the table was written.
    package let revision: Int?
  }

  /// Why a table can't be read back.
  package struct Fault: Error, CustomStringConvertible {
    package let description: String
  }

  /// Reads a table back: `incident_id` and whichever of people's columns are there, in any order.
  /// - Throws: `Fault` with the record and what was expected.
  package static func rows(of bytes: [UInt8], path: String) throws -> [Row] {
    var records: [[String]] = []
    var fields: [String] = []
    let parser = RecordParser(
      takeField: { fields.append(String(decoding: UnsafeRawBufferPointer($0), as: UTF8.self)) },
      takeRecord: {
        records.append(fields)
        fields = []
        return true
      })
    // Spreadsheets save a byte order mark before the first name.
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    do {
      try bytes.withUnsafeBytes { bytes in
        try parser.parse(
          UnsafeRawBufferPointer(rebasing: bytes[(bytes.starts(with: mark) ? mark.count : 0)...]))
      }
      try parser.finish()
    } catch let error as RecordError {
      throw Fault(
        description: "\(path): record \(records.count + 1): expected \(error.expected), found "
          + error.found)
    }
    guard let header = records.first, let id = header.firstIndex(of: "incident_id") else {
      throw Fault(description: "\(path):1: expected a header with a column incident_id")
    }
    return try records.dropFirst().enumerated().map { index, record in
      func field(_ name: String) -> String? {
        guard let column = header.firstIndex(of: name), column < record.count,
          !record[column].isEmpty
        else { return nil }
        return unescaped(record[column])
      }
      guard id < record.count, !record[id].isEmpty else {
        throw Fault(
          description: "\(path): record \(index + 2): expected an incident_id, found none")
      }
      let verdict = try field("verdict").map { text in
        guard let verdict = RegistryEvent.Verdict(rawValue: text) else {
          throw Fault(
            description: "\(path): record \(index + 2): verdict: expected "
              + RegistryEvent.Verdict.allCases.map(\.rawValue).joined(separator: ", ")
              + ", found \"\(text)\"")
        }
        return verdict
      }
      return Row(
        incident: record[id], assignee: field("assignee"), verdict: verdict,
        verdictReason: field("verdict_reason"), cause: field("cause"), lesson: field("lesson"),
        revision: field("revision").flatMap { Int($0) })
    }
  }

  /// Without the apostrophe by which `CSVText` keeps a spreadsheet from running a field.
  private static func unescaped(_ field: String) -> String {
    guard field.unicodeScalars.first == "'" else { return field }
    let rest = String(field.unicodeScalars.dropFirst())
    return CSVText.isFormula(rest) ? rest : field
  }
}
