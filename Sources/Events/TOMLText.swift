/// Text in TOML, as far as it must be looked at before a parser is.
package enum TOMLText {
  /// What TOMLKit 0.6 would end the process at, and where, counted from 1.
  package struct Fault: Equatable {
    package let line: Int
    package let column: Int
    package let problem: String
  }

  /// The first header of a table that has no name, such as `[=]`, or brace that closes no table,
  /// such as that of `["a", }`.
  package static func fault(in text: String) -> Fault? {
    var scanner = Scanner(bytes: Array(text.utf8))
    return scanner.fault()
  }

  private struct Scanner {
    let bytes: [UInt8]
    var position = 0
    var line = 1
    var lineStart = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    func byte(_ offset: Int = 0) -> UInt8? {
      position + offset < bytes.count ? bytes[position + offset] : nil
    }

    private func found(_ problem: String) -> Fault {
      Fault(line: line, column: position - lineStart + 1, problem: problem)
    }

    mutating func fault() -> Fault? {
      var isAtStart = true
      var open: [UInt8] = []
      while let byte = byte() {
        switch byte {
        case UInt8(ascii: "\n"):
          if open.isEmpty { isAtStart = true }
          endLine()
          continue
        case UInt8(ascii: " "), UInt8(ascii: "\t"): break
        case UInt8(ascii: "#"):
          skipLine()
          continue
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
          skipString(byte)
          isAtStart = false
          continue
        case UInt8(ascii: "[") where isAtStart:
          if !takeHeader() { return found("a table's header lacks its name") }
          skipLine()
          continue
        case UInt8(ascii: "["), UInt8(ascii: "{"): open.append(byte)
        case UInt8(ascii: "}") where open.last == UInt8(ascii: "["):
          return found("expected a value or closing ']', found '}'")
        case UInt8(ascii: "]"), UInt8(ascii: "}"): _ = open.popLast()
        default: isAtStart = false
        }
        position += 1
      }
      return nil
    }

    /// Whether a name follows the header's brackets, or what TOMLKit refuses itself.
    private mutating func takeHeader() -> Bool {
      let isArray = byte(1) == UInt8(ascii: "[")
      position += isArray ? 2 : 1
      while byte() == UInt8(ascii: " ") || byte() == UInt8(ascii: "\t") { position += 1 }
      guard let byte = byte() else { return true }
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
        UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "]"):
        return true
      default: return byte == UInt8(ascii: "[") && !isArray
      }
    }

    private mutating func endLine() {
      position += 1
      line += 1
      lineStart = position
    }

    private mutating func skipLine() {
      while let byte = byte(), byte != UInt8(ascii: "\n") { position += 1 }
    }

    private mutating func skipString(_ quote: UInt8) {
      let isLong = byte(1) == quote && byte(2) == quote
      position += isLong ? 3 : 1
      while let byte = byte() {
        if byte == UInt8(ascii: "\n") {
          if !isLong { return }
          endLine()
          continue
        }
        if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\""),
          self.byte(1) != UInt8(ascii: "\n")
        {
          position += 2
          continue
        }
        if byte == quote, !isLong || (self.byte(1) == quote && self.byte(2) == quote) {
          position += isLong ? 3 : 1
          return
        }
        position += 1
      }
    }
  }
}
