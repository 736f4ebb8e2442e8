@_exported import ArgumentParser
import ArrowFile
import Events
import Glibc
@_exported import Logging

/// A stage's command line. `@_exported`: the executables declare their options with
/// ArgumentParser's wrappers and log through swift-log; this is the one place that depends on them.
package protocol StageCommand: ParsableCommand {}

extension StageCommand {
  /// Parses the command line, runs the stage, and ends with one of `StageExitCode`.
  package static func main() {
    umask(0o027)
    signal(SIGPIPE, SIG_IGN)
    let name = configuration.commandName ?? "tidemark"
    Interruption.announce(as: name)
    do {
      var command = try parseAsRoot()
      // Asked for help, ArgumentParser answers with a command of its own.
      guard command is any StageCommand else { return try command.run() }
      do {
        try command.run()
      } catch let error as StageError {
        report("\(name): \(error)")
        Glibc.exit(error.code.rawValue)
      } catch let error where !(error is any ParserError) {
        report("\(name): \(error)")
        Glibc.exit(StageExitCode.failed.rawValue)
      }
    } catch {
      exit(withError: error)
    }
  }

  private static func report(_ line: String) { StandardError.write(line) }
}

/// Errors that ArgumentParser prints itself: help, version, usage.
private protocol ParserError {}
extension CleanExit: ParserError {}
extension ExitCode: ParserError {}
extension ValidationError: ParserError {}

/// Options that every stage has.
package struct CommonOptions: ParsableArguments {
  @Option(help: "The site file.")
  package var site = "pipelines/site.toml"

  @Option(help: "The folder that holds the site's data.")
  package var store = "data/store"

  @Option(help: "Compression of a new store: none or zstd. An existing store keeps its own.")
  package var compression = "none"

  @Option(help: "Threads to use. Results do not depend on it.")
  package var threads = 2

  @Flag(help: "Print what was done as JSON, a line for each folder.")
  package var json = false

  @Flag(help: "Say more on stderr.")
  package var verbose = false

  package init() {}

  package func validate() throws {
    guard (1...64).contains(threads) else { throw ValidationError("--threads: expected 1 to 64") }
    guard compression == "none" || compression == "zstd" else {
      throw ValidationError("--compression: expected none or zstd")
    }
  }

  /// The site as the store shows it.
  package func openSite() throws -> Site { try openStatedSite().seen(in: store) }

  /// The site as the site file has it, for what reads or names real addresses.
  package func openStatedSite() throws -> Site {
    guard FileBytes.exists(site) else {
      throw StageError(
        "\(site): no such site file; copy pipelines/site.toml and name yours with --site",
        code: .usage)
    }
    return try Site(path: site)
  }

  /// What a command is going to do with a store.
  package enum StoreUse {
    case reading
    /// The audit log gets a line.
    case writing
    /// As writing; a missing store is made.
    case making
    /// As writing, and nobody else may do more than read meanwhile.
    case removing
  }

  /// Opens the store without what killed runs left behind.
  package func openStore(for use: StoreUse = .reading) throws -> Store {
    guard use == .making || Store.exists(at: store) else {
      throw StageError(
        "\(store): expected a store, found none; run ingest first, or name yours with --store",
        code: .usage)
    }
    if use == .making { try FileBytes.makeFolder(store) }
    switch use {
    case .reading: break
    case .writing, .making: try StoreLock.adding.hold(store, patience: 10_000)
    case .removing: try StoreLock.removing.hold(store, patience: 500)
    }
    let store = try Store(path: store, compression: .init(rawValue: compression) ?? .none)
    try store.sweep()
    if use != .reading { try AuditLog(store).recordRun(site: site) }
    return store
  }

  package func logger(_ stage: String) -> Logger {
    var logger = Logger(label: stage) { StderrLogHandler(stage: $0) }
    logger.logLevel = verbose ? .debug : .info
    return logger
  }
}

/// Which days a stage works on.
package struct DayOptions: ParsableArguments {
  @Option(help: "One day, for instance 2026-03-29.")
  package var day: String?

  @Option(help: "The first of several days.")
  package var from: String?

  @Option(help: "The last of several days.")
  package var to: String?

  @Flag(help: "The days that the store already has from this stage.")
  package var existing = false

  package init() {}

  package func validate() throws {
    let choices = [day != nil, from != nil || to != nil, existing].filter(\.self).count
    guard choices == 1, (from == nil) == (to == nil) else {
      throw ValidationError("expected --day, or --from and --to, or --existing")
    }
    _ = try named()
  }

  /// The days asked for, in order; `area` of the store (`events`, `scores`, …) says which exist.
  package func days(in store: Store, area: String) throws -> [CivilDate] {
    try existing ? store.days(in: area) : named()
  }

  private func named() throws -> [CivilDate] {
    func parse(_ text: String?, _ option: String) throws -> CivilDate? {
      guard let text else { return nil }
      guard let date = CivilDate(text) else {
        throw ValidationError("\(option): expected a date such as 2026-03-29, found \(text)")
      }
      return date
    }
    if let day = try parse(day, "--day") { return [day] }
    guard let first = try parse(from, "--from"), let last = try parse(to, "--to") else {
      return []
    }
    guard first <= last else { throw ValidationError("--from: \(first) is after \(last)") }
    return (first.dayNumber...last.dayNumber).map { CivilDate(dayNumber: $0) }
  }
}

/// Lines for people; what it prints in one call stays together, whatever other threads print.
package enum StandardError {
  package static func write(_ line: String) {
    let bytes = Array((line + "\n").utf8)
    _ = bytes.withUnsafeBytes { Glibc.write(STDERR_FILENO, $0.baseAddress, bytes.count) }
  }
}

/// Diagnostics as plain lines: `score: 2026-03-29: up to date`.
private struct StderrLogHandler: LogHandler {
  let stage: String
  var logLevel = Logger.Level.info
  var metadata: Logger.Metadata = [:]

  init(stage: String) { self.stage = stage }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    let mark = event.level >= .warning ? "\(event.level): " : ""
    StandardError.write("\(stage): \(mark)\(event.message)")
  }
}
