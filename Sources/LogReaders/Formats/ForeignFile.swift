/// A file that is no log, told by its first bytes or its name.
package struct ForeignFile: Sendable, Equatable {
  /// In words, such as `an image`.
  package let kind: String
  /// How the records in it become readable; nil for files that hold none.
  package let advice: String?

  package var mayHoldRecords: Bool { advice != nil }

  /// What is said of a file from which records can't be read.
  var problem: String { advice.map { "is \(kind): \($0)" } ?? "is \(kind), and no log" }

  /// Nil for what may be a log.
  init?(_ head: FileHead) {
    let name = head.name.lowercased()
    guard
      let found = ForeignFile.signatures.first(where: { head.bytes.starts(with: $0.bytes) })
        ?? ForeignFile.names.first(where: { globMatches($0.glob, name) }).map({
          (bytes: [], kind: $0.kind, advice: nil)
        })
    else { return nil }
    (kind, advice) = (found.kind, found.advice)
  }

  private static let spreadsheet =
    "save the sheet with the records as CSV, or unpack it, and give it that"

  private static let signatures: [(bytes: [UInt8], kind: String, advice: String?)] = [
    ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A], "an image", nil),
    ([0xFF, 0xD8, 0xFF], "an image", nil),
    (Array("GIF8".utf8), "an image", nil),
    (Array("%PDF-".utf8), "a PDF document", nil),
    ([0x00, 0x00, 0x00, 0x01] + Array("Bud1".utf8), "a folder's view settings (.DS_Store)", nil),
    ([0x7F] + Array("ELF".utf8), "a program", nil),
    ([0x50, 0x4B, 0x03, 0x04], "a ZIP archive or an Excel sheet", spreadsheet),
    ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1], "an old Excel or Word file", spreadsheet),
    ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], "a 7z archive", "unpack it"),
    (Array("Rar!".utf8), "a RAR archive", "unpack it"),
    (
      Array("ElfFile\0".utf8), "a Windows event log (.evtx)",
      "save the events as CSV in the Event Viewer"
    ),
    (
      [0xD4, 0xC3, 0xB2, 0xA1], "a capture of packets",
      "make flows of it, for instance with Zeek, softflowd or nfpcapd"
    ),
    (
      [0x0A, 0x0D, 0x0D, 0x0A], "a capture of packets",
      "make flows of it, for instance with Zeek, softflowd or nfpcapd"
    ),
    (Array("SQLite format 3\0".utf8), "a SQLite database", "export its table as CSV"),
    (Array("PAR1".utf8), "a Parquet file", "export it as CSV"),
  ]

  /// Of texts that no format knows.
  private static let names: [(glob: String, kind: String)] = [
    ("readme*", "a description"), ("license*", "a licence"), ("licence*", "a licence"),
    ("manifest.*", "a list of files"), ("*.md", "a description"), ("*.html", "a web page"),
    ("*.htm", "a web page"), ("sha256sums*", "a list of files"), ("md5sums*", "a list of files"),
    ("*.sha256", "a checksum"), ("*.md5", "a checksum"), ("desktop.ini", "a folder's settings"),
    ("thumbs.db", "a folder's settings"), ("*.svg", "an image"),
  ]
}
