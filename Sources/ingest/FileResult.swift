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

  var rejectShare: Double { summary?.rejectShare ?? 0 }

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
    case .read:
      guard let summary else { return nil }
      let reasons = summary.rejectsByReason.prefix(3).map { "\($0.count) × \($0.reason)" }
      return "\(path): \(summary.format): \(summary.counts.rows) rows, "
        + "\(summary.counts.rejects) rejected"
        + (reasons.isEmpty ? "" : " (\(reasons.joined(separator: "; ")))")
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
  /// For the folder's manifest: what later stages and people want to know of the rows.
  func facts(logName: String) -> [String: String] {
    var facts = [
      "log_file": logName, "format": format, "event_class": eventClass.rawValue,
      "rows": "\(counts.rows)", "rejected": "\(counts.rejects)", "lines": "\(counts.lines)",
      "skipped_records": "\(counts.skippedRecords)", "skipped_lines": "\(counts.skippedLines)",
      "footer_lines": "\(counts.footer)", "header_lines": "\(counts.headers)",
      "comment_lines": "\(counts.comments)", "blank_lines": "\(counts.blanks)",
      "continuation_lines": "\(counts.continuations)", "repaired_texts": "\(repairedTextCount)",
    ]
    if let flow {
      facts["flow_kind"] = flow.kind.rawValue
      if let seconds = flow.activeTimeoutSeconds { facts["active_timeout_seconds"] = "\(seconds)" }
    }
    if let bytesKind { facts["bytes_kind"] = bytesKind }
    if let timeRange {
      facts["first_time"] = timeRange.first.isoText
      facts["last_time"] = timeRange.last.isoText
    }
    // Seconds since 1970 at which the hour of UTC starts, and its rows.
    facts["rows_by_hour"] = rowsByHour.map {
      "\($0.hour.microseconds / 1_000_000):\($0.rows)"
    }.joined(separator: " ")
    for (reason, count) in rejectsByReason { facts["rejected: \(reason)"] = "\(count)" }
    return facts
  }
}
