import Columnar
import Events
import Foundation
import Testing

@testable import Simulator

@Suite("Exports")
struct ExportTests {
  @Test("on the day the clocks go forward local times skip an hour and instants do not")
  func clockChange() throws {
    let simulation = Fixture.simulation(start: "2026-03-28", days: 2, attacks: .none)
    let day = simulation.traffic(on: 1)
    #expect(day.clock.end.microseconds - day.clock.start.microseconds == 23 * 3_600_000_000)
    // 29 March 2026, 08:00 in Berlin is 06:00 UTC; the day before it was 07:00.
    #expect(day.clock.at(8).microseconds == 1_774_764_000_000_000)
    #expect(simulation.traffic(on: 0).clock.at(8).microseconds == 1_774_681_200_000_000)
    try Fixture.withFolder { folder in
      try simulation.export(to: folder, ExportOptions(zone: Fixture.berlin, rotation: .hourly))
      let lines = try Fixture.lines("\(folder)/netflow/nfdump.2026-03-29.csv").dropFirst()
      let hours = Set(lines.prefix { $0 != "Summary" }.map { $0.prefix(13).suffix(2) })
      #expect(!hours.contains("02"))
      #expect(hours.isSuperset(of: ["00", "01", "03", "12", "23"]))
      let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder)/zeek/2026-03-29")
      #expect(names.filter { $0.hasPrefix("conn.") }.count == 23)
      #expect(names.contains("conn.01:00:00-03:00:00.log"))
      #expect(names.contains("dns.23:00:00-00:00:00.log"))
    }
  }

  @Test("Zeek rows have the header's columns, end before #close, and come in the order logged")
  func zeek() throws {
    try Fixture.withFolder { folder in
      try Fixture.simulation(days: 1).export(to: folder, Fixture.options)
      for (name, minimum) in [("conn", 15_000), ("dns", 200)] {
        let lines = try Fixture.lines("\(folder)/zeek/2026-03-02/\(name).log")
        #expect(lines[4] == "#path\t\(name)")
        let fields = lines[6].split(separator: "\t").count - 1
        #expect(lines[7].split(separator: "\t").count - 1 == fields)
        let rows = lines.filter { !$0.hasPrefix("#") }
        #expect(rows.count > minimum)
        #expect(rows.allSatisfy { $0.split(separator: "\t").count == fields })
        #expect(Set(rows.map { $0.split(separator: "\t")[1] }).count == rows.count)
        #expect(lines.last?.hasPrefix("#close\t2026-03-03-00-00-00") == true)
      }
    }
  }

  @Test("every question that Zeek's dns log holds is a connection of its conn log")
  func namesAndConnections() throws {
    try Fixture.withFolder { folder in
      try Fixture.simulation(days: 1).export(to: folder, Fixture.options)
      func identifiers(_ name: String) throws -> Set<Substring> {
        Set(
          try Fixture.lines("\(folder)/zeek/2026-03-02/\(name).log")
            .filter { !$0.hasPrefix("#") && $0.contains("\tudp\t") && !$0.contains("\t17726") }
            .map { $0.split(separator: "\t")[1] })
      }
      let asked = try identifiers("dns")
      let late = asked.subtracting(try identifiers("conn"))
      // Those of the last minute are logged as connections on the next day.
      #expect(late.count < 5)
    }
  }

  @Test("the firewall's cells are quoted, with commas and quotes inside, and 16 a row")
  func firewall() throws {
    try Fixture.withFolder { folder in
      try Fixture.simulation(days: 1).export(to: folder, Fixture.options)
      let path = "\(folder)/firewall/edge.2026-03-02.csv"
      let text = try String(contentsOfFile: path, encoding: .utf8)
      let rows = text.components(separatedBy: "\r\n").dropLast()
      let cells = rows.map(Self.cells)
      #expect(cells.first == FirewallExport.header)
      #expect(cells.allSatisfy { $0.count == 16 })
      let actions = Set(cells.dropFirst().map { $0[3] })
      #expect(actions == ["allow", "deny"])
      #expect(cells.contains { $0[15].contains("\"outside, default\"") })
      #expect(cells.dropFirst().allSatisfy { $0[3] == "allow" || $0[12] == "0" })
    }
  }

  /// RFC 4180 by hand.
  private static func cells(_ row: String) -> [String] {
    var cells = [""]
    var isQuoted = false
    var previous: Character = ","
    for character in row {
      if character == "\"" {
        if !isQuoted && previous == "\"" { cells[cells.count - 1].append("\"") }
        isQuoted.toggle()
      } else if character == "," && !isQuoted {
        cells.append("")
      } else {
        cells[cells.count - 1].append(character)
      }
      previous = character
    }
    return cells
  }

  @Test("no conversation is seen twice unless overlap is asked for")
  func overlap() {
    let day = Fixture.simulation().traffic(on: 0)
    for conversation in day.conversations {
      let alone = Vantage.seeing(conversation, overlap: false)
      #expect(alone.rawValue.nonzeroBitCount == 1)
      let both = Vantage.seeing(conversation, overlap: true)
      #expect(both.contains(.serverSensor) == (both.rawValue.nonzeroBitCount == 2))
    }
    #expect(day.conversations.contains { Vantage.seeing($0, overlap: false) == .edgeFirewall })
  }

  @Test("compressed exports hold the plain ones' bytes, as gzip has it")
  func compression() throws {
    try Fixture.withFolder { folder in
      let simulation = Fixture.simulation(days: 1)
      try simulation.export(to: "\(folder)/plain", Fixture.options)
      try simulation.export(
        to: "\(folder)/packed", ExportOptions(zone: Fixture.berlin, isCompressed: true))
      for name in ["netflow/nfdump.2026-03-02.csv", "zeek/2026-03-02/dns.log"] {
        let unpacked = Process()
        let pipe = Pipe()
        unpacked.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        unpacked.arguments = ["gzip", "-dc", "\(folder)/packed/\(name).gz"]
        unpacked.standardOutput = pipe
        try unpacked.run()
        let bytes = try pipe.fileHandleForReading.readToEnd()
        unpacked.waitUntilExit()
        #expect(unpacked.terminationStatus == 0)
        #expect(bytes == (try Data(contentsOf: URL(fileURLWithPath: "\(folder)/plain/\(name)"))))
      }
    }
  }
}
