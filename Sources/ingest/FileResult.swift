import Columnar
import Events
import FoundationEssentials
import LogReaders
import StageKit

/// What became of one input file.
struct FileResult: Sendable {
  enum State: Sendable {
    /// Its rows are in the store now.
    case read
    /// Neither size nor time changed since it was read.
    case unchanged
    /// The store has its content under another name or time.
    case known
    /// There is nothing in it to read.
    case left(String)
    case failed(String)
    /// Of its records, more were rejected than the user allows.
    case tooBad
  }

  let path: String
  let source: String
  var state = State.unchanged
  var summary: ReadSummary?
  /// Of its rows, those of days that were pruned.
  var lateRowCount = 0
  /// For the ledger.
  var entry: Ledger.Entry?

  init(path: String, source: String) {
    self.path = path
    self.source = source
  }

  var failure: String? {
    if case .failed(let problem) = state { problem } else { nil }
  }

  var isTooBad: Bool { if case .tooBad = state { true } else { false } }

  private struct JSONLine: Encodable {
    var path: String
    var source: String
    var state: String
    var format: String?
    var rows: Int?
    var rejects: Int?
    /// Of the rows, those of days that were pruned.
    var lateRows: Int?
    /// By format, where several read the file.
    var rowsByFormat: [String: Int]?
    /// Records that no format took, by kind.
    var leftOut: [String: Int]?
    var problem: String?

    enum CodingKeys: String, CodingKey {
      case path, source, state, format, rows, rejects, problem
      case lateRows = "late_rows"
      case rowsByFormat = "rows_by_format"
      case leftOut = "left_out"
    }
  }

  /// A line for people or programs; nil where there is nothing to say.
  func line(asJSON: Bool) -> String? {
    asJSON ? jsonLine : textLine
  }

  private var textLine: String? {
    switch state {
    case .unchanged: return nil
    case .known: return "\(path): known by its content"
    case .left(let why): return "\(path): left out (\(why))"
    case .failed(let problem): return problem
    case .tooBad: return "\(path): too many rejects" + (summary.map { ": \($0.line)" } ?? "")
    case .read: return summary.map { "\(path): \($0.line)\(lateText)" }
    }
  }

  private var lateText: String {
    lateRowCount == 0
      ? "" : "; \(Quantity.counted(lateRowCount, "row")) too late, since their days were pruned"
  }

  private var jsonLine: String? {
    let (name, problem): (String, String?) =
      switch state {
      case .read: ("read", nil)
      case .unchanged: ("unchanged", nil)
      case .known: ("known", nil)
      case .left(let why): ("left", why)
      case .failed(let why): ("failed", why)
      case .tooBad: ("too many rejects", nil)
      }
    var line = JSONLine(
      path: path, source: source, state: name, format: summary?.formatText,
      rows: summary?.counts.rows,
      rejects: summary?.counts.rejects, problem: problem)
    if lateRowCount > 0 { line.lateRows = lateRowCount }
    if let summary, summary.parts.count > 1 { line.rowsByFormat = summary.rowsByFormat }
    if let kinds = summary?.leftOutByKind, !kinds.isEmpty { line.leftOut = kinds }
    return try? JSONText.compact(line)
  }
}

extension ReadSummary {
  /// What came of the file, in a line.
  fileprivate var line: String {
    let reasons =
      rejectsByReason.prefix(3).map(\.description)
      + (rejectsByReason.count > 3 ? ["…"] : [])
    let kinds = leftOut.prefix(5).map(\.description) + (leftOut.count > 5 ? ["…"] : [])
    return rowText + ", \(counts.rejects) rejected"
      + (reasons.isEmpty ? "" : " (\(reasons.joined(separator: "; ")))")
      + (kinds.isEmpty ? "" : ", left out \(kinds.joined(separator: "; "))")
      + remarks.map { "; \($0)" }.joined()
  }

  private var rowText: String {
    if parts.count == 1 { return "\(parts[0].format.id): \(counts.rows) rows" }
    let taken = parts.filter { $0.rowCount > 0 }
    let rows = taken.map { "\($0.format.id) \($0.rowCount) rows" }
    return rows.isEmpty
      ? "no rows of \(parts.map(\.format.id).joined(separator: ", "))"
      : rows.joined(separator: ", ")
  }

  fileprivate var formatText: String { parts.map(\.format.id).joined(separator: " ") }

  fileprivate var rowsByFormat: [String: Int] {
    Dictionary(uniqueKeysWithValues: parts.map { ($0.format.id, $0.rowCount) })
  }

  fileprivate var leftOutByKind: [String: Int] {
    Dictionary(leftOut.map { ($0.name, $0.count) }, uniquingKeysWith: +)
  }

  /// For the folder's manifest: what later stages and people want to know of the rows.
  func facts(source: String, logName: String) -> [String: String] {
    let isOnly = parts.count == 1
    let kept = isOnly ? parts : parts.filter { $0.rowCount > 0 }
    var facts = IngestedFile.facts(
      of: kept.map { part in
        let (format, flow) = (part.format, part.format.flow)
        return IngestedFile(
          source: source, logFile: logName, eventClass: format.eventClass,
          format: isOnly ? nil : format.id, flowKind: flow?.kind.rawValue,
          activeTimeoutSeconds: flow?.activeTimeoutSeconds,
          rowsByHour: part.rowsByHour.map { ($0.hour, $0.rows) })
      })
    (facts["source"], facts["log_file"]) = (source, logName)
    for part in kept {
      let prefix = isOnly ? "" : "\(part.format.id): "
      facts["\(prefix)bytes_kind"] = part.format.bytesKind
      if !isOnly { facts["\(prefix)rows"] = "\(part.rowCount)" }
    }
    for (kind, count) in leftOutByKind { facts["left out: \(kind)"] = "\(count)" }
    let counted = [
      "rows": counts.rows, "rejected": counts.rejects, "lines": counts.lines,
      "skipped_records": counts.skippedRecords, "skipped_lines": counts.skippedLines,
      "footer_lines": counts.footer, "header_lines": counts.headers,
      "comment_lines": counts.comments, "blank_lines": counts.blanks,
      "continuation_lines": counts.continuations, "repaired_texts": repairedTextCount,
    ]
    for (name, count) in counted { facts[name] = "\(count)" }
    if counts.documentLines > 0 {
      facts["document_lines"] = "\(counts.documentLines)"
      facts["document_records"] = "\(counts.documentRecords)"
    }
    facts["reject_share"] = "\(rejectShare)"
    facts["format"] = formatText
    if let timeRange {
      facts["first_time"] = timeRange.first.isoText
      facts["last_time"] = timeRange.last.isoText
    }
    for reject in rejectsByReason {
      facts[IngestedFile.rejectPrefix + "\(reject.reason)"] = "\(reject.count)"
    }
    if !remarks.isEmpty { facts["remark"] = remarks.joined(separator: "; ") }
    return facts
  }
}
