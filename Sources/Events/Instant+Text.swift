import Columnar

extension Instant {
  /// From `2026-03-28`, its first instant, or `2026-03-28T14:05:06Z`; nil for anything else.
  package init?(utc text: String) {
    guard let date = CivilDate(String(text.prefix(10))) else { return nil }
    let dayMicroseconds = Int64(date.dayNumber) * 86_400_000_000
    let rest = text.dropFirst(10)
    guard !rest.isEmpty else {
      self.init(microseconds: dayMicroseconds)
      return
    }
    let parts = rest.dropFirst().dropLast().split(separator: ":", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in
      part.utf8.count == 2 && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
        ? Int64(part) : nil
    }
    guard rest.first == "T", rest.last == "Z", parts.count == 3, numbers.count == 3,
      numbers[0] < 24, numbers[1] < 60, numbers[2] < 60
    else { return nil }
    let seconds = (numbers[0] * 60 + numbers[1]) * 60 + numbers[2]
    self.init(microseconds: dayMicroseconds + seconds * 1_000_000)
  }
}
