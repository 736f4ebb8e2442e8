/// Numbers that texts stand for.
struct NumberTable {
  enum Found {
    case number(Int64)
    case null
    case unlisted
  }

  private let numbers: [String: Found]
  private let other: Found
  /// Whether names count in any case and decimal numbers stand for themselves.
  private let isProtocols: Bool

  /// IP protocols by name.
  static let iana = NumberTable(
    numbers: ianaProtocols.mapValues { .number($0) }, other: .unlisted, isProtocols: true)

  private init(numbers: [String: Found], other: Found, isProtocols: Bool) {
    self.numbers = numbers
    self.other = other
    self.isProtocols = isProtocols
  }

  /// From a format's `[values]`; an empty text stands for null. Nil where a text is not a number.
  init?(_ table: ValueTable) {
    func found(_ text: String) -> Found? {
      if text.isEmpty { return .null }
      guard let number = Int64(text), number >= 0 else { return nil }
      return .number(number)
    }
    var numbers: [String: Found] = [:]
    for (text, value) in table.texts {
      guard let number = found(value) else { return nil }
      numbers[text] = number
    }
    guard let other = table.other.map(found) ?? .unlisted else { return nil }
    self.init(numbers: numbers, other: other, isProtocols: false)
  }

  func number(_ text: FieldText) -> Found {
    guard isProtocols else {
      return numbers[String(decoding: text.bytes, as: UTF8.self)] ?? other
    }
    if let number = text.unsigned { return number <= 255 ? .number(Int64(number)) : .unlisted }
    return numbers[String(decoding: text.bytes, as: UTF8.self).lowercased()] ?? other
  }
}
