import Events
import FoundationEssentials
import Registry
import Rewording
import StageKit
import TestSupport

/// Takes bytes for one of the JSON files that stages write and read back. The first byte says
/// which.
enum StoreCheck {
  static func fault(_ input: [UInt8]) throws -> String? {
    guard let kind = input.first else { return nil }
    let bytes = Array(input.dropFirst())
    return switch kind {
    case UInt8(ascii: "m"): try manifestFault(bytes)
    case UInt8(ascii: "l"): try logFault(bytes)
    case UInt8(ascii: "c"): try chainFault(bytes)
    case UInt8(ascii: "k"): try keptAnswerFault(bytes)
    default: nil
    }
  }

  /// A manifest that is read comes back the same when it was written.
  private static func manifestFault(_ bytes: [UInt8]) throws -> String? {
    let file = try ScratchFile(bytes, name: Manifest.fileName)
    do {
      guard let manifest = try Manifest.read(folder: file.folderPath) else { return "not there" }
      let input = manifest.asInput(name: "it")
      let written = try ScratchFile(manifest.encoded(), name: Manifest.fileName)
      guard let again = try Manifest.read(folder: written.folderPath), again == manifest,
        again.fingerprint == manifest.fingerprint, again.asInput(name: "it") == input
      else { return "another manifest" }
      let files = try IngestedFile.all(manifest.facts, folder: "folder")
      let facts = IngestedFile.facts(of: files)
      let filesAgain = try IngestedFile.all(facts, folder: "folder")
      return IngestedFile.facts(of: filesAgain) == facts ? nil : "other facts"
    } catch is StageError {
      return nil
    }
  }

  /// Bytes as a chained log: whatever it is, it is read or refused, and so are its entries.
  private static func logFault(_ bytes: [UInt8]) throws -> String? {
    let log = ChainedLog(path: try ScratchFile(bytes).path)
    do {
      let records = try log.read()
      return try eventFault(log, records)
    } catch is StageError {
      return nil
    }
  }

  /// The first two bytes are a place, the third what is exclusive-ored with the byte there; the
  /// other lines become entries. What was appended is read; a damaged log is refused, or what is
  /// read of it is how it began.
  private static func chainFault(_ bytes: [UInt8]) throws -> String? {
    guard bytes.count > 3, let text = String(validating: bytes[3...], as: UTF8.self) else {
      return nil
    }
    let lines = text.utf8.split(separator: 0x0A).map { String(Substring($0)) }
    let folder = try TemporaryFolder()
    let log = ChainedLog(path: folder.file("events.jsonl"))
    try log.append { _ in lines }
    let records = try log.verified()
    guard records.map(\.entry) == lines else { return "other entries" }
    if let fault = try eventFault(log, records) { return fault }
    guard bytes[2] != 0, !lines.isEmpty else { return nil }
    var damaged = try FileBytes.read(log.path)
    let place = (Int(bytes[0]) << 8 | Int(bytes[1])) % damaged.count
    damaged[place] ^= bytes[2]
    try FileBytes.write(damaged, to: log.path)
    do {
      let read = try log.read()
      // The last line feed may be any byte that makes half a line of it.
      guard read.count <= records.count, read.map(\.hash) == records.prefix(read.count).map(\.hash)
      else { return "other entries of a damaged log" }
    } catch is StageError {
      try log.appendUnread("{}")
      do {
        _ = try log.verified()
        return "damage that another entry hides"
      } catch is StageError {}
    }
    return nil
  }

  /// Events that are read fold, and come back the same when they were written.
  private static func eventFault(
    _ log: ChainedLog, _ records: [ChainedLog.Record]
  ) throws -> String? {
    do {
      let events: [RegistryEvent] = try log.decoded(records)
      for event in events {
        let text = try JSONText.compact(event)
        let again = try JSONDecoder().decode(RegistryEvent.self, from: Data(text.utf8))
        guard again == event else { return "another event than \(text)" }
      }
      let state = RegistryState(events)
      _ = LegalHold.all([], state)
      _ = state.rules(on: CivilDate(dayNumber: 20_000), calendar: CivilCalendar())
    } catch is StageError {}
    do {
      let entries: [PruneLog.Entry] = try log.decoded(records)
      _ = entries.map(\.date)
    } catch is StageError {}
    return nil
  }

  private static func keptAnswerFault(_ bytes: [UInt8]) throws -> String? {
    do {
      let kept = try KeptAnswer(line: bytes)
      let line = try ModelExchange(kept, of: AnswerCheck.evidence).line()
      return try KeptAnswer(line: line.utf8) == kept ? nil : "another answer"
    } catch is DecodingError {
      return nil
    }
  }
}
