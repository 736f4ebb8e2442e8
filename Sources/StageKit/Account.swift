import Columnar
import Glibc

/// Who runs a program, and when: for records of what people did, never for results.
package enum Account {
  /// The name of the system's account.
  package static var name: String {
    guard let account = getpwuid(getuid()), let name = account.pointee.pw_name else {
      return "uid \(getuid())"
    }
    return String(cString: name)
  }

  /// The clock's time, to the second.
  package static var now: Instant { Instant(microseconds: Int64(time(nil)) * 1_000_000) }
}
