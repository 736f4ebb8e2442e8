import Events

/// Text of a log made harmless: one line without anything invisible.
package enum PlainLine {
  /// Control and format characters (line ends, direction marks, zero-width ones) become spaces, and
  /// runs of spaces one.
  package static func of(_ text: String) -> String {
    var line = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      if isVisible(scalar) {
        line.append(scalar)
      } else if line.last != " ", !line.isEmpty {
        line.append(" ")
      }
    }
    if line.last == " " { line.removeLast() }
    return String(line)
  }

  /// The line with each character replaced by `escape`, ended by `…` where it would take more than
  /// `byteCount` bytes of UTF-8; no escape is cut through.
  package static func of(
    _ text: String, upTo byteCount: Int, escape: (Unicode.Scalar) -> String = { String($0) }
  ) -> String {
    let pieces = of(text).unicodeScalars.map(escape)
    guard pieces.reduce(0, { $0 + $1.utf8.count }) > byteCount else { return pieces.joined() }
    var cut = ""
    var room = byteCount - "…".utf8.count
    for piece in pieces where room >= 0 {
      room -= piece.utf8.count
      if room >= 0 { cut += piece }
    }
    return cut + "…"
  }

  private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
    !PlainText.isInvisible(scalar) && scalar.properties.generalCategory != .spaceSeparator
  }
}
