import ArrowFile
import Columnar
import Events
import StageKit
import TestSupport
import Testing

@Suite("The normalize stage")
struct NormalizeStageTests {
  private static let day = CivilDate(dayNumber: 20_000)
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try FileBytes.write(
      """
      [site]
      name = "Example"
      timezone = "Europe/Berlin"
      networks = ["10.0.0.0/8"]
      seed = "s"

      """.utf8, to: folder.path + "/site.toml")
  }

  private var store: Store {
    get throws { try Store(path: folder.path + "/store") }
  }

  private func normalize(_ arguments: String...) throws -> StageRun {
    try StageRun(
      "normalize",
      ["--site", folder.path + "/site.toml", "--store", folder.path + "/store"] + arguments)
  }

  /// An ingested file of one-way records of one client, at these seconds after the day's midnight
  /// in UTC; each has an answer.
  private func ingest(_ name: String, at seconds: [Int]) throws {
    let midnight = Int64(NormalizeStageTests.day.dayNumber) * 86_400
    let schema = EventClass.flow.schema.filtered {
      [
        Event.time.name, Event.sourceAddress.name, Event.destinationAddress.name,
        Event.sourcePort.name, Event.destinationPort.name, Event.ianaNumber.name,
        Event.sourceBytes.name, Event.logLine.name,
      ].contains($0.name)
    }
    let builder = TableBuilder(schema)
    for (index, second) in seconds.enumerated() {
      for isAnswer in [false, true] {
        let ends = [Address(ipv4: 0x0A00_0001), Address(ipv4: 0xC633_6401)]
        let ports: [UInt16] = [UInt16(40_000 + second % 1000), 443]
        builder.column(Event.time).append(
          Instant(microseconds: (midnight + Int64(second)) * 1_000_000))
        builder.column(Event.sourceAddress).append(ends[isAnswer ? 1 : 0])
        builder.column(Event.destinationAddress).append(ends[isAnswer ? 0 : 1])
        builder.column(Event.sourcePort).append(ports[isAnswer ? 1 : 0])
        builder.column(Event.destinationPort).append(ports[isAnswer ? 0 : 1])
        builder.column(Event.ianaNumber).append(6)
        builder.column(Event.sourceBytes).append(isAnswer ? 2000 : 100)
        builder.column(Event.logLine).append(Int64(2 * index + (isAnswer ? 2 : 1)))
      }
    }
    let hours = Dictionary(grouping: seconds) { midnight + Int64($0 - $0 % 3600) }
    let file = IngestedFile(
      source: "router", logFile: name, eventClass: .flow, flowKind: "oneway",
      activeTimeoutSeconds: 300,
      rowsByHour: hours.sorted { $0.key < $1.key }.map {
        (Instant(microseconds: $0.key * 1_000_000), 2 * $0.value.count)
      })
    let hash = ContentHasher.hash(name)
    let plan = Manifest(stage: "ingest", algorithm: 1, subject: name)
    _ = try store.make(store.ingested(source: "router", fileHash: hash), plan: plan) { output in
      try output.write(
        Table(schema: schema, batches: [builder.finishBatch()]), name: file.rowsName)
      return file.facts
    }
  }

  private func flows(_ day: CivilDate) throws -> ArrowReader? {
    try store.table("flow", in: store.events(day), expecting: EventClass.flow.schema)
  }

  private func content(_ day: CivilDate) throws -> [String: [UInt8]] {
    let events = try store.events(day)
    return try FileBytes.names(in: events).reduce(into: [:]) {
      $0[$1] = try FileBytes.read("\(events)/\($1)")
    }
  }

  @Test("pairs a day's records by the site's day, and leaves an unchanged day alone")
  func oneDay() throws {
    // Berlin's 4 October 2024 begins at 22:00 UTC of the third.
    try ingest("a", at: [-7201, -7200, 40_000, 79_199, 79_200])
    let day = NormalizeStageTests.day
    let first = try normalize("--day", "\(day)")
    #expect(first.exitCode == 0, "\(first.standardError)")
    #expect(first.standardError.contains("3 conversations"))
    let table = try #require(try flows(day))
    #expect(table.rowCount == 3)
    let batch = try table.batch(0)
    #expect(batch[Event.destinationBytes][0] == 2000)
    #expect(batch[Event.direction][0] == "outbound")
    let before = try content(day)
    let second = try normalize("--day", "\(day)", "--json")
    #expect(second.standardError.contains("up to date"))
    #expect(second.standardOutput.contains("\"outcome\":\"up_to_date\""))
    #expect(try content(day) == before)
  }

  @Test("late rows redo their day and no other")
  func lateRows() throws {
    try ingest("a", at: [100, 50_000, 100_000, 150_000])
    let days = (0...1).map { NormalizeStageTests.day.advanced(by: $0) }
    _ = try normalize("--from", "\(days[0])", "--to", "\(days[1])")
    try ingest("b", at: [120_000])
    let late = try normalize("--existing")
    #expect(late.standardError.contains("\(days[0]): up to date"))
    #expect(late.standardError.contains("\(days[1]): flow: 6 rows, 3 conversations"))
  }

  @Test("threads change no byte")
  func threads() throws {
    try ingest("a", at: Array(stride(from: 0, to: 200_000, by: 97)))
    let days = (0...2).map { NormalizeStageTests.day.advanced(by: $0) }
    _ = try normalize("--from", "\(days[0])", "--to", "\(days[2])", "--threads", "1")
    let one = try days.map { try content($0) }
    for day in days { try FileBytes.remove(try store.events(day)) }
    _ = try normalize("--from", "\(days[0])", "--to", "\(days[2])", "--threads", "2")
    #expect(try days.map { try content($0) } == one)
  }

  @Test("a missing store says so, and a wrong command line ends with 64")
  func nothing() throws {
    let missing = try normalize("--day", "\(NormalizeStageTests.day)")
    #expect(missing.exitCode == 64)
    #expect(missing.standardError.contains("run ingest first"))
    #expect(!Store.exists(at: folder.path + "/store"))
    _ = try store
    #expect(try normalize("--day", "today").exitCode == 64)
    #expect(try normalize().exitCode == 64)
  }
}
