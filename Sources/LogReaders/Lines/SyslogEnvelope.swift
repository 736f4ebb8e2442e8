import Glibc

/// The header that syslog puts before a message: RFC 3164 with or without year and host, RFC 5424,
/// an ISO time as rsyslog writes, an epoch as Meraki writes, or a priority alone. Where a relay put
/// its own header before the sender's, the sender's counts.
struct SyslogEnvelope {
  enum Field: String, CaseIterable {
    case priority = "syslog.priority"
    case time = "syslog.time"
    case host = "syslog.host"
    case program = "syslog.program"
    case pid = "syslog.pid"
    case messageID = "syslog.message_id"
    /// RFC 5424's structured data, without the outer brackets.
    case data = "syslog.data"
    /// The host of the outer header, where there are two.
    case relay = "syslog.relay"
    case message = "syslog.message"
  }

  /// By position in `Field.allCases`: the column, -1 where the format does not read the field.
  private let columns: [Int]
  /// Whether structured data is what is cut further, not the message.
  private let opensData: Bool

  init(_ names: FieldNames, opensData: Bool) {
    columns = Field.allCases.map { names.index(of: $0.rawValue) }
    self.opensData = opensData
  }

  /// Sets the envelope's fields; returns the text inside it: the whole line where there is none.
  func open(_ line: Range<Int>, into table: FieldTable) -> Range<Int> {
    var header = SyslogHeader(table.piece, line)
    header.take()
    var relay: Range<Int>?
    for _ in 0..<2 where header.program == nil && header.startsAnother {
      relay = header.host ?? relay
      header.take()
    }
    let message = header.position..<line.upperBound
    let found = [
      header.priority, header.time, header.host, header.program, header.pid, header.messageID,
      header.data, relay, message,
    ]
    for (column, range) in zip(columns, found) {
      guard column >= 0, let range else { continue }
      table.setField(column, before: range.lowerBound - 1, after: range.upperBound)
    }
    return opensData ? header.data ?? message : message
  }
}

/// Takes one syslog header after another from a line.
private struct SyslogHeader {
  let base: UnsafePointer<UInt8>
  let end: Int
  /// Where the text that no header has taken starts.
  var position: Int
  var priority: Range<Int>?
  var time: Range<Int>?
  var host: Range<Int>?
  var program: Range<Int>?
  var pid: Range<Int>?
  var messageID: Range<Int>?
  var data: Range<Int>?

  init(_ piece: PieceBuffer, _ line: Range<Int>) {
    base = UnsafePointer(piece.base)
    position = line.lowerBound
    end = line.upperBound
  }

  /// Whether another header comes next.
  var startsAnother: Bool {
    var copy = self
    return copy.takePriority() || copy.isVersion(at: position) || copy.timeEnd(position) != nil
  }

  mutating func take() {
    let hasPriority = takePriority()
    skipSpaces()
    if isVersion(at: position) {
      return takeNumbered()
    }
    guard let timeEnd = timeEnd(position) else {
      if hasPriority { takeTag() }
      return
    }
    let clockEnd = zoneNameEnd(timeEnd) ?? timeEnd
    time = position..<clockEnd
    position = clockEnd
    if position < end, base[position] == UInt8(ascii: ":") { position += 1 }
    skipSpaces()
    takeHost()
    takeTag()
  }

  /// `<134>`
  private mutating func takePriority() -> Bool {
    guard position < end, base[position] == UInt8(ascii: "<") else { return false }
    var next = position + 1
    while next < end, next < position + 4, isDigit(next) { next += 1 }
    guard next > position + 1, next < end, base[next] == UInt8(ascii: ">") else { return false }
    priority = position + 1..<next
    position = next + 1
    return true
  }

  /// `1 ` before a time of RFC 5424, an epoch, or a dash.
  private func isVersion(at start: Int) -> Bool {
    guard start + 3 < end, base[start] == UInt8(ascii: "1"), base[start + 1] == 0x20 else {
      return false
    }
    let next = start + 2
    return timeEnd(next) != nil || epochEnd(next) != nil
      || (base[next] == UInt8(ascii: "-") && base[next + 1] == 0x20)
  }

  private mutating func takeNumbered() {
    position += 2
    if let epochEnd = epochEnd(position) {
      time = position..<epochEnd
      position = epochEnd
      skipSpaces()
      host = word()
      skipSpaces()
      return
    }
    time = wordOrNil()
    host = wordOrNil()
    program = wordOrNil()
    pid = wordOrNil()
    messageID = wordOrNil()
    skipSpaces()
    guard position < end else { return }
    if base[position] == UInt8(ascii: "-"), position + 1 == end || base[position + 1] == 0x20 {
      position += 1
    } else if base[position] == UInt8(ascii: "["), let dataEnd = dataEnd() {
      data = position + 1..<dataEnd - 1
      position = dataEnd
    }
    skipSpaces()
    if position + 2 < end, base[position] == 0xEF, base[position + 1] == 0xBB { position += 3 }
  }

  /// Where structured data ends: after the bracket that no other element follows.
  private func dataEnd() -> Int? {
    var index = position + 1
    var isQuoted = false
    while index < end {
      switch base[index] {
      case UInt8(ascii: "\\"): index += 1
      case UInt8(ascii: "\""): isQuoted.toggle()
      case UInt8(ascii: "]") where !isQuoted:
        guard index + 1 < end, base[index + 1] == UInt8(ascii: "[") else { return index + 1 }
      default: break
      }
      index += 1
    }
    return nil
  }

  /// A host's name, if what comes next can be one and more follows it.
  private mutating func takeHost() {
    var next = position
    while next < end, base[next] != 0x20 {
      let byte = base[next]
      let isName =
        isLetter(next) || isDigit(next) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-")
        || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":") || byte >= 0x80
      guard isName else { return }
      next += 1
    }
    guard next > position, next < end, base[next - 1] != UInt8(ascii: ":") else { return }
    host = position..<next
    position = next
    skipSpaces()
  }

  /// `name:` or `name[pid]:`; a name that starts with `%` is the message's own.
  private mutating func takeTag() {
    program = nil
    pid = nil
    guard position < end, base[position] != UInt8(ascii: "%") else { return }
    var next = position
    var bracket: Int?
    while next < end, base[next] != 0x20 {
      switch base[next] {
      case UInt8(ascii: "["): bracket = bracket ?? next
      case UInt8(ascii: "="), UInt8(ascii: "\""), UInt8(ascii: "{"): return
      case UInt8(ascii: ":") where next + 1 == end || base[next + 1] == 0x20:
        let nameEnd = bracket ?? next
        // Brackets around the first word are the message's own.
        guard nameEnd > position || next == position else { return }
        if nameEnd > position { program = position..<nameEnd }
        if let bracket, base[next - 1] == UInt8(ascii: "]") { pid = bracket + 1..<next - 1 }
        position = next + 1
        return skipSpaces()
      default: break
      }
      next += 1
    }
  }

  // MARK: Times

  /// Where a time of RFC 3164 or ISO 8601 that starts at a position ends.
  func timeEnd(_ start: Int) -> Int? {
    guard start + 15 <= end else { return nil }
    return isLetter(start) ? namedMonthEnd(start) : isoEnd(start)
  }

  /// `Oct  9 12:34:56`, `Oct 10 2018 12:34:56.789`
  private func namedMonthEnd(_ start: Int) -> Int? {
    guard isLetter(start + 1), isLetter(start + 2), base[start + 3] == 0x20 else { return nil }
    var next = start + 4
    if base[next] == 0x20 { next += 1 }
    guard let dayEnd = digitsEnd(next, 1...2), base[dayEnd] == 0x20 else { return nil }
    if let yearEnd = digitsEnd(dayEnd + 1, 4...4), base[yearEnd] == 0x20 {
      return clockEnd(yearEnd + 1)
    }
    return clockEnd(dayEnd + 1)
  }

  /// ` EDT` before a colon, as Cisco writes it after the time: where the zone's name ends.
  private func zoneNameEnd(_ start: Int) -> Int? {
    guard start < end, base[start] == 0x20 else { return nil }
    var next = start + 1
    while next < end, next - start <= 5, base[next] &- 0x41 < 26 { next += 1 }
    guard next < end, base[next] == UInt8(ascii: ":"), next - start > 3 else { return nil }
    let name = UnsafeRawBufferPointer(start: base + start + 1, count: next - start - 1)
    return ZoneNames.all.contains { name.elementsEqual($0.name) } ? next : nil
  }

  /// `2021-07-03T19:10:14.578288-05:00`, also with a space in the middle and without the offset.
  private func isoEnd(_ start: Int) -> Int? {
    guard let year = digitsEnd(start, 4...4), base[year] == UInt8(ascii: "-"),
      let month = digitsEnd(year + 1, 2...2), base[month] == UInt8(ascii: "-"),
      let day = digitsEnd(month + 1, 2...2),
      base[day] == UInt8(ascii: "T") || base[day] == 0x20, var next = clockEnd(day + 1)
    else { return nil }
    if next < end, base[next] == UInt8(ascii: "Z") { return next + 1 }
    guard next < end, base[next] == UInt8(ascii: "+") || base[next] == UInt8(ascii: "-"),
      let hour = digitsEnd(next + 1, 2...2)
    else { return next }
    next = base[hour] == UInt8(ascii: ":") ? hour + 1 : hour
    return digitsEnd(next, 2...2) ?? hour
  }

  /// `12:34:56`, with a fraction
  private func clockEnd(_ start: Int) -> Int? {
    guard let hour = digitsEnd(start, 2...2), base[hour] == UInt8(ascii: ":"),
      let minute = digitsEnd(hour + 1, 2...2), base[minute] == UInt8(ascii: ":"),
      let second = digitsEnd(minute + 1, 2...2)
    else { return nil }
    guard second < end, base[second] == UInt8(ascii: ".") else { return second }
    return digitsEnd(second + 1, 1...9) ?? second
  }

  /// `1647478988.289402144`
  private func epochEnd(_ start: Int) -> Int? {
    guard let seconds = digitsEnd(start, 10...10), seconds < end,
      base[seconds] == UInt8(ascii: "."), let fraction = digitsEnd(seconds + 1, 1...9),
      fraction < end, base[fraction] == 0x20
    else { return nil }
    return fraction
  }

  /// Where a run of so many digits ends; nil where there are fewer, or more follow.
  private func digitsEnd(_ start: Int, _ count: ClosedRange<Int>) -> Int? {
    var next = start
    while next < end, next - start < count.upperBound, isDigit(next) { next += 1 }
    guard next - start >= count.lowerBound, next >= end || !isDigit(next) else { return nil }
    return next
  }

  private func isDigit(_ index: Int) -> Bool { base[index] &- 0x30 <= 9 }
  private func isLetter(_ index: Int) -> Bool { (base[index] | 0x20) &- 0x61 < 26 }

  private mutating func skipSpaces() {
    while position < end, base[position] == 0x20 { position += 1 }
  }

  private mutating func word() -> Range<Int> {
    let start = position
    while position < end, base[position] != 0x20 { position += 1 }
    return start..<position
  }

  /// The next word; nil for a dash.
  private mutating func wordOrNil() -> Range<Int>? {
    skipSpaces()
    let word = word()
    return word.isEmpty || (word.count == 1 && base[word.lowerBound] == UInt8(ascii: "-"))
      ? nil : word
  }
}
