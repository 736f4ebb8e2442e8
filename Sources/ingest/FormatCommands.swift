import Columnar
import Events
import LogReaders
import StageKit

extension Ingest {
  struct Formats: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "formats", abstract: "Lists the format files at hand.")

    @OptionGroup var formats: FormatOptions

    func run() throws {
      for format in try formats.library().formats {
        print("\(format.id)\t\(format.eventClass.rawValue)\t\(format.path)")
      }
    }
  }

  struct Test: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "test", abstract: "Runs the samples of a format file.")

    @OptionGroup var formats: FormatOptions

    @Argument(help: "An id, or the path of a format file.")
    var format: String?

    @Flag(help: "All format files at hand.")
    var all = false

    func validate() throws {
      guard (format != nil) != all else { throw ValidationError("expected a format, or --all") }
    }

    func run() throws {
      let library = try formats.library()
      let chosen = try format.map { [try library.format($0)] } ?? library.formats
      var failures: [FormatTestFailure] = []
      for format in chosen {
        let found = format.runTests(zoneRules: TimeZoneDatabase.rules)
        print("\(format.id): \(format.tests.count) samples, \(found.isEmpty ? "ok" : "failed")")
        failures += found
      }
      for failure in failures { StandardError.write("ingest: \(failure)") }
      guard failures.isEmpty else { throw StageError("\(failures.count) expectations failed") }
    }
  }

  struct Check: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Says what a file is, what its first rows become, and what the site must state.")

    @OptionGroup var formats: FormatOptions

    @Option(help: "The format, where the file's own signature is not to decide.")
    var format = "auto"

    @Option(help: "The zone that the file's times are in.")
    var zone: String?

    @Option(help: "The year, for formats without one.")
    var year: Int?

    @Argument(help: "The files.")
    var files: [String]

    func run() throws {
      let library = try formats.library()
      var failed = 0
      for path in files {
        do {
          try check(path, library)
        } catch {
          failed += 1
          StandardError.write("ingest: \(error)")
        }
      }
      guard failed == 0 else { throw StageError("\(failed) of \(files.count) files can't be read") }
    }

    private func check(_ path: String, _ library: FormatLibrary) throws {
      let chosen: Format
      if format == "auto" {
        let detection = try library.detect(FileHead(path: path))
        guard case .match(let found, let why) = detection else {
          throw StageError("\(path): \(detection.problem ?? "unknown format")")
        }
        print("\(path): \(found.id) (\(why))")
        chosen = found
      } else {
        chosen = try library.format(format)
        print("\(path): \(chosen.id)")
      }
      var settings = ReaderSettings(zoneRules: TimeZoneDatabase.rules)
      settings.zone = try zone.map { try TimeZoneDatabase.rules(named: $0) }
      settings.year = year
      settings.source = "check"
      settings.logName = FileBytes.name(of: path)
      settings.digest = { _ in "…" }
      let rows = FirstRows(limit: 5)
      let rejects = FirstRows(limit: 5)
      let summary: ReadSummary
      do {
        summary = try LogReader(chosen, settings).read(path: path, rows: rows, rejects: rejects)
      } catch let error as SettingMissing {
        throw StageError(
          "\(path): \(error.why); its [[input]] in the site file must say, for instance: "
            + "\(error.key) = \(error.example)\n"
            + "        try: ingest check --\(error.key) \(error.example) \(path)")
      }
      print(summary.text)
      for text in rows.texts + rejects.texts { print(text) }
    }
  }
}

/// Keeps the text of the first rows of a table.
private final class FirstRows: BatchSink {
  private(set) var texts: [String] = []
  private let limit: Int

  init(limit: Int) { self.limit = limit }

  func write(_ batch: Batch) {
    for row in 0..<min(batch.rowCount, limit - texts.count) {
      let cells = zip(batch.schema.fields, batch.columns).compactMap { field, column in
        column.text(row).map { "\(field.name)=\($0)" }
      }
      texts.append("  " + cells.joined(separator: " "))
    }
  }
}

extension ReadSummary {
  /// What came of each line, for people.
  fileprivate var text: String {
    var parts = [
      "\(counts.lines) lines: \(counts.rows) rows", "\(counts.rejects) rejected",
    ]
    let others = [
      (counts.skippedRecords, "records left out"), (counts.skippedLines, "lines left out"),
      (counts.headers, "header lines"), (counts.comments, "comments"), (counts.blanks, "blank"),
      (counts.footer, "footer lines"), (counts.continuations, "lines inside records"),
    ]
    parts += others.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    var lines = ["  " + parts.joined(separator: ", ")]
    if let timeRange { lines.append("  \(timeRange.first.isoText) to \(timeRange.last.isoText)") }
    if repairedTextCount > 0 { lines.append("  \(repairedTextCount) texts were not valid UTF-8") }
    lines += rejectsByReason.map { "  rejected \($0)" } + remarks.map { "  \($0)" }
    return lines.joined(separator: "\n")
  }
}
