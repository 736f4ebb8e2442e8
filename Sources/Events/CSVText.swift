/// Comma-separated text for people's spreadsheets.
package enum CSVText {
  /// A record with its line end.
  package static func record(_ fields: [String]) -> String {
    fields.map(escaped).joined(separator: ",") + "\r\n"
  }

  /// A record of which only texts are kept from being run as formulas: a negative number stays one.
  package static func record(_ fields: [(text: String, isText: Bool)]) -> String {
    fields.map { $0.isText ? escaped($0.text) : quoted($0.text) }.joined(separator: ",") + "\r\n"
  }

  /// A field as `quoted` has it. One that a spreadsheet would run as a formula gets a leading
  /// apostrophe (OWASP, "CSV Injection").
  package static func escaped(_ field: String) -> String {
    isFormula(field) ? quoted("'" + field) : quoted(field)
  }

  /// Whether a spreadsheet would run a field.
  package static func isFormula(_ field: String) -> Bool {
    field.unicodeScalars.first.map("=+-@\t\r\n".unicodeScalars.contains) ?? false
  }

  /// A field as RFC 4180 quotes it; so are spaces at its ends, which some readers leave out.
  package static func quoted(_ field: String) -> String {
    let scalars = field.unicodeScalars
    let ends = [scalars.first, scalars.last].compactMap(\.self)
    let needsQuotes =
      scalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
      || ends.contains { " \t".unicodeScalars.contains($0) }
    guard needsQuotes else { return field }
    return "\"" + field.replacingScalar("\"", by: "\"\"") + "\""
  }
}

extension String {
  /// The text with a scalar replaced wherever it stands. A combining mark behind it makes another
  /// character of the two, which who reads bytes does not see.
  package func replacingScalar(_ scalar: Unicode.Scalar, by text: String) -> String {
    var replaced = ""
    for each in unicodeScalars {
      if each == scalar { replaced += text } else { replaced.unicodeScalars.append(each) }
    }
    return replaced
  }
}
