import CKernels
import Columnar
import TestSupport
import Testing

@testable import LogReaders

@Suite("The fast path and libcsv")
struct ParserAgreementTests {
  private static let format = """
    [format]
    id = "agreement"
    class = "flow"
    bytes_kind = "l3"
    [flow]
    kind = "oneway"
    [read]
    shape = "delimited"
    quote = '"'
    trim = true
    [skip]
    comment = "#"
    lines = ['^--']
    when = { proto = ["man"] }
    [time]
    field = "time"
    formats = ["yyyy-MM-dd HH:mm:ss", "epoch"]
    zone = "required"
    [map]
    source_ip = { from = "from", type = "ip" }
    destination_host = "to"
    source_port = { from = "port", type = "port", null = ["", "-"] }
    destination_port = { first_of = ["port", "bytes"], type = "port", null = ["22", "6553*"], else_null = true, when = { proto = ["tcp", "UDP"] } }
    network_iana_number = { from = "proto", values = "iana" }
    tcp_flags = { from = "proto", values = "flags", null = ["17"] }
    destination_ip = { first_of = ["from", "to"], type = "ip", null = ["10.0.0.1"], else_null = true }
    source_bytes = { from = "bytes", type = "size" }
    duration_us = { from = "took", type = "decimal", unit = "s" }
    user_name = { from = "user", lower = true }
    [values.flags]
    tcp = "2"
    "*" = "0"
    [[test]]
    header = "time,from,to,port,proto,bytes,took,user"
    line = "2026-07-01 10:00:00,10.0.0.1,web,1,tcp,5,0.5,Ann"
    zone = "UTC"
    expect = { user_name = "ann" }
    """

  private static let fields: [[String]] = [
    [
      "2026-07-01 10:00:00", "2026-10-25 02:30:59.25", "1782900000.5", "2026-13-01 00:00:00", "",
      "1",
    ],
    ["10.0.0.1", "10.0.0.256", "2001:db8::1", "::ffff:1.2.3.4", "10.0.0.01", " 10.0.0.7 ", "x"],
    ["web", "caf\u{E9}", "", "a b", "\u{1F600}", "name\t", "a-longer-name.example.org"],
    ["1", "65535", "65536", "-", "", "0x10", " 22"],
    ["tcp", "UDP", "17", "man", "256", "", "nonsense"],
    ["5", "1.6 M", "12K", "-1", "1e3", "99999999999999999999", ""],
    ["0.5", "18446744073709532.000", "3", ".5", "1.2345678", "", "2."],
    ["Ann", "", "O\u{308}", "-", "x\u{0}y", "long enough to pass the sixteen"],
  ]

  /// Text that holds most kinds of trouble: ragged rows, quotes good and bad, mixed line ends,
  /// comments, blank lines, bytes that are not UTF-8.
  private static func text(_ random: inout SplitMix, quotes: Bool) -> [UInt8] {
    let lineEnds = ["\n", "\n", "\r\n", "\r"]
    let fixedEnd = random.next(4) == 0 ? nil : lineEnds[random.next(lineEnds.count)]
    var text = Array("time,from,to,port,proto,bytes,took,user".utf8)
    text += Array((fixedEnd ?? "\n").utf8)
    for _ in 0..<random.next(60) {
      switch random.next(20) {
      case 0: text += Array("# a comment, with commas".utf8)
      case 1: break
      case 2: text += Array("-- left out".utf8)
      case 3: text += Array("time,from,to,port,proto,bytes,took,user".utf8)
      default:
        let count = random.next(12) == 0 ? random.next(11) : 8
        for index in 0..<count {
          if index > 0 { text.append(UInt8(ascii: ",")) }
          let values = fields[min(index, 7)]
          // Mostly the first value, so that most rows are taken.
          let value = random.next(6) == 0 ? values[random.next(values.count)] : values[0]
          text += field(value, &random, quotes: quotes)
        }
      }
      if random.next(40) == 0 { text += [0xC3, 0x28, 0xFF] }
      text += Array((fixedEnd ?? lineEnds[random.next(lineEnds.count)]).utf8)
    }
    if random.next(3) == 0, !text.isEmpty { text.removeLast() }
    return text
  }

  private static func field(
    _ value: String, _ random: inout SplitMix, quotes: Bool
  ) -> [UInt8] {
    guard quotes else { return Array(value.utf8) }
    switch random.next(30) {
    case 0: return Array("\"\(value)\"".utf8)
    case 1: return Array("\"\(value), \"\"so\"\"\"".utf8)
    case 2: return Array("\"two\nlines\"".utf8)
    case 3: return random.next(4) == 0 ? Array("\"b\"x".utf8) : Array("\"\"".utf8)
    case 4: return random.next(4) == 0 ? Array("in \" side".utf8) : Array(value.utf8)
    default: return Array(value.utf8)
    }
  }

  @Test("give the same rows, rejects and line numbers, whatever the pieces", arguments: 0..<300)
  func agree(seed: Int) throws {
    var random = SplitMix(seed: UInt64(seed))
    let format = try Format(toml: Self.format, path: "agreement.toml")
    let text = Self.text(&random, quotes: seed % 2 == 0)
    var slow = try settings(zone: "Europe/Berlin", forcesLibCSV: true)
    slow.takesShortcuts = false
    let reference = try read(text, format, settings: slow)
    #expect(reference.summary.counts.isBalanced, "seed \(seed)")
    for capacity in [300, 1000, 64 << 10] {
      let fast = try read(
        text, format, settings: settings(zone: "Europe/Berlin"), pieceCapacity: capacity,
        streamPiece: 1 + random.next(200))
      #expect(fast.rowTexts == reference.rowTexts, "seed \(seed), pieces of \(capacity)")
      #expect(fast.rejectTexts == reference.rejectTexts, "seed \(seed), pieces of \(capacity)")
      #expect(fast.summary.counts == reference.summary.counts, "seed \(seed)")
    }
  }

  @Test("cut at the same places with and without vector instructions", arguments: 0..<40)
  func scans(seed: Int) {
    var random = SplitMix(seed: UInt64(seed))
    let length = [0, 1, 7, 8, 9, 15, 16, 17, 63, 64, 65, 127, 128, 1000][seed % 14]
    var bytes = (0..<length).map { _ in Array("a1,;\n\r\"\u{E9}".utf8)[random.next(8)] }
    bytes += [UInt8](repeating: UInt8(ascii: ","), count: 64)
    for quote: Int32 in [-1, 0x22] {
      func scan(
        _ run: (
          UnsafePointer<UInt8>, UInt32, UInt32, UInt8, Int32, UnsafeMutablePointer<UInt32>, UInt32,
          UnsafeMutablePointer<field_scan>
        ) -> Void
      ) -> ([UInt32], [UInt32]) {
        var positions = [UInt32](repeating: 0, count: length + 256)
        var result = field_scan()
        run(bytes, 0, UInt32(length), 0x2C, quote, &positions, UInt32(length + 64), &result)
        return (
          Array(positions[..<Int(result.count)]),
          [
            result.end, result.line_feeds, result.carriage_returns, result.quoted_line_ends,
            result.has_quotes, result.has_doubled_quotes, result.is_malformed,
          ]
        )
      }
      let fast = scan { scan_fields($0, $1, $2, $3, $4, $5, $6, $7) }
      let slow = scan { scan_fields_scalar($0, $1, $2, $3, $4, $5, $6, $7) }
      #expect(fast.0 == slow.0, "seed \(seed)")
      #expect(fast.1 == slow.1, "seed \(seed)")
    }
  }
}
