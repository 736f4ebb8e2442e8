/// A year such as 2026 in a file's name, and the month that may follow it: `messages-20260103`,
/// `fw.2026-01.log`.
struct YearInName {
  let year: Int
  let month: Int?

  /// Nil where the name holds none from 2000 to 2099.
  init?(_ name: String) {
    let bytes = Array(name.utf8)
    func number(_ start: Int, _ count: Int) -> Int? {
      guard start + count <= bytes.count else { return nil }
      let digits = bytes[start..<start + count]
      guard digits.allSatisfy({ $0 &- 0x30 <= 9 }) else { return nil }
      return Int(String(decoding: digits, as: UTF8.self))
    }
    let found = bytes.indices.lazy.compactMap { start in
      number(start, 4).flatMap { (2000...2099).contains($0) ? (start, $0) : nil }
    }.first
    guard let (start, year) = found else { return nil }
    self.year = year
    var next = start + 4
    if next < bytes.count, [0x2D, 0x5F, 0x2E].contains(bytes[next]) { next += 1 }
    month = number(next, 2).flatMap { (1...12).contains($0) ? $0 : nil }
  }
}
