import Columnar
import Events
import Incidents

/// What a question's table says, with a sentence whose numbers are the table's.
package struct Answer: Sendable {
  package enum Value: Sendable, Equatable {
    case text(String)
    case count(Int)
    case bytes(Int)
    /// What is not a whole number, such as a median or a ratio.
    case number(Double)
    case unknown
  }

  /// Columns by the names that JSON has, such as `bytes_sent`.
  package let columns: [String]
  package let rows: [[Value]]
  package let sentence: String

  package init(columns: [String], rows: [[Value]], sentence: String) {
    self.columns = columns
    self.rows = rows
    self.sentence = sentence
  }
}

extension Answer.Value {
  /// As people read it; what came from a log can't steer a terminal.
  package var text: String {
    switch self {
    case .text(let text): PlainText.visible(text)
    case .count(let count): Quantity.count(count)
    case .bytes(let bytes): Quantity.bytes(Double(bytes))
    case .number(let number): Quantity.number(number)
    case .unknown: "–"
    }
  }

  fileprivate var isText: Bool { if case .text = self { true } else { false } }
}

extension Answer.Value: Encodable {
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .text(let text): try container.encode(text)
    case .count(let number), .bytes(let number): try container.encode(number)
    case .number(let number): try container.encode(number)
    case .unknown: try container.encodeNil()
    }
  }
}

extension Answer {
  private static let shownRows = 20

  /// The sentence, and the table's first rows in columns.
  package var text: String {
    let shown = rows.prefix(Answer.shownRows).map { $0.map(\.text) }
    let head = columns.map { $0.split(separator: "_").joined(separator: " ") }
    let widths = head.indices.map { column in
      ([head] + shown).map { $0[column].unicodeScalars.count }.max() ?? 0
    }
    let areTexts = head.indices.map { column in rows.first.map { $0[column].isText } ?? true }
    let lines = ([head] + shown).map { cells in
      cells.indices.map { column -> String in
        let cell = cells[column]
        let space = String(repeating: " ", count: widths[column] - cell.unicodeScalars.count)
        return areTexts[column] ? cell + space : space + cell
      }.joined(separator: "  ").trimmedEnd
    }
    let rest = rows.count - shown.count
    let more = rest > 0 ? ["and \(Quantity.count(rest)) more; --json has all"] : []
    return ([PlainText.visible(sentence)] + (rows.isEmpty ? [] : [""] + lines) + more)
      .joined(separator: "\n")
  }

  /// One object: `sentence`, and `rows` with a value for each column.
  ///
  /// - Throws: where a number is not finite.
  package var json: String {
    get throws {
      try JSONText.line(
        Object(
          sentence: sentence,
          rows: rows.map { Dictionary(uniqueKeysWithValues: zip(columns, $0)) }))
    }
  }

  private struct Object: Encodable {
    let sentence: String
    let rows: [[String: Value]]
  }
}

extension String {
  fileprivate var trimmedEnd: String {
    var text = self
    while text.last == " " { text.removeLast() }
    return text
  }
}
