import Glibc
import Logging

/// systemd's journal, as a service's standard error may be connected to it.
enum Journal {
  /// Whether a descriptor is the stream that the variable `JOURNAL_STREAM` names: `device:inode`,
  /// in decimal digits (systemd.exec(5)). A service's child may have standard error elsewhere.
  static func isOpen(as descriptor: Int32, stream: String?) -> Bool {
    var status = stat()
    guard let stream, fstat(descriptor, &status) == 0 else { return false }
    return stream == "\(status.st_dev):\(status.st_ino)"
  }

  /// Each line begins with its level, as sd-daemon(3) has it: `<4>`. Text of a log that holds a
  /// line's end can so begin no line of a level of its own choice.
  static func text(_ lines: String, level: Logger.Level) -> String {
    // By bytes: to Swift, "\r\n" is one character.
    let parts = lines.utf8.split(separator: 0x0A, omittingEmptySubsequences: false)
    return parts.map { "<\(priority(of: level))>\(Substring($0))\n" }.joined()
  }

  /// A priority of syslog(3).
  private static func priority(of level: Logger.Level) -> Int32 {
    switch level {
    case .trace, .debug: LOG_DEBUG
    case .info: LOG_INFO
    case .notice: LOG_NOTICE
    case .warning: LOG_WARNING
    case .error: LOG_ERR
    case .critical: LOG_CRIT
    }
  }
}
