/// Comma-separated text for people's spreadsheets.
package enum CSVText {
  /// A record with its line end.
  package static func record(_ fields: [String]) -> String {
    fields.map(escaped).joined(separator: ",") + "\r\n"
  }

  /// A field as `quoted` has it. One that a spreadsheet would run as a formula gets a leading
  /// apostrophe (OWASP, "CSV Injection").
  package static func escaped(_ field: String) -> String {
    guard let first = field.unicodeScalars.first, "=+-@\t\r\n".unicodeScalars.contains(first) else {
      return quoted(field)
    }
    return quoted("'" + field)
  }

  /// A field as RFC 4180 quotes it.
  package static func quoted(_ field: String) -> String {
    let needsQuotes = field.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
    guard needsQuotes else { return field }
    // By scalars: to Swift, a quote with a combining mark behind it is another character.
    var quoted = String.UnicodeScalarView()
    for scalar in field.unicodeScalars {
      if scalar == "\"" { quoted.append(scalar) }
      quoted.append(scalar)
    }
    return "\"" + String(quoted) + "\""
  }
}
