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
}
