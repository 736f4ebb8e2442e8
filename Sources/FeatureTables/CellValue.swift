import Glibc

/// What a cell of text says.
enum CellValue: Equatable {
  case number(Float)
  case missing
  case unreadable

  private static let longestWord = 5
  private static let words: [(text: StaticString, value: CellValue)] = [
    ("true", .number(1)), ("false", .number(0)), ("na", .missing), ("n/a", .missing),
    ("nan", .missing), ("null", .missing), ("none", .missing),
  ]

  /// - Parameter text: with a zero byte behind it; a number as strtod takes it, but no hexadecimal
  ///   one, rounded to a double and then to a float as numpy does; true or false; nothing, NA, N/A,
  ///   NaN, null or none for a missing value, in any case.
  init(_ text: UnsafeBufferPointer<CChar>) {
    guard let start = text.baseAddress, text.count > 0 else {
      self = .missing
      return
    }
    if let word = Self.word(text) {
      self = word
      return
    }
    var end: UnsafeMutablePointer<CChar>?
    let number = strtod(start, &end)
    let isHexadecimal = text.contains { $0 | 0x20 == CChar(UInt8(ascii: "x")) }
    guard end == UnsafeMutablePointer(mutating: start + text.count), !isHexadecimal,
      !number.isNaN
    else {
      self = .unreadable
      return
    }
    self = .number(Float(number))
  }

  private static func word(_ text: UnsafeBufferPointer<CChar>) -> CellValue? {
    guard text.count <= longestWord, let first = text.first,
      isLetter(first)
    else { return nil }
    return words.first { word, _ in
      word.utf8CodeUnitCount == text.count
        && zip(0..<text.count, text).allSatisfy { index, character in
          UInt8(bitPattern: character) | 0x20 == word.utf8Start[index]
            || UInt8(bitPattern: character) == word.utf8Start[index]
        }
    }?.value
  }

  private static func isLetter(_ character: CChar) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(UInt8(bitPattern: character) | 0x20)
  }
}
