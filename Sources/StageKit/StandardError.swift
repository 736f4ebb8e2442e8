import Glibc
import Logging

/// Lines for people; what it prints in one call stays together, whatever other threads print.
package enum StandardError {
  private static let isJournal = Journal.isOpen(
    as: STDERR_FILENO, stream: getenv("JOURNAL_STREAM").map { String(cString: $0) })

  package static func write(_ line: String, level: Logger.Level = .error) {
    let bytes = Array(text(line, level: level).utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, bytes.count) }
  }

  /// A line with its end, as whoever reads standard error takes it.
  static func text(_ line: String, level: Logger.Level) -> String {
    isJournal ? Journal.text(line, level: level) : line + "\n"
  }
}

/// Diagnostics as plain lines: `score: 2026-03-29: up to date`.
struct StderrLogHandler: LogHandler {
  let stage: String
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]

  init(stage: String) { self.stage = stage }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let mark = event.level >= .warning ? "\(event.level): " : ""
    StandardError.write("\(stage): \(mark)\(event.message)", level: event.level)
  }
}
