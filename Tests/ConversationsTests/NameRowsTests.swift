import Columnar
import Events
import Testing

@testable import Conversations

/// Requests, questions, handshakes, logons and alerts: rows that are merged and sorted, and never
/// joined.
@Suite("Rows of names")
struct NameRowsTests {
  /// A request, question, handshake, logon or alert of 10.0.0.7 at a second of 1970-01-02.
  private struct NameRow {
    var second: Int
    var name: String
    var destination = "192.0.2.1"
    var id: String?
  }

  private static let classes: [EventClass] = [.dns, .http, .tls, .auth, .alert]

  private func nameColumn(_ eventClass: EventClass) -> ColumnKey<Strings> {
    switch eventClass {
    case .dns: Event.dnsQuestion
    case .tls: Event.tlsServerName
    case .http, .flow: Event.urlDomain
    case .auth, .vpn, .dhcp: Event.userName
    case .alert: Event.ruleName
    }
  }

  private func file(
    _ eventClass: EventClass, _ name: String, source: String = "sensor", _ rows: [NameRow]
  ) -> EventFile {
    let columns = [
      Event.time.name, Event.sourceAddress.name, Event.destinationAddress.name, Event.id.name,
      nameColumn(eventClass).name, Event.logLine.name,
    ]
    let schema = eventClass.schema.filtered { columns.contains($0.name) }
    let builder = TableBuilder(schema)
    for (index, row) in rows.enumerated() {
      builder.column(Event.time).append(
        Instant(microseconds: Int64(86_400 + row.second) * 1_000_000))
      builder.column(Event.sourceAddress).append(Address("10.0.0.7"))
      builder.column(Event.destinationAddress).append(Address(row.destination))
      builder.column(nameColumn(eventClass)).append(row.name)
      builder.column(Event.id).append(row.id)
      builder.column(Event.logLine).append(Int64(index + 1))
    }
    return EventFile(
      source: source, logFile: name, identity: name,
      rows: Table(schema: schema, batches: [builder.finishBatch()]))
  }

  /// The day's rows as `second name direction source file:line`.
  private func normalize(
    _ eventClass: EventClass, _ files: [EventFile]
  ) throws -> (rows: [String], summary: DaySummary) {
    let normalizer = DayNormalizer(
      eventClass, day: CivilDate(dayNumber: 1), calendar: CivilCalendar(),
      networks: SiteNetworks(["10.0.0.0/8"].compactMap { Network($0) }), scratchFolder: "/tmp")
    let sink = TableSink()
    let summary = try normalizer.normalize(files, to: sink)
    let rows = sink.batches.flatMap { batch in
      let (times, names) = (batch[Event.time], batch[nameColumn(eventClass)])
      let (directions, sources) = (batch[Event.direction], batch[Event.source])
      let (files, lines) = (batch[Event.logFile], batch[Event.logLine])
      return (0..<batch.rowCount).map { row in
        let second = times.value(row).microseconds / 1_000_000 - 86_400
        return "\(second) \(names[row] ?? "-") \(directions[row] ?? "-") \(sources[row] ?? "-") "
          + "\(files[row] ?? "-"):\(lines.value(row))"
      }
    }
    return (rows, summary)
  }

  @Test("are sorted by time, and those of other days left out", arguments: classes)
  func sorted(eventClass: EventClass) throws {
    let (rows, summary) = try normalize(
      eventClass,
      [
        file(
          eventClass, "a",
          [
            NameRow(second: 50, name: "b.test"), NameRow(second: 7, name: "a.test"),
            NameRow(second: -1, name: "before.test"), NameRow(second: 86_400, name: "after.test"),
            NameRow(second: 60, name: "c.test", destination: "10.0.0.1"),
          ])
      ])
    #expect(
      rows == [
        "7 a.test outbound sensor a:2", "50 b.test outbound sensor a:1",
        "60 c.test internal sensor a:5",
      ])
    #expect(summary.readCount == 3)
  }

  @Test("that repeat within a file all stay; overlapping files add nothing", arguments: classes)
  func repeats(eventClass: EventClass) throws {
    let row = NameRow(second: 5, name: "a.test")
    let other = NameRow(second: 6, name: "b.test")
    let files = [
      file(eventClass, "a", [row, row, other]), file(eventClass, "b", [row, row, row]),
      file(eventClass, "c", [other]),
    ]
    for files in [files, files.reversed()] {
      let (rows, summary) = try normalize(eventClass, files)
      #expect(
        rows == [
          "5 a.test outbound sensor b:1", "5 a.test outbound sensor b:2",
          "5 a.test outbound sensor b:3", "6 b.test outbound sensor a:3",
        ])
      #expect(summary.duplicateCount == 3)
      #expect(summary.readCount == summary.recordCount + summary.duplicateCount)
    }
  }

  @Test("of one connection's id that ask for different names all stay", arguments: classes)
  func oneConnection(eventClass: EventClass) throws {
    let asked = ["a.test", "b.test"].map { NameRow(second: 5, name: $0, id: "C1") }
    let (rows, summary) = try normalize(
      eventClass, [file(eventClass, "a", asked), file(eventClass, "b", asked)])
    #expect(rows.map { $0.split(separator: " ")[1] }.sorted() == ["a.test", "b.test"])
    #expect(summary.duplicateCount == 2)
  }

  @Test("of two sources are kept of both", arguments: classes)
  func twoSources(eventClass: EventClass) throws {
    let row = NameRow(second: 5, name: "a.test")
    let (rows, summary) = try normalize(
      eventClass,
      [file(eventClass, "a", source: "one", [row]), file(eventClass, "a", source: "two", [row])])
    #expect(rows == ["5 a.test outbound one a:1", "5 a.test outbound two a:1"])
    #expect(summary.duplicateCount == 0)
  }
}
