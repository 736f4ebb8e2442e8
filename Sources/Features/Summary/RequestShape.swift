/// What a request asks for, without what differs from one request to the next, so that a server's
/// usual requests have few shapes and strange characters stand out.
///
/// Escapes (`%2e`) are undone once. Letters of the path and of parameters' names are kept in lower
/// case; digits in a row become `0`, tokens of hexadecimal digits and long ones with digits among
/// letters `X`, words in a parameter's value `A`, three and more of these `A+A`, a segment of three
/// or more words that hyphens or underscores join `W`, bytes that are not printable ASCII `U`,
/// blanks `+`. Punctuation stays as it is.
struct RequestShape {
  static let longest = 128
  /// What is read of a request.
  private static let longestText = 1024

  private var text: [UInt8] = []
  private(set) var bytes: [UInt8] = []

  /// - Parameter url: a path with its query, or a whole URL.
  mutating func set(_ url: UnsafeRawBufferPointer) {
    bytes.removeAll(keepingCapacity: true)
    decode(url)
    let end = text.firstIndex(of: UInt8(ascii: "#")) ?? text.count
    let question = text[..<end].firstIndex(of: UInt8(ascii: "?")) ?? end
    var start = 0
    for index in 0...question where index == question || text[index] == UInt8(ascii: "/") {
      appendSegment(start..<index)
      if index < question { append(UInt8(ascii: "/")) }
      start = index + 1
    }
    guard question < end else { return cut() }
    append(UInt8(ascii: "?"))
    var isValue = false
    var index = question + 1
    while index < end {
      let byte = text[index]
      if RequestShape.isAlphanumeric(byte) {
        let run = run(from: index, to: end)
        appendToken(run, isValue: isValue)
        index = run.upperBound
        continue
      }
      if byte == UInt8(ascii: "=") { isValue = true }
      if byte == UInt8(ascii: "&") { isValue = false }
      append(byte)
      index += 1
    }
    cut()
  }

  private mutating func cut() {
    if bytes.count > RequestShape.longest { bytes.removeLast(bytes.count - RequestShape.longest) }
  }

  /// Undoes escapes, and leaves out scheme and host.
  private mutating func decode(_ url: UnsafeRawBufferPointer) {
    text.removeAll(keepingCapacity: true)
    let url = UnsafeRawBufferPointer(rebasing: url.prefix(RequestShape.longestText))
    var index = RequestShape.pathStart(of: url)
    while index < url.count {
      if url[index] == UInt8(ascii: "%"), index + 2 < url.count,
        let high = RequestShape.digit(url[index + 1]), let low = RequestShape.digit(url[index + 2])
      {
        text.append(high << 4 | low)
        index += 3
      } else {
        text.append(url[index])
        index += 1
      }
    }
  }

  private static func pathStart(of url: UnsafeRawBufferPointer) -> Int {
    let scheme = url.prefix { (0x61...0x7A).contains($0 | 0x20) }.count
    guard scheme > 0, url[scheme...].starts(with: "://".utf8) else { return 0 }
    return url[(scheme + 3)...].firstIndex(of: UInt8(ascii: "/")) ?? url.count
  }

  private mutating func appendSegment(_ range: Range<Int>) {
    if let base = slug(range) {
      bytes.append(UInt8(ascii: "W"))
      return appendRuns(base.upperBound..<range.upperBound)
    }
    appendRuns(range)
  }

  private mutating func appendRuns(_ range: Range<Int>) {
    var index = range.lowerBound
    while index < range.upperBound {
      if RequestShape.isAlphanumeric(text[index]) {
        let run = run(from: index, to: range.upperBound)
        appendToken(run, isValue: false)
        index = run.upperBound
      } else {
        append(text[index])
        index += 1
      }
    }
  }

  /// The part of a segment before its ending where that is words joined by hyphens or underscores.
  private func slug(_ range: Range<Int>) -> Range<Int>? {
    let base = range.prefix { text[$0] != UInt8(ascii: ".") }
    var joints = 0
    for index in base {
      if text[index] == UInt8(ascii: "-") || text[index] == UInt8(ascii: "_") {
        joints += 1
      } else if !RequestShape.isAlphanumeric(text[index]) {
        return nil
      }
    }
    return joints >= 2 ? base.startIndex..<base.endIndex : nil
  }

  private func run(from start: Int, to end: Int) -> Range<Int> {
    var index = start
    while index < end && RequestShape.isAlphanumeric(text[index]) { index += 1 }
    return start..<index
  }

  private mutating func appendToken(_ run: Range<Int>, isValue: Bool) {
    var (digits, hexadecimals) = (0, 0)
    for byte in text[run] {
      if (0x30...0x39).contains(byte) { digits += 1 }
      if RequestShape.digit(byte) != nil { hexadecimals += 1 }
    }
    let isMixed = digits > 0 && digits < run.count
    if isMixed && ((run.count >= 8 && hexadecimals == run.count) || (run.count >= 16 && digits > 1))
    {
      bytes.append(UInt8(ascii: "X"))
      return
    }
    var last: UInt8 = 0
    for byte in text[run] {
      let isDigit = (0x30...0x39).contains(byte)
      let symbol = isDigit ? UInt8(ascii: "0") : isValue ? UInt8(ascii: "A") : byte | 0x20
      if symbol != last || !(isDigit || isValue) { bytes.append(symbol) }
      last = symbol
    }
    if bytes.count >= 5, bytes.suffix(5).elementsEqual("A+A+A".utf8) { bytes.removeLast(2) }
  }

  private mutating func append(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: " "): bytes.append(UInt8(ascii: "+"))
    case 0x21...0x7E: bytes.append(byte)
    default: if bytes.last != UInt8(ascii: "U") { bytes.append(UInt8(ascii: "U")) }
    }
  }

  static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20)
  }

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 0x30...0x39: byte - 0x30
    case 0x41...0x46: byte - 0x41 + 10
    case 0x61...0x66: byte - 0x61 + 10
    default: nil
    }
  }
}

extension RequestShape {
  static let longestShown = 160

  /// Calls `body` with the request as it is shown: cut, and with bytes that are not printable ASCII
  /// as `\xHH`.
  static func withShown<Result>(
    _ url: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    withUnsafeTemporaryAllocation(byteCount: longestShown, alignment: 1) { shown in
      var count = 0
      for byte in url {
        let isPlain = (0x20...0x7E).contains(byte)
        guard count + (isPlain ? 1 : 4) <= longestShown else { break }
        if isPlain {
          shown[count] = byte
          count += 1
        } else {
          let digits = Array("0123456789ABCDEF".utf8)
          for digit in [
            UInt8(ascii: "\\"), UInt8(ascii: "x"), digits[Int(byte >> 4)], digits[Int(byte & 15)],
          ] {
            shown[count] = digit
            count += 1
          }
        }
      }
      return body(UnsafeRawBufferPointer(rebasing: shown[..<count]))
    }
  }

  /// The six bits that stand for a byte of a shape; 0 stands before it.
  static func symbol(_ byte: UInt8) -> UInt32 {
    switch byte {
    case 0x61...0x7A: UInt32(byte) - 0x60
    case UInt8(ascii: "0"): 27
    case UInt8(ascii: "A"): 28
    case UInt8(ascii: "X"): 29
    case UInt8(ascii: "W"): 30
    case 0x21...0x2F: UInt32(byte) - 0x21 + 32
    case 0x3A...0x40: UInt32(byte) - 0x3A + 47
    case 0x5B...0x60: UInt32(byte) - 0x5B + 54
    case 0x7B...0x7E: UInt32(byte) - 0x7B + 60
    default: 31
    }
  }
}
