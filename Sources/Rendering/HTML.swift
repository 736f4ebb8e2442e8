import Events

/// A piece of HTML that is safe to insert as it is. Only this file makes HTML from plain text.
package struct HTML: Sendable, ExpressibleByStringInterpolation {
  package let source: String

  /// Takes markup as it is: only for literals of this library.
  package init(stringLiteral source: String) { self.source = source }

  package init(stringInterpolation: Interpolation) { source = stringInterpolation.source }

  init(markup source: String) { self.source = source }

  /// Escapes what is inserted, unless it is HTML already:
  /// `"<b>\(hostName)</b>" as HTML`.
  package struct Interpolation: StringInterpolationProtocol {
    var source = ""

    package init(literalCapacity: Int, interpolationCount: Int) {
      source.reserveCapacity(literalCapacity)
    }

    package mutating func appendLiteral(_ literal: String) { source += literal }
    package mutating func appendInterpolation(_ html: HTML) { source += html.source }
    package mutating func appendInterpolation(_ pieces: [HTML]) {
      for piece in pieces { source += piece.source }
    }
    package mutating func appendInterpolation(_ text: String) { source += HTML.escaped(text) }
    package mutating func appendInterpolation(_ number: Int) { source += String(number) }
  }

  /// Text for element content and for attribute values in double quotes. Control characters, which
  /// HTML forbids, and bidirectional overrides, which make text read as something else, are shown
  /// by their code.
  package static func escaped(_ text: String) -> String {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      default:
        if PlainText.isDangerous(scalar) {
          escaped += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
          escaped.unicodeScalars.append(scalar)
        }
      }
    }
    return escaped
  }
}

extension [HTML] {
  func joined(separator: String = "") -> HTML {
    HTML(markup: map(\.source).joined(separator: separator))
  }
}
