import Events
import TestSupport

/// The questions of the quiet office: each workstation asks for two dozen of four hundred sites
/// that are named by two words, for names with hashes in them of a content network and of a virus
/// scanner, for hosts by a search suffix that does not fit, and for three words without dots when
/// its browser starts; the server asks for the names of addresses.
struct QuietNames {
  static let words = [
    "garden", "water", "house", "market", "silver", "travel", "music", "green", "paper", "light",
    "stone", "river", "cloud", "north", "family", "coffee", "winter", "school", "dragon", "table",
  ]

  static func question(
    _ second: Double, _ host: String, _ name: String, type: String = "A", exists: Bool = true
  ) -> TestEvent {
    TestEvent(
      second: second,
      [
        "source_ip": .address(host), "destination_ip": .address(nameServer),
        "dns_question_name": .text(name), "dns_question_type": .text(type),
        "dns_response_code": .text(exists ? "NOERROR" : "NXDOMAIN"),
      ])
  }

  static let nameServer = "10.2.0.53"

  static func letters(
    _ count: Int, from alphabet: String = "abcdefghijklmnopqrstuvwxyz",
    _ random: inout SplitMix
  ) -> String {
    let letters = Array(alphabet)
    return String(
      (0..<count).map { _ in letters[Int.random(in: 0..<letters.count, using: &random)] })
  }

  /// The questions of a day, 0 being a Monday.
  static func day(_ number: Int) -> [TestEvent] {
    var random = SplitMix(seed: UInt64(number) + 1000)
    var asked: [TestEvent] = []
    for host in 0..<12 where number % 7 < 5 {
      let client = QuietOffice.workstation(host)
      func ask(_ name: String, exists: Bool = true) {
        asked.append(
          question(.random(in: 28_800..<61_200, using: &random), client, name, exists: exists))
      }
      for _ in 0..<24 {
        let site = Int.random(in: 0..<400, using: &random)
        ask("www.\(words[site / 20])\(words[site % 20]).example")
      }
      // A site that nobody visited before, and one that is mistyped.
      ask("www.\(words[host])\(words[number % 20])\(host)\(number).test")
      if Bool.random(using: &random) {
        ask("www.\(words[host])x\(words[number % 19]).test", exists: false)
      }
      for _ in 0..<8 {
        ask("r\(letters(12, from: "0123456789abcdef", &random)).content.example")
        ask("\(letters(32, from: "0123456789abcdef", &random)).lookup.scanner.example")
        ask("server\(Int.random(in: 1...9, using: &random)).corp.lan", exists: false)
      }
      for _ in 0..<3 { ask(letters(10, &random), exists: false) }
    }
    for address in 0..<200 {
      asked.append(
        question(
          Double(address) * 400, QuietOffice.server, "\(address).\(number).51.198.in-addr.arpa",
          type: "PTR", exists: address % 2 == 0))
    }
    // What the name server does not remember it asks itself.
    return asked + asked.enumerated().filter { $0.offset % 2 == 0 }.map { forwarded($0.element) }
  }

  /// The same question, asked by the name server.
  static func forwarded(_ event: TestEvent) -> TestEvent {
    var event = event
    event.values["source_ip"] = .address(nameServer)
    event.values["destination_ip"] = .address("9.9.9.9")
    return event
  }

  /// A visit of each workstation and of the server, by which they are known to be there.
  static func visits(_ number: Int) -> [TestFlow] {
    guard number % 7 < 5 else { return [] }
    return (0..<12).map {
      TestFlow(second: 30_000, from: QuietOffice.workstation($0), to: "198.51.1.7")
    }
      + [TestFlow(second: 30_000, from: QuietOffice.server, to: "198.51.2.7")]
  }

  /// A site with that many quiet days, at most 15.
  static func site(days: Int) throws -> TestSite { try longest.get().first(days) }

  private static let longest = Result {
    var site = TestSite()
    for number in 0..<15 { try site.add(visits(number), events: [.dns: day(number)]) }
    return site
  }
}
