import Columnar
import Events
import Testing

@testable import Features

/// Small days whose tables were worked out by hand.
struct HandWorkedDayTests {
  let day = CivilDate(dayNumber: 20_000)
  let calendar = CivilCalendar()

  private func summary(_ flows: [Flow], limits: DaySummary.Limits = .init()) throws -> Written {
    try Written(
      day, calendar, [.flow: flowTable(flows, from: calendar.start(of: day))], limits: limits)
  }

  /// The value of a counter in a table's row, by the column's name.
  private func cell(_ rows: [[String]], _ schema: Schema, _ row: Int, _ name: String) throws
    -> String
  {
    rows[row][try #require(schema.index(of: name))]
  }

  @Test("a reply port of unknown direction counts as a conversation but not as a service")
  func unknownDirection() throws {
    let written = try summary([
      Flow(1, "10.0.0.1", "10.0.0.2").with { $0.isDirectionKnown = false },
      Flow(2, "10.0.0.1", "10.0.0.3").with { $0.isDirectionKnown = true },
    ])
    #expect(written[Edge.schema].count == 2)
    #expect(written[Service.schema].map { $0[0] } == ["10.0.0.3"])
  }

  @Test("an address tried in vain has no row, and one that refuses has one")
  func silentAddresses() throws {
    let written = try summary([
      Flow(1, "10.0.0.1", "10.0.0.2").with { $0.state = "S0" },
      Flow(2, "10.0.0.1", "10.0.0.3").with {
        $0.state = "REJ"
        $0.packetsBack = 1
      },
      Flow(3, "10.0.0.1", "pot").with { $0.action = "deny" },
    ])
    let rows = written[HostHour.schema]
    #expect(rows.map { $0[0] } == ["10.0.0.1", "10.0.0.3", "pot"])
    #expect(try cell(rows, HostHour.schema, 0, "out_failed") == "3")
    #expect(try cell(rows, HostHour.schema, 0, "out_destinations") == "3")
    #expect(written[Service.schema].isEmpty)
  }

  @Test("outside originators are one host, and no pairs")
  func outsideOriginators() throws {
    let written = try summary([
      Flow(1, "8.8.8.8", "10.0.0.2"), Flow(2, "8.8.4.4", "10.0.0.2"),
      Flow(3, "8.8.4.4", "10.0.0.3"),
    ])
    let rows = written[HostHour.schema]
    #expect(rows.map { $0[0] } == ["10.0.0.2", "10.0.0.3", "internet"])
    #expect(try cell(rows, HostHour.schema, 0, "in_external_conversations") == "2")
    #expect(try cell(rows, HostHour.schema, 2, "out_destinations") == "2")
    #expect(written[Pair.schema].isEmpty && written[Edge.schema].isEmpty)
    #expect(try cell(written[Service.schema], Service.schema, 0, "external_clients") == "2")
  }

  @Test("gaps are differences of whole seconds, and starts within one second are one")
  func gaps() throws {
    let seconds = [0.9, 1.1, 1.2, 61.1, 121.9]
    let written = try summary(
      seconds.map { second in Flow(second, "10.0.0.1", "8.8.8.8").with { $0.bytes = 100 } })
    let values = written[PairValue.schema]
    #expect(
      values == [
        ["0", "0", "1", "1"], ["0", "0", "60", "2"], ["0", "1", "100", "5"], ["0", "2", "0", "5"],
      ])
  }

  @Test("values of pairs with three conversations are not stored, with four they are")
  func leastConversations() throws {
    let three = (0..<3).map { Flow(Double($0), "10.0.0.1", "8.8.8.8") }
    let four = (0..<4).map { Flow(Double($0), "10.0.0.1", "8.8.4.4") }
    let written = try summary((three + four).sorted { $0.second < $1.second })
    #expect(written[Pair.schema].map { $0[2] } == ["8.8.4.4", "8.8.8.8"])
    #expect(Set(written[PairValue.schema].map { $0[0] }) == ["0"])
  }

  @Test("a pair's 513th distinct size rounds all its sizes to six significant bits")
  func rounding() throws {
    func sizes(_ count: Int) throws -> [[String]] {
      try summary(
        (0..<count).map { index in
          Flow(Double(index), "10.0.0.1", "8.8.8.8").with { $0.bytes = Int64(1000 + index) }
        })[PairValue.schema].filter { $0[1] == "1" }
    }
    let exact = try sizes(512)
    #expect(exact.count == 512 && exact.allSatisfy { $0[3] == "1" })
    // 1000 … 1023 keep 111110 and 111111 of 10 bits, 1024 … 1512 steps of 32.
    let rounded = try sizes(513)
    #expect(rounded.first == ["0", "1", "992", "8"])
    #expect(rounded[1] == ["0", "1", "1008", "16"])
    #expect(rounded[2] == ["0", "1", "1024", "32"])
    #expect(rounded.last == ["0", "1", "1504", "9"])
    #expect(rounded.reduce(0) { $0 + (Int($1[3]) ?? 0) } == 513)
  }

  @Test("sums that pass the largest number stay there")
  func hugeBytes() throws {
    let written = try summary(
      (0..<4).map { index in
        Flow(Double(index), "10.0.0.1", "10.0.0.2").with {
          $0.bytes = .max
          $0.bytesBack = index == 0 ? -5 : .max
          $0.packets = .max
        }
      })
    #expect(try cell(written[HostHour.schema], HostHour.schema, 0, "out_bytes") == "\(Int64.max)")
    #expect(try cell(written[Pair.schema], Pair.schema, 0, "bytes_received") == "\(Int64.max)")
    let sizes = written[PairValue.schema].filter { $0[1] == "1" }
    #expect(sizes == [["0", "1", "\(Int64(1) << 62 - 1)", "4"]])
  }

  @Test("more than 200 distinct destinations are estimated within 10 %, others are exact")
  func manyDestinations() throws {
    let few = (0..<200).map { Flow(Double($0), "10.0.0.1", "8.8.0.\($0)") }
    let many = (0..<3000).map { Flow(Double($0), "10.0.0.2", "8.9.\($0 / 250).\($0 % 250)") }
    let rows = try summary((few + many).sorted { $0.second < $1.second })[HostHour.schema]
    #expect(try cell(rows, HostHour.schema, 0, "out_destinations") == "200")
    let estimate = Double(try cell(rows, HostHour.schema, 1, "out_destinations")) ?? 0
    #expect(abs(estimate - 3000) < 300)
    #expect(try cell(rows, HostHour.schema, 1, "out_networks") == "12")
  }

  @Test("a row out of order and a row of another day are errors that say where")
  func wrongTimes() throws {
    let unordered = try #require(throws: DaySummary.Failure.self) {
      _ = try summary([Flow(5, "10.0.0.1", "8.8.8.8"), Flow(4, "10.0.0.1", "8.8.8.8")])
    }
    #expect("\(unordered)".contains("flow: batch 0, row 1"))
    let late = try #require(throws: DaySummary.Failure.self) {
      _ = try summary([Flow(86_400, "10.0.0.1", "8.8.8.8")])
    }
    #expect("\(late)".contains("expected rows of \(day) only"))
  }

  @Test("a day without events has empty tables")
  func nothing() throws {
    let written = try Written(day, calendar, [:])
    #expect(
      written.tables.count == DayTables.schemas.count + 1
        && written.tables.values.allSatisfy(\.isEmpty))
  }
}
