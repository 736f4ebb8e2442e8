import Columnar
import Events
import LogReaders
import StageKit

extension Ingest {
  struct Check: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "check",
      abstract: "Says what a file is, what its first rows become, and what the site must state.")

    @OptionGroup var formats: FormatOptions

    @Option(help: "The format, where the file's own signature is not to decide; several by commas.")
    var format = "auto"

    @Option(help: "The zone that the file's times are in.")
    var zone: String?

    @Option(help: "The year, for formats without one; \"filename\" where the file's name holds it.")
    var year: StatedYear?

    @Argument(help: "The files; a folder means all files in it.")
    var files: [String]

    func run() throws {
      let library = try formats.library()
      var (count, failed) = (0, 0)
      for name in files {
        let paths = try Glob.files(named: [name])
        for path in paths.isEmpty ? [name] : paths {
          count += 1
          do {
            guard !paths.isEmpty else {
              throw StageError("\(name): there is no file in this folder")
            }
            try check(path, library)
          } catch {
            failed += 1
            StandardError.write("ingest: \(error)")
          }
        }
      }
      guard failed == 0 else { throw StageError("\(failed) of \(count) files can't be read") }
    }

    private func check(_ path: String, _ library: FormatLibrary) throws {
      guard let chosen = try formats(of: path, library) else { return }
      var settings = ReaderSettings(zoneRules: TimeZoneDatabase.rules)
      settings.zone = try zone.map { try TimeZoneDatabase.rules(named: $0) }
      if let year { try settings.state(year: year, of: path, by: "--year") }
      settings.source = "check"
      settings.logName = FileBytes.name(of: path)
      settings.digest = { _ in "…" }
      var block = InputBlock(path: path, formats: chosen, isAuto: format == "auto")
      if let zone { block.state("zone", "\"\(zone)\"") }
      if let year { block.state("year", year == .fileName ? "\"\(year.text)\"" : year.text) }
      let (summary, texts) = try read(path, chosen, settings, &block)
      for assumption in block.assumptions { print("  \(assumption)") }
      for line in summary.lines + texts + block.lines { print("  \(line)") }
    }

    /// Says which formats a file has; nil where it holds no records.
    private func formats(of path: String, _ library: FormatLibrary) throws -> [Format]? {
      guard format == "auto" else {
        let chosen = try format.split(separator: ",").map { try library.format(String($0)) }
        guard !chosen.isEmpty else { throw StageError("--format: expected a format", code: .usage) }
        print("\(path): \(chosen.map(\.id).joined(separator: ", "))")
        return chosen
      }
      let detection = try library.detect(FileHead(path: path))
      switch detection {
      case .match(let found, let why):
        let kin = found.count == 1 ? nil : found[0].family
        print("\(path): \(kin.map { "formats of \($0)" } ?? found[0].id) (\(why))")
        return found
      case .foreign(let file) where !file.mayHoldRecords:
        print("\(path): left out (\(file.kind))")
        return nil
      default: throw StageError("\(path): \(detection.problem ?? "unknown format")")
      }
    }

    /// Reads a file; where the site must state zone or year, assumes them and notes it.
    private func read(
      _ path: String, _ formats: [Format], _ stated: ReaderSettings, _ block: inout InputBlock
    ) throws -> (ReadSummary, [String]) {
      var settings = stated
      while true {
        let rows = formats.map { _ in FirstRows(limit: formats.count == 1 ? 5 : 3) }
        let rejects = FirstRows(limit: 5)
        do {
          let summary = try LogReader(formats, settings).read(
            path: path, rows: rows, rejects: rejects)
          return (summary, (rows + [rejects]).flatMap(\.texts))
        } catch let error as SettingMissing {
          guard block.assume(error, &settings) else { throw error }
        }
      }
    }
  }
}

extension StatedYear: ExpressibleByArgument {
  package init?(argument: String) { self.init(argument) }
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
      texts.append(cells.joined(separator: " "))
    }
  }
}

/// The `[[input]]` by which a site file names a file, and what had to be assumed to read it.
private struct InputBlock {
  private let path: String
  private let formats: [Format]
  private let isAuto: Bool
  private var settings: [(key: String, value: String, isAssumed: Bool)] = []
  private(set) var assumptions: [String] = []
  /// A leap year, so that no date is refused.
  private static let assumedYear = 2024

  init(path: String, formats: [Format], isAuto: Bool) {
    self.path = path
    self.formats = formats
    self.isAuto = isAuto
  }

  mutating func state(_ key: String, _ value: String) { settings.append((key, value, false)) }

  /// Assumes what a site file must state; false where it was assumed already.
  mutating func assume(_ missing: SettingMissing, _ settings: inout ReaderSettings) -> Bool {
    guard !self.settings.contains(where: { $0.key == missing.key }) else { return false }
    let assumed: String
    if missing.key == "zone" {
      settings.zone = .utc
      assumed = "UTC"
    } else {
      settings.year = InputBlock.assumedYear
      assumed = "\(InputBlock.assumedYear)"
    }
    assumptions.append(
      "\(missing.why): \(assumed) is assumed here, and the site file must say which it is "
        + "(try --\(missing.key))")
    self.settings.append((missing.key, missing.example, true))
    return true
  }

  /// To be pasted; what was assumed has to be corrected.
  var lines: [String] {
    let format = formats[0]
    let source = (format.family ?? format.id).split(separator: ".")[0]
    let names = formats.map { "\"\($0.id)\"" }
    let stated =
      names.count == 1 ? names[0] : isAuto ? "\"auto\"" : "[\(names.joined(separator: ", "))]"
    return [
      "in the site file:", "  [[input]]", "  source = \"\(source)\"",
      "  glob = \"\(path)\"", "  format = \(stated)",
    ]
      + settings.map { key, value, isAssumed in
        "  \(key) = \(value)" + (isAssumed ? "  # an example: correct it" : "")
      }
  }
}

extension ReadSummary {
  /// What came of each line, for people.
  fileprivate var lines: [String] {
    var parts = [
      "\(counts.lines) lines: \(counts.rows) rows", "\(counts.rejects) rejected",
    ]
    let others = [
      (counts.skippedRecords, "records left out"), (counts.skippedLines, "lines left out"),
      (counts.headers, "header lines"), (counts.comments, "comments"), (counts.blanks, "blank"),
      (counts.footer, "footer lines"), (counts.continuations, "lines inside records"),
    ]
    parts += others.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }
    var lines = [parts.joined(separator: ", ")]
    if self.parts.count > 1 {
      lines += self.parts.filter { $0.rowCount > 0 }.map {
        "\($0.format.id): \($0.rowCount) rows"
      }
    }
    if let timeRange { lines.append("\(timeRange.first.isoText) to \(timeRange.last.isoText)") }
    lines += leftOut.map { "left out \($0)" }
    if repairedTextCount > 0 { lines.append("\(repairedTextCount) texts were not valid UTF-8") }
    return lines + rejectsByReason.map { "rejected \($0)" } + remarks
  }
}
