/// A failure that the stage prints as `<stage>: <message>` before it ends with `code`.
package struct StageError: Error, CustomStringConvertible {
  package let code: StageExitCode
  /// Where, what was expected, what was found, what to do; lower case, without a full stop.
  package let description: String

  package init(_ description: String, code: StageExitCode = .failed) {
    self.description = description
    self.code = code
  }
}

/// How every stage ends.
package enum StageExitCode: Int32, Sendable {
  /// The work is done, or was done before.
  case done = 0
  /// Something failed; the message says what.
  case failed = 1
  /// The command line is wrong.
  case usage = 64
  /// More bad input than the limit that the user set.
  case badData = 65
}
