import LogReaders
import StageKit

/// A year such as 2026 in a file's name, and the month that may follow it: `messages-20260103`,
/// `fw.2026-01.log`; but in `auth.2026.10` and `fw-2026-10000.log` a number that counts files.
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
    let end = next + 2
    func isDay(_ start: Int) -> Bool { number(start, 2).map { (1...31).contains($0) } ?? false }
    let isFollowedByDay = isDay(end) || (end < bytes.count && bytes[end] == 0x2E && isDay(end + 1))
    let isWhole = end >= bytes.count || bytes[end] &- 0x30 > 9
    let isMonth = isFollowedByDay || (isWhole && bytes[next - 1] != 0x2E)
    month = number(next, 2).flatMap { isMonth && (1...12).contains($0) ? $0 : nil }
  }
}

extension ReaderSettings {
  /// Takes the year of times without one, and a month near to the first of them where the file's
  /// name holds that.
  /// - Parameter place: where the year is stated.
  mutating func state(year stated: StatedYear, of path: String, by place: String) throws {
    if case .number(let number) = stated {
      year = number
    } else if let found = YearInName(FileBytes.name(of: path)) {
      (year, month) = (found.year, found.month)
    } else {
      throw StageError(
        "\(path): the name holds no year such as 2026, and \(place) says \"filename\"")
    }
  }
}
