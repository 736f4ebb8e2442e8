import LogReaders
import ReaderChecks

/// A text with the format that it is read by: the first byte names a format, two more a place in
/// the text or none, and the rest is that text, which must come to the same however it is read.
package enum TextInput {
  // Made once, and never changed.
  nonisolated(unsafe) static let settings = Result { try ReaderSettings.ofAnyFormat() }
  private static let library = Result { try FormatLibrary.ofRepository() }
  nonisolated(unsafe) private static let checks = Result {
    let known = try settings.get()
    return try library.get().formats.map { (format: $0, check: try TextCheck($0, known)) }
  }

  static func fault(_ input: [UInt8]) throws -> String? {
    guard input.count > 3 else { return nil }
    let checks = try checks.get()
    let (format, check) = checks[Int(input[0]) % checks.count]
    let text = Array(input[3...])
    let place = Int(input[1]) << 8 | Int(input[2])
    // Which format a text has is asked of each file before it is read.
    _ = try library.get().detect(FileHead(name: "text.log", bytes: text)).problem
    let fault =
      place & 1 == 0
      ? try check.fault(text) : try check.fault(text, boundary: place / 2 % (text.count + 1))
    return fault.map { "\(format.id): \($0)" }
  }

  /// The formats' own samples as inputs, with names for them.
  package static func samples() throws -> [(name: String, input: [UInt8])] {
    try checks.get().enumerated().flatMap { number, entry in
      let format = entry.format
      let header = format.tests.first?.header.map { $0 + "\n" } ?? ""
      let lines = format.tests.map(\.line)
      let texts = lines.map { header + $0 + "\n" } + [header + lines.joined(separator: "\r\n")]
      return texts.enumerated().map { index, text in
        let place = text.utf8.count
        let head = [UInt8(number), UInt8(place >> 8 & 0xFF), UInt8(place & 0xFF)]
        return ("\(format.id)-\(index)", head + text.utf8)
      }
    }
  }
}
