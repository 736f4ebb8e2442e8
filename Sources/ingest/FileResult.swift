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
    var problem: String?
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
    case .read: return summary.map { "\(path): \($0.line)" }
    }
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
    let line = JSONLine(
      path: path, source: source, state: name, format: summary?.format, rows: summary?.counts.rows,
      rejects: summary?.counts.rejects, problem: problem)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return (try? encoder.encode(line)).map { String(decoding: $0, as: UTF8.self) }
  }
}

extension ReadSummary {
  /// What came of the file, in a line.
  fileprivate var line: String {
    let reasons =
      rejectsByReason.prefix(3).map(\.description)
      + (rejectsByReason.count > 3 ? ["…"] : [])
    return "\(format): \(counts.rows) rows, \(counts.rejects) rejected"
      + (reasons.isEmpty ? "" : " (\(reasons.joined(separator: "; ")))")
      + remarks.map { "; \($0)" }.joined()
  }

  /// For the folder's manifest: what later stages and people want to know of the rows.
  func facts(source: String, logName: String) -> [String: String] {
    var facts = IngestedFile(
      source: source, logFile: logName, eventClass: eventClass, flowKind: flow?.kind.rawValue,
      activeTimeoutSeconds: flow?.activeTimeoutSeconds.map { Int($0) },
      rowsByHour: rowsByHour.map { ($0.hour, $0.rows) }
    ).facts
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
    facts["format"] = format
    facts["bytes_kind"] = bytesKind
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
