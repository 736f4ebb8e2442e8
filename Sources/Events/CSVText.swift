/// Comma-separated text for people's spreadsheets.
package enum CSVText {
  /// A record with its line end.
  package static func record(_ fields: [String]) -> String {
    fields.map(escaped).joined(separator: ",") + "\r\n"
  }

  /// A field as RFC 4180 quotes it. A field that a spreadsheet would run as a formula gets a
  /// leading apostrophe (OWASP, "CSV Injection").
  package static func escaped(_ field: String) -> String {
    var field = field
    if let first = field.unicodeScalars.first, "=+-@\t\r\n".unicodeScalars.contains(first) {
      field = "'" + field
    }
    let needsQuotes = field.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
    guard needsQuotes else { return field }
    return "\""
      + field.split(separator: "\"", omittingEmptySubsequences: false)
      .joined(separator: "\"\"") + "\""
  }
}
