import Columnar
import Events
import Testing

@testable import Incidents

private let wazuh = """
  \u{FEFF}timestamp,agent.ip,agent.name,rule.description,data.win.image,rule.level
  2026-03-25T14:03:12.123Z,10.20.1.7,LAPTOP-3,"Encoded command, hidden",powershell.exe,12
  "Mar 25, 2026 @ 14:05:00.000",10.20.1.7,LAPTOP-3,Logon failure,,5
  2026-03-25T14:06:00Z,10.20.1.8,OTHER,Not wanted,,5
  2026-03-24T10:00:00Z,10.20.1.7,LAPTOP-3,Another day,,5
  2026-03-25T14:07:00Z,10.20.1.7,LAPTOP-3,"two
  lines",x,3,T1059,T1027
  yesterday,10.20.1.7,LAPTOP-3,No time,,5
  2026-03-25T14:08:00Z,,MANAGER,No host,,5

  """

private func columns(host: String = "agent.ip", zone: TimeZoneRules = .utc) -> ContextFile.Columns {
  ContextFile.Columns(
    host: host, time: "timestamp", text: ["rule.description", "data.win.image"], zone: zone)
}

private func read(
  _ text: String, _ columns: ContextFile.Columns = columns(), wanted: Set<String> = ["10.20.1.7"],
  pieceByteCount: Int = 1 << 20
) throws -> ContextFile {
  let start = try #require(Instant(utc: "2026-03-25"))
  let selection = ContextFile.Selection(
    window: start..<start.advanced(byMicroseconds: 86_400_000_000), wanted: wanted
  ) { [HostKey.of($0)] }
  let bytes = Array(text.utf8)
  return try ContextFile(columns, selecting: selection) { take in
    for from in stride(from: 0, to: bytes.count, by: pieceByteCount) {
      try bytes[from..<min(bytes.count, from + pieceByteCount)].withUnsafeBytes(take)
    }
  }
}

@Test("wanted rows of an export are kept, others passed over, and bad ones counted with the first")
func wazuhExport() throws {
  let file = try read(wazuh)
  #expect(file.rows.map(\.text) == ["Encoded command, hidden, powershell.exe", "Logon failure"])
  #expect(file.rows.map { Quantity.timestamp($0.time) }.last == "2026-03-25T14:05:00Z")
  #expect(file.rowCount == 7)
  #expect(file.badRowCount == 3)
  #expect(
    file.remark == "3 of 7 rows can't be used (record 6: expected 6 fields, found 8)")
  let byName = try read(wazuh, columns(host: "agent.name"), wanted: ["manager"])
  #expect(byName.rows.map(\.text) == ["No host"])
}

@Test("an export in pieces of any size is read as it is in one")
func pieces() throws {
  let whole = try read(wazuh)
  for byteCount in [1, 7, 64] {
    let file = try read(wazuh, pieceByteCount: byteCount)
    #expect(file.rows.map(\.text) == whole.rows.map(\.text))
    #expect(file.remark == whole.remark)
  }
}

@Test(
  "a file that is no such export is said to be none, with what was expected",
  arguments: [
    ("", "expected a header with agent.ip, found an empty file"),
    ("time,host\n1,2\n", "expected a column agent.ip, found 2 columns of other names"),
  ])
func noExport(text: String, problem: String) throws {
  let file = try read(text)
  #expect(!file.isReadable)
  #expect(file.remark == problem)
}

@Test("rows before a broken quote are kept, and the place is told")
func brokenQuote() throws {
  let text = """
    timestamp,agent.ip,rule.description,data.win.image
    2026-03-25T14:03:12Z,10.20.1.7,first,
    2026-03-25T14:03:13Z,10.20.1.7,se"cond,
    2026-03-25T14:03:14Z,10.20.1.7,third,

    """
  let file = try read(text)
  #expect(file.isReadable)
  #expect(file.rows.map(\.text) == ["first"])
  #expect(try #require(file.remark).hasPrefix("unreadable from record 3 on: expected a quote only"))
}

// datetime.fromisoformat(text).timestamp() of Python 3, in microseconds.
@Test(
  "times are read as Python reads them, and as dashboards write them",
  arguments: [
    ("2026-03-25T14:03:12.123Z", 1_774_447_392_123_000),
    ("2026-03-25T14:03:12.123+0000", 1_774_447_392_123_000),
    ("2026-03-25T14:03:12.123456+05:30", 1_774_427_592_123_456),
    ("2026-03-25T14:03:12.1234567+05:30", 1_774_427_592_123_456),
    ("2026-03-25T14:03:12.123456789+05:30", 1_774_427_592_123_456),
    ("2026-03-25 14:03-04", 1_774_461_780_000_000),
    ("2026-03-25 14:03:12", 1_774_443_792_000_000),
    ("Mar 25, 2026 @ 14:03:12.500", 1_774_443_792_500_000),
    ("Mar 5, 2026 @ 14:03:12.500", 1_774_443_792_500_000 - 20 * 86_400_000_000),
  ])
func times(text: String, microseconds: Int64) {
  let zone = TimeZoneRules(name: "one hour east", offsetSeconds: 3600)
  #expect(ContextTime.instant(text, zone: zone)?.microseconds == microseconds)
}

@Test(
  "what is no time is none",
  arguments: [
    "", "yesterday", "2026-03-25", "2026-02-30T10:00:00Z", "2026-03-25T24:00:00Z",
    "2026-03-25T10:00:00X", "2026-03-25T10:00:00+1", "2026-03-25T10", "Foo 25, 2026 @ 14:03:12",
    "Mar 25 2026 @ 14:03:12", "2026-03-25T10:00:00.Z", "Mar -1, 2026 @ 14:03:12",
  ])
func noTimes(text: String) {
  #expect(ContextTime.instant(text, zone: .utc) == nil)
}
