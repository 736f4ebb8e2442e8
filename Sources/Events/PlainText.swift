/// Text from logs for terminals and other places that take control characters at their word.
package enum PlainText {
  /// The text with invisible characters, which move a terminal's cursor, change its colours or make
  /// text read as something else, shown by their code. Line feeds and tabs become spaces.
  package static func visible(_ text: String) -> String {
    var visible = ""
    for scalar in text.unicodeScalars {
      if scalar == "\n" || scalar == "\t" {
        visible += " "
      } else if isDangerous(scalar) {
        visible += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        visible.unicodeScalars.append(scalar)
      }
    }
    return visible
  }

  /// Whether it is invisible, and neither a line feed nor a tab.
  package static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
    scalar != "\n" && scalar != "\t" && isInvisible(scalar)
  }

  /// Controls, formats (direction and zero-width marks among them), separators of lines and
  /// paragraphs, and what stands for no character; not spaces.
  package static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse,
      .unassigned:
      true
    default: false
    }
  }
}
