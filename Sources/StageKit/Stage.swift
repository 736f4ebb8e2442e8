@_exported import ArgumentParser
import ArrowFile
import CLinux
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
    returnFreedColumns()
    let name = configuration.commandName ?? "tidemark"
    Interruption.announce(as: name)
    do {
      var command = try parseAsRoot()
      // Asked for help, ArgumentParser answers with a command of its own.
      guard command is any StageCommand else { return try command.run() }
      do {
        try command.run()
      } catch let error as StageError {
        StandardError.write("\(name): \(error)")
        Glibc.exit(error.code.rawValue)
      } catch let error where !(error is any ParserError) {
        StandardError.write("\(name): \(error)\(advice(on: error))")
        Glibc.exit(StageExitCode.failed.rawValue)
      }
    } catch {
      exit(withError: error)
    }
  }
}

/// Has glibc give large blocks back to the system once they are freed.
///
/// A batch's columns are hundreds of kilobytes. By default glibc takes the first freed one as a
/// sign to serve blocks of its size from the heap from then on (up to 32 MiB, `mallopt(3)`), where
/// what is small and lives on keeps whole columns' room from being returned: stages took up to nine
/// times the memory. The price is that such blocks come from the system each time, page by page:
/// loops that need one batch after batch keep it (`BatchMemory`).
private func returnFreedColumns() {
  mallopt(M_MMAP_THRESHOLD, 128 * 1024)
}

/// What to do about a table of a finished folder that can't be read.
private func advice(on error: any Error) -> String {
  guard let path = (error as? ArrowFileError)?.path,
    case let folder = FileBytes.parent(of: path),
    FileBytes.exists("\(folder)/\(Manifest.fileName)")
  else { return "" }
  return "; if it is damaged, remove \(folder) and run its stage again"
}

/// Errors that ArgumentParser prints itself: help, version, usage.
private protocol ParserError {}
extension CleanExit: ParserError {}
extension ExitCode: ParserError {}
extension ValidationError: ParserError {}

/// Options that every stage has.
package struct CommonOptions: ParsableArguments {
  @Option(help: "The site file, if not that of the variable TIDEMARK_SITE.")
  package var site = CommonOptions.variable("TIDEMARK_SITE") ?? "pipelines/site.toml"

  @Option(help: "The folder that holds the site's data, if not that of TIDEMARK_STORE.")
  package var store = CommonOptions.variable("TIDEMARK_STORE") ?? "data/store"

  @Option(help: "Compression of a new store: none or zstd. An existing store keeps its own.")
  package var compression = "none"

  @Option(help: "Threads to use. Results do not depend on it.")
  package var threads = 2

  @Option(help: "For how many more seconds to wait for a folder that another run is writing.")
  package var wait = 0

  @Flag(help: "Print what was done as JSON, a line for each folder.")
  package var json = false

  @Flag(help: "Say more on stderr.")
  package var verbose = false

  package init() {}

  private static func variable(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
  }

  package func validate() throws {
    guard (1...64).contains(threads) else { throw ValidationError("--threads: expected 1 to 64") }
    guard compression == "none" || compression == "zstd" else {
      throw ValidationError("--compression: expected none or zstd")
    }
    guard (0...86_400).contains(wait) else {
      throw ValidationError("--wait: expected 0 to 86400")
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
    do { return try Site(path: site) } catch let error as StageError {
      // A site file that is wrong stays wrong, however often a timer tries.
      throw StageError(error.description, code: .usage)
    }
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
    var store = try Store(path: store, compression: .init(rawValue: compression) ?? .none)
    store.patience += wait * 1000
    if use != .reading {
      try store.sweep()
      try AuditLog(store).recordRun(site: site)
    }
    return store
  }

  package func logger(_ stage: String) -> Logger {
    var logger = Logger(label: stage) { StderrLogHandler(stage: $0) }
    logger.logLevel = verbose ? .debug : .info
    return logger
  }
}
