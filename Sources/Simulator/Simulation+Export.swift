import Columnar
import Events

/// How a simulation is written.
package struct ExportOptions: Sendable {
  package enum Rotation: String, CaseIterable, Sendable { case daily, hourly }

  package let zone: TimeZoneRules
  /// Whether the core switch also exports what the server sensor sees.
  package let overlap: Bool
  package let rotation: Rotation
  /// Whether the exports are gzip files.
  package let isCompressed: Bool
  /// Whether the domain controller's log of sign-ins is written, too.
  package let withSignIns: Bool

  package init(
    zone: TimeZoneRules, overlap: Bool = false, rotation: Rotation = .daily,
    isCompressed: Bool = false, withSignIns: Bool = false
  ) {
    self.zone = zone
    self.overlap = overlap
    self.rotation = rotation
    self.isCompressed = isCompressed
    self.withSignIns = withSignIns
  }
}

/// Rows written on a day.
package struct DayCounts: Sendable {
  package let date: CivilDate
  package let netflowRecords: Int
  package let zeekConnections: Int
  package let zeekQuestions: Int
  package let firewallSessions: Int
  package let signIns: Int

  package var rowCount: Int {
    netflowRecords + zeekConnections + zeekQuestions + firewallSessions + signIns
  }
}

extension Simulation {
  /// Writes the days' exports to a folder, each day's files when it is done, then the site's files
  /// and the truth.
  package func export(
    to folder: String, _ options: ExportOptions, progress: (DayCounts) -> Void = { _ in }
  ) throws {
    let folders = ["netflow", "zeek", "firewall"] + (options.withSignIns ? ["sign-ins"] : [])
    for name in folders { try OutputFile.makeFolder("\(folder)/\(name)") }
    var before: DayBuilder?
    for day in 0..<dayCount {
      let today = traffic(on: day)
      progress(try write([before, today].compactMap { $0 }, to: folder, options))
      before = today
    }
    try writeSiteFiles(to: folder, options)
  }

  /// Writes one day's files from its own conversations and those of the day before, which may still
  /// be open. `days` ends with the day.
  func write(
    _ days: [DayBuilder], to folder: String, _ options: ExportOptions
  ) throws -> DayCounts {
    guard let today = days.last else { preconditionFailure("no day to write") }
    let date = firm.timeline.date(today.day)
    let records = try writeNetFlow(
      days, today.clock, "\(folder)/netflow/nfdump.\(date).csv", options)
    let (connections, questions) = try writeZeek(
      days, today.clock, "\(folder)/zeek/\(date)", options)
    let sessions = try writeFirewall(
      days, today.clock, "\(folder)/firewall/edge.\(date).csv", options)
    let signIns =
      options.withSignIns
      ? try writeSignIns(days, today.clock, "\(folder)/sign-ins/sign-ins.\(date).csv", options) : 0
    return DayCounts(
      date: date, netflowRecords: records, zeekConnections: connections,
      zeekQuestions: questions, firewallSessions: sessions, signIns: signIns)
  }

  private func writeNetFlow(
    _ days: [DayBuilder], _ clock: DayClock, _ path: String, _ options: ExportOptions
  ) throws -> Int {
    let file = try OutputFile(path, isCompressed: options.isCompressed)
    let seen = days.map { builder in
      builder.conversations.filter {
        Vantage.seeing($0, overlap: options.overlap).contains(.coreSwitch)
      }
    }
    let count = try NfdumpExport(zone: options.zone).write(seen, of: clock) {
      try file.write($0.bytes)
    }
    try file.commit()
    return count
  }

  private func writeZeek(
    _ days: [DayBuilder], _ clock: DayClock, _ folder: String, _ options: ExportOptions
  ) throws -> (Int, Int) {
    let zeek = ZeekExport(seed: firm.seed, zone: options.zone)
    try OutputFile.makeFolder(folder)
    var connections: [(Instant, Conversation)] = []
    var asked: [(Instant, (conversation: Conversation, question: DNSQuestion))] = []
    for builder in days {
      for conversation in builder.conversations
      where Vantage.seeing(conversation, overlap: options.overlap).contains(.serverSensor) {
        let logged = ZeekExport.logged(conversation)
        if clock.contains(logged) { connections.append((logged, conversation)) }
        if let question = conversation.question, clock.contains(conversation.end) {
          asked.append((conversation.end, (conversation, builder.questions[Int(question)])))
        }
      }
    }
    let logged = connections.inOrder()
    let answered = asked.inOrder()
    for span in clock.spans(options.rotation) {
      let range = span.instants
      let file = try OutputFile(
        "\(folder)/conn\(span.suffix).log", isCompressed: options.isCompressed)
      try file.write(zeek.connections(logged.within(range), in: range).bytes)
      try file.commit()
      let names = try OutputFile(
        "\(folder)/dns\(span.suffix).log", isCompressed: options.isCompressed)
      try names.write(zeek.names(answered.within(range), in: range).bytes)
      try names.commit()
    }
    return (connections.count, asked.count)
  }

  private func writeFirewall(
    _ days: [DayBuilder], _ clock: DayClock, _ path: String, _ options: ExportOptions
  ) throws -> Int {
    var sessions: [(Instant, Conversation)] = []
    for builder in days {
      for conversation in builder.conversations
      where Vantage.seeing(conversation, overlap: options.overlap).contains(.edgeFirewall) {
        let logged = FirewallExport.logged(conversation)
        if clock.contains(logged) { sessions.append((logged, conversation)) }
      }
    }
    let file = try OutputFile(path, isCompressed: options.isCompressed)
    try file.write(FirewallExport(zone: options.zone).text(sessions.inOrder().map(\.1)).bytes)
    try file.commit()
    return sessions.count
  }
}

extension Simulation {
  private func writeSignIns(
    _ days: [DayBuilder], _ clock: DayClock, _ path: String, _ options: ExportOptions
  ) throws -> Int {
    let begun = days.flatMap(\.conversations).filter { clock.contains($0.start) }
      .map { ($0.start, $0) }
    let (text, count) = SignInExport(zone: options.zone, firm: firm, plan: plan)
      .text(begun.inOrder().map(\.1))
    let file = try OutputFile(path, isCompressed: options.isCompressed)
    try file.write(text.bytes)
    try file.commit()
    return count
  }
}

extension DayClock {
  func contains(_ instant: Instant) -> Bool { instant >= start && instant < end }

  /// The day, or its clock hours, with the name Zeek gives to the rotated file.
  func spans(_ rotation: ExportOptions.Rotation) -> [(instants: Range<Instant>, suffix: String)] {
    guard rotation == .hourly else { return [(start..<end, "")] }
    var result: [(Range<Instant>, String)] = []
    var from = start
    while from < end {
      let to = from.advanced(bySeconds: 3600)
      result.append((from..<to, ".\(hourName(from))-\(hourName(to))"))
      from = to
    }
    return result
  }

  private func hourName(_ instant: Instant) -> String { "\(pad(hour(of: instant), 2)):00:00" }
}

extension Array {
  /// By instant; equal ones stay in their order.
  fileprivate func inOrder<Value>() -> [Element] where Element == (Instant, Value) {
    enumerated().sorted { ($0.element.0, $0.offset) < ($1.element.0, $1.offset) }.map(\.element)
  }

  fileprivate func within<Value>(_ span: Range<Instant>) -> [Value]
  where Element == (Instant, Value) {
    filter { span.contains($0.0) }.map(\.1)
  }
}
