import Columnar
import DelimitedText
import Events
import FoundationEssentials
import Glibc
import Incidents
import StageKit

/// Takes texts, a line each, for what logs, site files and people write as one word: what is read
/// and written again reads the same, and what is written for another program is what that reads.
enum WordCheck {
  static func fault(_ input: [UInt8]) throws -> String? {
    let words = input.split(separator: 0x0A, omittingEmptySubsequences: false)
      .map { String(decoding: $0, as: UTF8.self) }
    for word in words {
      if let fault = addressFault(word) ?? timeFault(word) { return "\(word): \(fault)" }
      _ = ReceiverURL(word)?.isLoopback
    }
    _ = Playbook(markdown: String(decoding: input, as: UTF8.self))
    return try csvFault(words) ?? jsonFault(words)
  }

  /// As the C library reads addresses.
  private static func addressFault(_ word: String) -> String? {
    if let network = Network(word), Network(network.description) != network {
      return "another network, \(network)"
    }
    let isText = !word.utf8.contains(0)
    guard let address = Address(word) else {
      var (ipv4, ipv6) = (in_addr(), in6_addr())
      let isAddress =
        isText && (inet_pton(AF_INET, word, &ipv4) == 1 || inet_pton(AF_INET6, word, &ipv6) == 1)
      return isAddress ? "an address that is none here" : nil
    }
    guard Address(address.description) == address else { return "another address, \(address)" }
    var bytes = in6_addr()
    let mapped = word.contains(":") ? word : "::ffff:" + word
    guard isText, inet_pton(AF_INET6, mapped, &bytes) == 1 else { return "an address only here" }
    let isSame = withUnsafeBytes(of: bytes) { theirs in
      withUnsafeBytes(of: address) { $0.elementsEqual(theirs) }
    }
    return isSame ? nil : "another address than the system's"
  }

  private static func timeFault(_ word: String) -> String? {
    if let date = CivilDate(word), date.description != word { return "another date, \(date)" }
    guard let instant = Columnar.Instant(utc: word) else { return nil }
    return Columnar.Instant(utc: Quantity.timestamp(instant)) == instant ? nil : "another time"
  }

  /// A record of spreadsheets, by libcsv; but for the apostrophe that makes a formula a text.
  private static func csvFault(_ words: [String]) throws -> String? {
    let fields = words.map { $0.replacing("\0", with: "") }
    var records: [[String]] = []
    var read: [String] = []
    let parser = RecordParser(
      takeField: { read.append(String(decoding: UnsafeRawBufferPointer($0), as: UTF8.self)) },
      takeRecord: {
        records.append(read)
        read = []
        return true
      })
    let text = CSVText.record(fields) + CSVText.record(["end"])
    do {
      try Array(text.utf8).withUnsafeBytes { try parser.parse($0) }
      try parser.finish()
    } catch let error as RecordError {
      return "no record: expected \(error.expected), found \(error.found)"
    }
    // A line that is empty is no record.
    let expected = fields == [""] ? [["end"]] : [fields, ["end"]]
    let isSame =
      records.count == expected.count
      && zip(records, expected).allSatisfy { found, wanted in
        found.count == wanted.count
          && zip(found, wanted).allSatisfy { $0 == $1 || $0.utf8.elementsEqual(("'" + $1).utf8) }
      }
    return isSame ? nil : "another record, \(records)"
  }

  private static func jsonFault(_ words: [String]) throws -> String? {
    let text = try JSONText.compact(words)
    guard !text.utf8.contains(0x0A) else { return "JSON of several lines" }
    let read = try JSONDecoder().decode([String].self, from: Data(text.utf8))
    return zip(read, words).allSatisfy({ $0.utf8.elementsEqual($1.utf8) })
      && read.count == words.count ? nil : "other JSON"
  }
}
