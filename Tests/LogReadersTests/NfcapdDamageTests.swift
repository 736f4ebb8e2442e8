import Columnar
import TestSupport
import Testing

@testable import LogReaders

private let folder = fixtures + "/nfcapd"

/// Files of layout 2, made here.
private struct FileMaker {
  var bytes: [UInt8] = [0x0C, 0xA5, 2, 0] + [UInt8](repeating: 0, count: 36)

  static func number(_ value: UInt64, _ count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) }
  }

  static func record(_ type: UInt64, _ body: [UInt8]) -> [UInt8] {
    number(type, 2) + number(UInt64(4 + body.count), 2) + body
  }

  /// A flow record with some extensions.
  static func flow(_ extensions: [[UInt8]]) -> [UInt8] {
    record(
      11, number(UInt64(extensions.count), 2) + [0, 0, 0, 0, 0, 0] + extensions.flatMap(\.self))
  }

  static func generic(
    first: UInt64 = 1_700_000_000_000, last: UInt64 = 1_700_000_001_500, bytes: UInt64 = 60
  ) -> [UInt8] {
    record(
      1,
      number(first, 8) + number(last, 8) + number(0, 8) + number(1, 8) + number(bytes, 8)
        + number(40_000, 2) + number(443, 2) + [6, 0x12, 0, 0])
  }

  static let ipv4 = record(2, number(0x0A00_0001, 4) + number(0x0A00_0002, 4))
  static let ipv6 = record(
    3, number(0x2001_0DB8 << 32, 8) + number(1, 8) + number(0x2001_0DB8 << 32, 8) + number(2, 8))

  mutating func block(_ records: [[UInt8]], stated: Int? = nil, size: Int? = nil, type: UInt64 = 3)
  {
    let content = records.flatMap(\.self)
    bytes += FileMaker.number(UInt64(stated ?? records.count), 4)
    bytes += FileMaker.number(UInt64(size ?? content.count), 4)
    bytes += FileMaker.number(type, 2) + [0, 0] + content
  }
}

@Suite("Damaged and odd files of nfcapd")
struct NfcapdDamageTests {
  private func read(_ file: FileMaker) throws -> Reading {
    let reading = try readDirectly(file.bytes, builtIn("nfcapd"))
    #expect(reading.summary.counts.isBalanced)
    return reading
  }

  private func reasons(_ reading: Reading) -> [String] {
    reading.rejects.flatMap { batch in
      (0..<batch.rowCount).compactMap { batch[Reject.reason][$0] }
    }
  }

  @Test("a flow whose times are zero has those of its event, and one that ends first lasts nothing")
  func times() throws {
    var file = FileMaker()
    let event = FileMaker.record(
      19, FileMaker.number(1_700_000_002_000, 8) + FileMaker.number(0, 8))
    file.block([
      FileMaker.flow([FileMaker.generic(first: 0, last: 0), FileMaker.ipv4, event]),
      FileMaker.flow([FileMaker.generic(last: 5), FileMaker.ipv4]),
    ])
    let reading = try read(file)
    #expect(
      reading.column("event_time") == ["2023-11-14T22:13:22Z", "2023-11-14T22:13:20Z"])
    #expect(reading.column("duration_us") == ["0", "0"])
    #expect(
      reading.summary.remarks.contains(
        "1 flows end before they start: their duration is taken as 0"))
    #expect(reading.summary.remarks.contains { $0.contains("lacks its statistics") })
  }

  @Test("of two versions of addresses, that one counts which the exporter filled or names")
  func bothVersions() throws {
    func layer2(_ version: UInt8) -> [UInt8] {
      FileMaker.record(38, [UInt8](repeating: 0, count: 26) + [version] + [0, 0, 0, 0, 0])
    }
    let none = FileMaker.record(2, [UInt8](repeating: 0, count: 8))
    var file = FileMaker()
    file.block([
      FileMaker.flow([FileMaker.generic(), FileMaker.ipv4, FileMaker.ipv6]),
      FileMaker.flow([FileMaker.generic(), none, FileMaker.ipv6]),
      FileMaker.flow([FileMaker.generic(), FileMaker.ipv4, FileMaker.ipv6, layer2(6)]),
      FileMaker.flow([FileMaker.generic(), none, FileMaker.ipv6, layer2(4)]),
    ])
    #expect(
      try read(file).column("source_ip") == ["10.0.0.1", "2001:db8::1", "2001:db8::1", "0.0.0.0"])
  }

  @Test("what can't be a row is a reject with its reason and place, and the rest are rows")
  func rejects() throws {
    let good = FileMaker.flow([FileMaker.generic(), FileMaker.ipv4])
    var short = good
    short[14] = 200  // The first extension's length.
    var file = FileMaker()
    file.block([
      good, short, FileMaker.flow([FileMaker.record(1, [1, 2, 3, 4])]),
      FileMaker.flow([FileMaker.generic(bytes: .max), FileMaker.ipv4]),
      FileMaker.flow([FileMaker.generic(first: 1000), FileMaker.ipv4]),
      FileMaker.record(10, [UInt8](repeating: 0, count: 60)), FileMaker.record(16, [0, 0]),
      FileMaker.record(99, [0, 0]), FileMaker.record(2, [0, 0, 0, 0, 77, 0]), good,
    ])
    file.block([good], type: 4)
    file.block([good])
    let reading = try read(file)
    #expect(reading.summary.counts.rows == 3)
    #expect(
      Set(reasons(reading)) == [
        "the record's extensions do not fit its size", "source_bytes: number out of range",
        "event_time: before the earliest date allowed",
        "no usable extension map comes before the record",
        "a flow record of another version of nfdump", "a record of a type that is not known",
        "an extension map has an extension that is not known",
        "a block of a type that is not known",
      ])
    let first = try #require(reading.rejects.first)
    let brokenOffsets = (0..<first.rowCount).filter {
      first[Reject.reason][$0] == "the record's extensions do not fit its size"
    }.map { first[Reject.offset].value($0) }
    #expect(brokenOffsets == [Int64(52 + good.count), Int64(52 + 2 * good.count)])
    #expect(reading.column("log_line").last == "8")
  }

  @Test("a block that lies about its records or its size loses only what can't be told apart")
  func lyingBlocks() throws {
    let good = FileMaker.flow([FileMaker.generic(), FileMaker.ipv4])
    var file = FileMaker()
    file.block([good, good, good], stated: 2)
    file.block([good], stated: 9)
    file.block([good, [11, 0, 3, 0], good])
    file.block([good], size: 6 << 20)
    file.block([good])
    let reading = try read(file)
    #expect(reading.summary.counts.rows == 4)
    #expect(
      reasons(reading) == [
        "the block's records do not fit its size and number: the rest of it is not read",
        "the block's records do not fit its size and number: the rest of it is not read",
        "the block's records do not fit its size and number: the rest of it is not read",
        "a block larger than 5242880 bytes: nothing behind it is read",
      ])
  }

  @Test("a file cut anywhere gives the rows before the cut, and says that it is cut")
  func cut() throws {
    let format = try builtIn("nfcapd")
    for name in ["flows-1", "events-2", "flows-2-lz4", "flows-2-zstd"] {
      let file = try bytes(of: "\(folder)/\(name).nfcapd")
      let whole = try readDirectly(file, format).rowTexts
      for length in stride(from: 0, to: file.count, by: 61) {
        let part = Array(file[..<length])
        guard length >= (name == "flows-1" ? 276 : 40) else {
          #expect(throws: InputError.self) { try readDirectly(part, format) }
          continue
        }
        let reading = try readDirectly(part, format)
        #expect(reading.summary.counts.isBalanced)
        #expect(whole.starts(with: reading.rowTexts))
        #expect(
          reading.summary.remarks.contains { $0.contains("may be cut") }
            || whole.count == reading.rowTexts.count)
        let isPacked = name.contains("z")
        if !isPacked, length > file.count / 2 { #expect(reading.rowTexts.count > whole.count / 3) }
      }
    }
  }

  /// `make fuzz` looks for longer.
  @Test("no change of bytes is a crash or leaves a record unaccounted for")
  func mutations() throws {
    try NfcapdMutations(seed: 7).run(count: 150)
  }
}

/// Genuine files with bytes changed at random: flips, numbers at their limits, pieces moved, cuts.
private struct NfcapdMutations {
  let seed: UInt64
  private static let names = [
    "flows-1", "flows-1-lz4", "events-1", "flows-2", "flows-2-lz4", "flows-2-zstd", "events-2",
    "biflow-2",
  ]

  func run(count: Int) throws {
    let format = try builtIn("nfcapd")
    let files = try NfcapdMutations.names.map { try bytes(of: "\(folder)/\($0).nfcapd") }
    var random = SplitMix(seed: seed)
    for _ in 0..<count {
      var file = files[random.next(files.count)]
      for _ in 0...random.next(6) { change(&file, &random) }
      do {
        let reading = try readDirectly(file, format)
        let counts = reading.summary.counts
        let isAccounted =
          counts.isBalanced && counts.rows == reading.rows.reduce(0) { $0 + $1.rowCount }
          && counts.rejects == reading.rejects.reduce(0) { $0 + $1.rowCount }
          && counts.rejects == reading.summary.rejectsByReason.reduce(0) { $0 + $1.count }
        if !isAccounted { Issue.record("seed \(seed): \(counts)") }
      } catch is NotCovered {
      } catch is InputError {}
    }
  }

  private func change(_ file: inout [UInt8], _ random: inout SplitMix) {
    guard file.count > 64 else { return }
    // Heads and sizes are a small part of a file and decide most.
    let position = random.next(random.next(3) == 0 ? min(file.count, 420) : file.count)
    switch random.next(6) {
    case 0: file[position] ^= 1 << UInt8(random.next(8))
    case 1: file[position] = [0, 1, 0x7F, 0x80, 0xFF][random.next(5)]
    case 2:
      let value = UInt8(truncatingIfNeeded: random.next(256))
      for index in position..<min(position + 1 + random.next(8), file.count) {
        file[index] = value
      }
    case 3: file.removeLast(random.next(file.count / 2))
    case 4:
      let end = min(position + random.next(200), file.count)
      file.insert(contentsOf: Array(file[position..<end]), at: random.next(file.count))
    default: file.removeSubrange(position..<min(position + random.next(40), file.count))
    }
  }
}
