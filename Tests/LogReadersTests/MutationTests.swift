import TestSupport
import Testing

@testable import LogReaders

@Suite("Damaged text")
struct MutationTests {
  private static let seeds: [UInt64] = [1, 2, 3]

  /// The samples of a format in a row, damaged here and there.
  private func text(_ format: Format, _ random: inout SplitMix) -> [UInt8] {
    var text: [UInt8] = []
    if let header = format.tests.first?.header { text += Array(header.utf8) + [0x0A] }
    for _ in 0..<12 {
      var line = Array(format.tests[random.next(format.tests.count)].line.utf8)
      for _ in 0..<random.next(4) where !line.isEmpty {
        let place = random.next(line.count)
        switch random.next(5) {
        case 0: line.remove(at: place)
        case 1: line[place] = UInt8(random.next(256))
        case 2: line.removeSubrange(place...)
        case 3: line.insert(contentsOf: line[place...].prefix(20), at: place)
        default: line.insert(Array("\"'\\[]{}<>=,:; \t\u{0}\r\n".utf8)[random.next(18)], at: place)
        }
      }
      text += line + (random.next(8) == 0 ? [0x0D, 0x0A] : [0x0A])
    }
    if random.next(2) == 0 { text.removeLast() }
    return text
  }

  private func outcome(
    _ text: [UInt8], _ format: Format, _ settings: ReaderSettings, pieceCapacity: Int,
    streamPiece: Int
  ) throws -> (rows: [[String?]], rejects: [[String?]], counts: LineCounts?, error: String) {
    do {
      let reading = try read(
        text, format, settings: settings, pieceCapacity: pieceCapacity, streamPiece: streamPiece)
      return (reading.rowTexts, reading.rejectTexts, reading.summary.counts, "")
    } catch let error as InputError {
      return ([], [], nil, error.description)
    }
  }

  @Test(
    "of every format is accounted for, line by line, and gives the same in any pieces and without shortcuts"
  )
  func everyFormat() throws {
    for format in try builtInFormats.get().formats {
      var format = format
      if format.read.shape == .nfcapd { format.read.shape = .positional }
      var settings = try settings(zone: "Europe/Berlin")
      settings.year = 2026
      for seed in Self.seeds {
        var random = SplitMix(seed: seed)
        let text = text(format, &random)
        let whole = try outcome(
          text, format, settings, pieceCapacity: 512 << 10, streamPiece: .max)
        var slowSettings = settings
        slowSettings.takesShortcuts = false
        let parts = try outcome(
          text, format, slowSettings, pieceCapacity: 9000, streamPiece: 1 + random.next(500))
        #expect(whole.counts?.isBalanced != false, "\(format.id), seed \(seed)")
        #expect(whole.rows == parts.rows, "\(format.id), seed \(seed)")
        #expect(whole.rejects == parts.rejects, "\(format.id), seed \(seed)")
        #expect(whole.counts == parts.counts, "\(format.id), seed \(seed)")
        #expect(whole.error == parts.error, "\(format.id), seed \(seed)")
      }
    }
  }
}
