import Columnar
import Events
import TestSupport
import Testing

@testable import Features

@Suite("steps of a day") struct StepTableTests {
  let day = CivilDate(dayNumber: 20_000)
  let calendar = CivilCalendar()

  private func rows(_ flows: [Flow], limits: DaySummary.Limits = .init()) throws -> [[String]] {
    try Written(
      day, calendar, [.flow: flowTable(flows, from: calendar.start(of: day))], limits: limits)[
        Step.schema]
  }

  private func row(_ host: String, _ kinds: [StepKind?], _ count: Int, second: Int64) -> [String] {
    let kinds = kinds.compactMap { $0 }
    let time = calendar.start(of: day).microseconds + second * 1_000_000
    return [host, "\(StepGram(kinds[0], kinds[1], kinds[2]).code)", "\(count)", "\(time)"]
  }

  private let webOut = StepKind.conversation(.toOutside, .web, isFailed: false)
  private let shellOut = StepKind.conversation(.toInside, .administration, isFailed: false)
  private let shellIn = StepKind.conversation(.fromInside, .administration, isFailed: false)
  private let shellFailed = StepKind.conversation(.toInside, .administration, isFailed: true)

  @Test("what repeats the step before is none, and a pause of ten minutes begins anew")
  func handWorked() throws {
    let found = try rows([
      Flow(5, "10.0.0.1", "8.8.8.8"), Flow(15, "10.0.0.1", "8.8.4.4"),
      Flow(25, "10.0.0.1", "10.0.0.2").with { $0.port = 22 },
      Flow(35, "10.0.0.1", "8.8.8.8"),
      Flow(45, "10.0.0.1", "10.0.0.2").with { $0.port = 22 },
      Flow(55, "10.0.0.1", "8.8.8.8"),
      // 600 s after the slice before, and 610 s after that one.
      Flow(655, "10.0.0.1", "10.0.0.2").with { $0.port = 22 },
      Flow(1265, "10.0.0.1", "8.8.8.8"),
    ])
    let pause = StepKind.pause
    #expect(
      found
        == [
          row("10.0.0.1", [pause, pause, webOut], 2, second: 0),
          row("10.0.0.1", [pause, webOut, shellOut], 1, second: 20),
          row("10.0.0.1", [webOut, shellOut, webOut], 2, second: 30),
          row("10.0.0.1", [shellOut, webOut, shellOut], 2, second: 40),
          // The host that was turned to, at 20, 40 and 650 s: one step, twice after a pause.
          row("10.0.0.2", [pause, pause, shellIn], 2, second: 20),
        ].sorted { ($0[0], Int($0[1]) ?? 0) < ($1[0], Int($1[1]) ?? 0) })
  }

  @Test("steps within ten seconds are in the order of their codes, each once")
  func slices() throws {
    let flows = [
      Flow(1, "10.0.0.1", "10.0.0.2").with { $0.port = 22 }, Flow(2, "10.0.0.1", "8.8.8.8"),
      Flow(3, "10.0.0.1", "10.0.0.2").with { $0.port = 22 }, Flow(9, "10.0.0.1", "8.8.8.8"),
    ]
    let found = try rows(flows).filter { $0[0] == "10.0.0.1" }
    #expect(
      found == [
        row("10.0.0.1", [.pause, .pause, shellOut], 1, second: 0),
        row("10.0.0.1", [.pause, shellOut, webOut], 1, second: 0),
      ])
  }

  @Test("names and times that were answered are no steps, and addresses that never spoke no hosts")
  func leftOut() throws {
    let found = try rows([
      Flow(1, "10.0.0.1", "10.0.0.53").with { $0.port = 53 },
      Flow(21, "10.0.0.1", "10.0.0.9").with {
        $0.port = 22
        $0.state = "S0"
      },
    ])
    #expect(found == [row("10.0.0.1", [.pause, .pause, shellFailed], 1, second: 20)])
  }

  @Test("all rows equal the slow twin's, in one scan and in many")
  func twin() throws {
    var random = SplitMix(seed: 77)
    var second = 0.0
    let flows = (0..<4000).map { _ in
      second += [1, 4, 30, 700].randomElement(using: &random) ?? 1
      return Flow(
        second.truncatingRemainder(dividingBy: 86_000),
        ["10.0.0.1", "10.0.0.2", "8.8.8.8"].randomElement(using: &random),
        ["10.0.0.3", "10.0.0.4", "8.8.4.4"].randomElement(using: &random)
      ).with {
        $0.port = [443, 22, 25, 7, 5000].randomElement(using: &random)
        $0.state = ["SF", "REJ"].randomElement(using: &random)
        $0.packetsBack = 1
      }
    }.sorted { $0.second < $1.second }
    let expected = slowRows(flows)
    #expect(expected.count > 2000)
    #expect(try rows(flows) == expected)
    #expect(try rows(flows, limits: DaySummaryTests.tiny) == expected)
  }

  /// The rows the obvious way: a list of each host's steps, then triples of them.
  private func slowRows(_ flows: [Flow]) -> [[String]] {
    var steps: [String: [Int: Set<UInt8>]] = [:]
    for flow in flows {
      guard let from = flow.source, let to = flow.destination else { continue }
      let service = StepKind.Service(port: flow.port)
      let isFailed = flow.state == "REJ"
      let slice = Int(flow.second) / 10
      func add(_ host: String, _ other: String, _ inside: StepKind.Way, _ outside: StepKind.Way) {
        guard
          let kind = StepKind.conversation(
            other.hasPrefix("10.") ? inside : outside, service, isFailed: isFailed),
          host.hasPrefix("10.")
        else { return }
        steps[host, default: [:]][slice, default: []].insert(kind.code)
      }
      add(from, to, .toInside, .toOutside)
      add(to, from, .fromInside, .fromOutside)
    }
    var rows: [[String]] = []
    for (host, slices) in steps.sorted(by: { $0.key < $1.key }) {
      var taken: [UInt8] = []
      var last = 0
      var found: [UInt32: (count: Int, slice: Int)] = [:]
      for (slice, codes) in slices.sorted(by: { $0.key < $1.key }) {
        if slice - last > 60 { taken = [] }
        last = slice
        for code in codes.sorted() where code != taken.last {
          taken.append(code)
          let three = ([0, 0] + taken).suffix(3).map { StepKind(code: $0) }
          let gram = StepGram(three[0], three[1], three[2]).code
          found[gram] = ((found[gram]?.count ?? 0) + 1, found[gram]?.slice ?? slice)
        }
      }
      for (gram, item) in found.sorted(by: { $0.key < $1.key }) {
        rows.append(
          row(
            host, StepGram(code: gram).kinds, item.count, second: Int64(item.slice) * 10))
      }
    }
    return rows
  }
}
