import Events

/// One thing that a checkup looked at.
package struct CheckResult: Encodable, Equatable, Sendable {
  package enum Level: String, Encodable, Sendable { case ok, warning, error }

  package let level: Level
  /// A file, a folder, a table of the site file, or a source.
  package let place: String
  /// What was found and, where that is not well, what to do.
  package let text: String

  package init(_ level: Level, _ place: String, _ text: String) {
    (self.level, self.place, self.text) = (level, place, text)
  }

  /// An error as stages say it: `<place>: <text>`.
  package init(_ error: any Error, level: Level = .error) {
    let parts = "\(error)".split(separator: ": ", maxSplits: 1)
    self.init(level, String(parts.first ?? ""), String(parts.count > 1 ? parts[1] : ""))
  }

  /// A line for a terminal.
  package var line: String {
    let name = level.rawValue
    return PlainText.visible(
      name + String(repeating: " ", count: max(1, 9 - name.count)) + "\(place): \(text)")
  }
}
