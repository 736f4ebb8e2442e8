import Dispatch
import Glibc
import Subprocess
import SystemPackage

/// Reads files of nfcapd that are not read directly, by running `nfdump`, which prints the columns
/// that the format names.
///
/// Waits for tasks that serve the subprocess, so it must run on a thread that is not one of theirs:
/// the main one, or one of Dispatch.
struct NfdumpReader {
  let format: Format
  let path: String

  /// Runs `body` on the text that nfdump prints for the file.
  ///
  /// - Parameter flowCount: the flows in the rows so far, which are more than the rows where
  ///   records are aggregated.
  /// - Throws: where nfdump is missing, fails, or prints another number of flows than the file
  ///   states.
  func read(
    observe: ((UnsafeRawBufferPointer) -> Void)?, flowCount: () -> Int,
    _ body: (any ByteStream) throws -> ReadSummary
  ) throws -> ReadSummary {
    try showBytes(to: observe)
    let version = try nfdumpVersion()
    let stated = try statedFlowCount()
    let summary = try run(arguments(version), body)
    let unread = summary.counts.rejects + summary.counts.skippedRecords
    let printed = summary.counts.rows + unread
    let flows = max(flowCount(), summary.counts.rows) + unread
    // What records that are not read stand for is not known.
    guard printed == stated || flows == stated || (unread > 0 && stated > flows && flows > printed)
    else {
      throw InputError(path, "nfdump printed \(flows) flows, and the file states \(stated)")
    }
    return summary
  }

  private func showBytes(to observe: ((UnsafeRawBufferPointer) -> Void)?) throws {
    let file = try FileStream(path: path, observe: observe)
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    defer { buffer.deallocate() }
    while try file.read(into: buffer) > 0 {}
  }

  struct Version: Comparable {
    let parts: [Int]
    static func < (a: Version, b: Version) -> Bool { a.parts.lexicographicallyPrecedes(b.parts) }
  }

  private func nfdumpVersion() throws -> Version {
    let text = try output(["-V"])
    let digits = text.drop { !$0.isNumber }.prefix { $0.isNumber || $0 == "." }
    let version = Version(parts: digits.split(separator: ".").compactMap { Int($0) })
    guard version >= Version(parts: [1, 7]) else {
      throw InputError(path, "expected nfdump 1.7 or later, found \"\(text)\"")
    }
    return version
  }

  private func statedFlowCount() throws -> Int {
    for line in try output(["-I", "-r", path]).split(separator: "\n")
    where line.hasPrefix("Flows:") {
      if let count = Int(line.dropFirst(6).drop { $0 == " " }) { return count }
    }
    throw InputError(path, "nfdump -I states no number of flows")
  }

  /// Columns are named as nfdump 1.7.1 names them; 1.7.5 prints CSV and renames two of them.
  func arguments(_ version: Version) -> [String] {
    let isNew = version >= Version(parts: [1, 7, 5])
    let names = format.read.columns.map { name in
      isNew ? ["pkt": "ipkt", "byt": "ibyt"][name] ?? name : name
    }
    let columns = names.map { "%" + $0 }.joined(separator: ",")
    let options = isNew ? [] : ["-6", "-N"]
    return ["-q"] + options + ["-r", path, "-o", (isNew ? "csv:" : "fmt:") + columns]
  }

  private static let environment = Environment.inherit.updating(["TZ": "UTC"])

  /// Runs nfdump with its output in a pipe, which `body` reads at the same time.
  private func run(
    _ arguments: [String], _ body: (any ByteStream) throws -> ReadSummary
  ) throws -> ReadSummary {
    let ends = try FileDescriptor.pipe()
    let reader = FileStream(descriptor: ends.readEnd.rawValue, name: path)
    let outcome = Outcome()
    Task.detached {
      await outcome.run {
        let result = try await Subprocess.run(
          .name("nfdump"), arguments: Arguments(arguments),
          environment: NfdumpReader.environment,
          output: .fileDescriptor(ends.writeEnd, closeAfterSpawningProcess: true),
          error: .string(limit: 4096))
        return (result.terminationStatus.isSuccess, result.standardError)
      }
    }
    let summary = Result { try body(reader) }
    let (isSuccess, message) = try outcome.wait(path)
    guard isSuccess else { throw InputError(path, "nfdump failed: \(message)") }
    return try summary.get()
  }

  private func output(_ arguments: [String]) throws -> String {
    let outcome = Outcome()
    Task.detached {
      await outcome.run {
        let result = try await Subprocess.run(
          .name("nfdump"), arguments: Arguments(arguments),
          environment: NfdumpReader.environment, output: .string(limit: 65_536),
          error: .string(limit: 4096))
        return (
          result.terminationStatus.isSuccess,
          result.terminationStatus.isSuccess ? result.standardOutput : result.standardError
        )
      }
    }
    let (isSuccess, text) = try outcome.wait(path)
    guard isSuccess else { throw InputError(path, "nfdump failed: \(text)") }
    return text
  }
}

/// What a subprocess came to, handed from the task that ran it to the thread that waits.
///
/// `@unchecked Sendable`: `result` is written before the semaphore is signalled, and read after.
private final class Outcome: @unchecked Sendable {
  private let isDone = DispatchSemaphore(value: 0)
  private var result: Result<(Bool, String), any Error>?

  func run(_ body: () async throws -> (Bool, String)) async {
    do {
      result = .success(try await body())
    } catch {
      result = .failure(error)
    }
    isDone.signal()
  }

  func wait(_ path: String) throws -> (Bool, String) {
    isDone.wait()
    switch result {
    case .success(let value): return value
    case .failure(let error):
      throw InputError(path, "nfdump can't be run: \(error) (is it installed?)")
    case nil: throw InputError(path, "nfdump can't be run")
    }
  }
}
