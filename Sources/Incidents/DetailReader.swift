import Columnar
import Events

/// Gathers what is drawn and quoted for some hosts, in one pass over each table.
package struct DetailReader {
  /// Rows quoted for an incident.
  package static let evidenceRowCount = 20

  private let day: CivilDate
  private let calendar: CivilCalendar
  private let incidents: [Incident]

  /// - Parameter incidents: those to give details for.
  package init(day: CivilDate, calendar: CivilCalendar, incidents: [Incident]) {
    self.day = day
    self.calendar = calendar
    self.incidents = incidents
  }

  /// - Parameters:
  ///   - hostHours: of the day and the days before it, by day.
  ///   - pairs: the day's pairs with their values.
  ///   - flows: the day's conversations; nil where it has none.
  package func details(
    hostHours: [(day: CivilDate, table: any BatchSource)],
    pairs: (table: any BatchSource, values: any BatchSource), flows: (any BatchSource)?
  ) throws -> [String: IncidentDetail] {
    var details = [IncidentDetail](repeating: IncidentDetail(), count: incidents.count)
    try readHours(hostHours, to: &details)
    try readGaps(pairs, to: &details)
    if let flows { try readEvidence(flows, to: &details) }
    return Dictionary(zip(incidents.map(\.id), details)) { first, _ in first }
  }

  // MARK: Hours

  /// Bytes and conversations of one entity: [day][clock hour].
  private struct Hours {
    var bytes: [CivilDate: [Double]] = [:]
    var conversations: [CivilDate: [Int]] = [:]
  }

  private func readHours(
    _ tables: [(day: CivilDate, table: any BatchSource)], to details: inout [IncidentDetail]
  ) throws {
    var hours: [String: Hours] = [:]
    for incident in incidents { hours[incident.entity] = Hours() }
    for (day, table) in tables {
      for index in 0..<table.batchCount {
        let batch = try table.batch(index)
        let (hosts, times) = (batch[HostHour.host], batch[HostHour.hour])
        let (begun, answered) = (batch[HostHour.outConversations], batch[HostHour.inConversations])
        let volumes = HostVolume.columns.map { batch[$0] }
        for row in 0..<batch.rowCount {
          guard let host = hosts[row], hours[host] != nil else { continue }
          let clock = calendar.hourOfDay(of: times.value(row))
          let bytes = volumes.reduce(0.0) { $0 + Double($1.value(row)) }
          let none = ([Double](repeating: 0, count: 24), [Int](repeating: 0, count: 24))
          hours[host]?.bytes[day, default: none.0][clock] += bytes
          let conversations = Int(begun.value(row)).addingClamped(Int(answered.value(row)))
          let known = hours[host]?.conversations[day]?[clock] ?? 0
          hours[host]?.conversations[day, default: none.1][clock] =
            known.addingClamped(conversations)
        }
      }
    }
    let days = tables.map(\.day).filter { $0 < day }
    for (index, incident) in incidents.enumerated() {
      guard let known = hours[incident.entity] else { continue }
      details[index].volume = volume(known, days: days)
      details[index].habits = (0..<7).map { weekday in
        (0..<24).map { clock in
          days.filter { $0.weekday == weekday }
            .reduce(0) { $0.addingClamped(known.conversations[$1]?[clock] ?? 0) }
        }
      }
    }
  }

  /// The day's hours beside the same clock hours of the days before of the same kind (workday or
  /// not); a day on which the host was silent counts as zero.
  private func volume(_ hours: Hours, days: [CivilDate]) -> [IncidentDetail.Hour] {
    let isWorkday = calendar.isWorkday(day)
    let alike = days.filter { calendar.isWorkday($0) == isWorkday }
    return calendar.hours(of: day).map { window in
      let clock = calendar.hourOfDay(of: window.lowerBound)
      let past = alike.map { hours.bytes[$0]?[clock] ?? 0 }
      let middle = past.median ?? 0
      let spread = 1.4826 * (past.map { abs($0 - middle) }.median ?? 0)
      return IncidentDetail.Hour(
        start: window.lowerBound, actual: hours.bytes[day]?[clock] ?? 0,
        low: max(0, middle - spread), typical: middle, high: middle + spread)
    }
  }

  // MARK: Gaps

  private func readGaps(
    _ pairs: (table: any BatchSource, values: any BatchSource), to details: inout [IncidentDetail]
  ) throws {
    var indexOfPair: [UInt32: [Int]] = [:]
    let wanted = incidents.enumerated().compactMap { index, incident in
      incident.findings.first { $0.detector == "beacon" }?.peer.map {
        (index: index, host: incident.entity, peer: $0)
      }
    }
    guard !wanted.isEmpty else { return }
    var pairNumber: UInt32 = 0
    for index in 0..<pairs.table.batchCount {
      let batch = try pairs.table.batch(index)
      let (hosts, responders) = (batch[Pair.originator], batch[Pair.responder])
      let (ports, protocols) = (batch[Pair.port], batch[Pair.ianaNumber])
      for row in 0..<batch.rowCount {
        let host = hosts[row] ?? ""
        for want in wanted where want.host == host {
          let responder = responders[row] ?? ""
          let service = ServiceName.text(port: ports.value(row), ianaNumber: protocols.value(row))
          let end = responder.contains(":") ? "[\(responder)]" : responder
          guard want.peer == responder || want.peer == "\(end):\(service)" else { continue }
          indexOfPair[pairNumber + UInt32(row), default: []].append(want.index)
          details[want.index].gapsPeer = want.peer
        }
      }
      pairNumber += UInt32(batch.rowCount)
    }
    for index in 0..<pairs.values.batchCount {
      let batch = try pairs.values.batch(index)
      let (numbers, measures) = (batch[PairValue.pair], batch[PairValue.measure])
      let (values, counts) = (batch[PairValue.value], batch[PairValue.count])
      for row in 0..<batch.rowCount {
        guard measures.value(row) == PairValue.Measure.gapSeconds.rawValue,
          let found = indexOfPair[numbers.value(row)]
        else { continue }
        for detail in found {
          details[detail].gaps.append((Int(values.value(row)), Int(counts.value(row))))
        }
      }
    }
    for index in details.indices { details[index].gaps.sort { $0.seconds < $1.seconds } }
  }

  // MARK: Evidence

  /// The rows behind each incident's strongest finding: those of the host in its window, and with
  /// its peer where it has one.
  private func readEvidence(_ flows: any BatchSource, to details: inout [IncidentDetail]) throws {
    let wanted = incidents.enumerated().compactMap { index, incident in
      incident.findings.first.map { Wanted(index: index, finding: $0) }
    }
    for index in 0..<flows.batchCount {
      let range = flows.timeRange(ofBatch: index)
      let near = wanted.filter { want in
        range.map { $0.overlaps(from: want.window.lowerBound, to: want.window.upperBound) } ?? true
      }
      guard !near.isEmpty else { continue }
      let rows = FlowRows(try flows.batch(index))
      for row in 0..<rows.count {
        for want in near where want.matches(rows, row) {
          details[want.index].evidenceCount += 1
          if details[want.index].evidence.count < DetailReader.evidenceRowCount {
            details[want.index].evidence.append(rows.evidence(row))
          }
        }
      }
    }
  }

  private struct Wanted {
    let index: Int
    let window: Range<Instant>
    private let address: Address?
    private let name: String
    /// The peer's address or name without its port; nil where any will do.
    private let peer: String?

    init(index: Int, finding: Finding) {
      self.index = index
      window = finding.window
      address = Address(finding.entity)
      name = finding.entity
      peer = finding.peerHost
    }

    func matches(_ rows: FlowRows, _ row: Int) -> Bool {
      guard window.contains(rows.times.value(row)) else { return false }
      let isSource = isSelf(rows.sources[row], rows.sourceHosts, row)
      guard isSource || isSelf(rows.destinations[row], rows.destinationHosts, row) else {
        return false
      }
      guard let peer, let other = Address(peer) else { return true }
      return (isSource ? rows.destinations[row] : rows.sources[row]) == other
    }

    private func isSelf(_ found: Address?, _ names: Coded<Strings>, _ row: Int) -> Bool {
      if let address { return found == address }
      return names[row] == name
    }
  }
}

/// The columns of conversations that evidence quotes.
private struct FlowRows {
  let count: Int
  let times: Values<Instant>
  let sources: Values<Address>
  let destinations: Values<Address>
  let sourceHosts: Coded<Strings>
  let destinationHosts: Coded<Strings>
  private let ports: (Values<UInt16>, Values<UInt16>)
  private let protocols: Values<UInt8>
  private let bytes: (Values<Int64>, Values<Int64>)
  private let durations: Values<Int64>
  private let states: Coded<Strings>
  private let files: Coded<Strings>
  private let lines: Values<Int64>

  init(_ batch: Batch) {
    count = batch.rowCount
    times = batch[Event.time]
    sources = batch[Event.sourceAddress]
    destinations = batch[Event.destinationAddress]
    sourceHosts = batch[Event.sourceHost]
    destinationHosts = batch[Event.destinationHost]
    ports = (batch[Event.sourcePort], batch[Event.destinationPort])
    protocols = batch[Event.ianaNumber]
    bytes = (batch[Event.sourceBytes], batch[Event.destinationBytes])
    durations = batch[Event.durationMicroseconds]
    states = batch[Event.connectionState]
    files = batch[Event.logFile]
    lines = batch[Event.logLine]
  }

  /// "10.0.0.7:50123 → 203.0.113.7:443/tcp, 1.2 kB out, 48 kB in, 3.2 s, SF"
  func evidence(_ row: Int) -> IncidentDetail.EvidenceRow {
    func end(_ address: Address?, _ host: String?) -> String {
      guard let address else { return host ?? "?" }
      return address.ipv4 == nil ? "[\(address)]" : address.description
    }
    let source = end(sources[row], sourceHosts[row])
    let destination = end(destinations[row], destinationHosts[row])
    let from = ports.0[row].map { "\(source):\($0)" } ?? source
    let number = protocols[row] ?? 0
    let to =
      ports.1[row].map { "\(destination):\(ServiceName.text(port: $0, ianaNumber: number))" }
      ?? "\(destination) \(protocolName(number))"
    var parts = ["\(from) → \(to)"]
    if let sent = bytes.0[row] { parts.append("\(Quantity.bytes(Double(sent))) out") }
    if let received = bytes.1[row] { parts.append("\(Quantity.bytes(Double(received))) in") }
    if let duration = durations[row] {
      parts.append(Quantity.duration(seconds: Double(duration) / 1_000_000))
    }
    if let state = states[row] { parts.append(state) }
    return IncidentDetail.EvidenceRow(
      time: times.value(row), text: parts.joined(separator: ", "), logFile: files[row] ?? "?",
      logLine: Int(lines.value(row)))
  }
}
