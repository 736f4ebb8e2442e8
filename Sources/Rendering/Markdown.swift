import Events

/// Markdown text in which no character of `text` is taken as markup, nor as HTML.
package enum Markdown {
  package static func escaped(_ text: String) -> String {
    var escaped = ""
    // The letters before a dot, as far as they make `www`.
    var leadingWs = 0
    for scalar in text.unicodeScalars {
      defer { leadingWs = scalar == "w" || scalar == "W" ? leadingWs + 1 : 0 }
      if "\\`*_{}[]()#+-!|~$".unicodeScalars.contains(scalar) {
        escaped += "\\"
        escaped.unicodeScalars.append(scalar)
      } else if scalar == "<" {
        escaped += "&lt;"
      } else if scalar == ">" {
        escaped += "&gt;"
      } else if scalar == "&" {
        escaped += "&amp;"
      } else if scalar == "\n" || scalar == "\r" {
        escaped += " "
      } else if scalar == ":" || scalar == "@" || scalar == "." {
        // Bare addresses and names would be linked: `http://…`, `www.…`, `a@b.c`.
        escaped.unicodeScalars.append(scalar)
        if scalar != "." || leadingWs >= 3 { escaped += "\u{200B}" }
      } else if PlainText.isDangerous(scalar) {
        escaped += "\\u{\(String(scalar.value, radix: 16))}"
      } else {
        escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// A table whose cells are escaped.
  static func table(_ columns: [String], _ rows: [[String]]) -> String {
    let head = "| " + columns.joined(separator: " | ") + " |"
    let rule = "|" + String(repeating: " --- |", count: columns.count)
    return ([head, rule] + rows.map { "| " + $0.map(escaped).joined(separator: " | ") + " |" })
      .joined(separator: "\n")
  }
}
