/// Text from logs for terminals and other places that take control characters at their word.
package enum PlainText {
  /// The text with control characters, which move a terminal's cursor and change its colours, and
  /// bidirectional overrides, which make text read as something else, shown by their code. Line feeds
  /// and tabs become spaces.
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

  package static func isDangerous(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A, 0x09: false
    case 0..<0x20, 0x7F..<0xA0: true
    case 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}
