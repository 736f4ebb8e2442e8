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
    guard let first = field.unicodeScalars.first, "=+-@\t\r\n".unicodeScalars.contains(first) else {
      return quoted(field)
    }
    return quoted("'" + field)
  }

  /// A field as RFC 4180 quotes it.
  package static func quoted(_ field: String) -> String {
    let needsQuotes = field.unicodeScalars.contains { ",\"\r\n".unicodeScalars.contains($0) }
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
