import Columnar
import Events

@testable import Features

/// The day's summary the obvious way: dictionaries, sets and strings. Distinct counts are exact.
///
/// Rows of all tables come as text, a list of cells each, in the tables' order.
struct SlowDaySummary {
  var hostHours: [[String]] = []
  var pairs: [[String]] = []
  var pairValues: [[String]] = []
  var edges: [[String]] = []
  var services: [[String]] = []
  var coverage: [[String]] = []
  var nulls: [[String]] = []

  /// A host as it is sorted: addresses by number, then names.
  struct Host: Hashable, Comparable {
    var address: Address?
    var name = ""

    init(address: Address) { self.address = address }

    /// A name that reads as an address is one.
    init(name: String) {
      address = Address(name)
      self.name = address == nil ? name : ""
    }

    /// A name that was asked for stays one, whatever it reads as.
    init(asked name: String) { self.name = name }

    static func < (a: Host, b: Host) -> Bool {
      switch (a.address, b.address) {
      case (let x?, let y?): x < y
      case (nil, nil): Array(a.name.utf8).lexicographicallyPrecedes(Array(b.name.utf8))
      case (_?, nil): true
      case (nil, _?): false
      }
    }
    var text: String { address?.description ?? name }
  }

  struct HostDay {
    var counters: [String: Int64] = [:]
    var sets: [String: Set<String>] = [:]
    var hasSpoken = false
    var relayed = (queriesIn: Int64(0), conversationsIn: Int64(0), conversationsOut: Int64(0))
    mutating func add(_ value: Int64, _ name: String) { counters[name, default: 0] += value }
    mutating func insert(_ value: String, _ name: String) { sets[name, default: []].insert(value) }
  }

  struct PairKey: Hashable {
    var kind: String
    var originator: Host
    var responder: Host
    var port: UInt16
    var ianaNumber: UInt8
  }

  struct PairDay {
    var failed: Int64 = 0
    var received: Int64 = 0
    var isExternal = false
    var times: [Int64] = []
    var bytes: [Int64?] = []
    var durations: [Int64] = []
    var hours: [Int] = []
  }

  struct ServiceDay {
    var times: [Int64] = []
    var bytes: Int64 = 0
    var clients: Set<Host> = []
    var externalClients: Set<Host> = []
  }

  struct HostKey: Hashable {
    var host: Host
    var hour: Int
  }
  struct ServiceKey: Hashable {
    var host: Host
    var port: UInt16
    var ianaNumber: UInt8
  }

  var hostDays: [HostKey: HostDay] = [:]
  var pairDays: [PairKey: PairDay] = [:]
  var serviceDays: [ServiceKey: ServiceDay] = [:]
  var coverageDays: [String: [Int64]] = [:]
  /// Rows, and those without a value, by source, class and column.
  var nullDays: [String: [Int]] = [:]
  /// Sources that show a host.
  var hostSources: [Host: Set<String>] = [:]
  private var answering: Set<String> = []
  let hours: [Range<Instant>]
  private let networks: SiteNetworks

  init(
    day: CivilDate, calendar: CivilCalendar, networks: SiteNetworks, events: [EventClass: Table]
  ) throws {
    hours = calendar.hours(of: day)
    self.networks = networks
    for batch in events[.flow]?.batches ?? [] {
      for row in 0..<batch.rowCount
      where (batch[Event.destinationPackets][row] ?? 0) > 0
        || (batch[Event.destinationBytes][row] ?? 0) > 0
      {
        answering.insert(batch[Event.source][row] ?? "")
      }
    }
    for (eventClass, table) in events {
      for batch in table.batches {
        for row in 0..<batch.rowCount { add(eventClass, batch, row) }
      }
    }
    finish()
  }

  private func host(
    _ batch: Batch, _ row: Int, _ address: ColumnKey<Values<Address>>,
    _ name: ColumnKey<Event.Text>
  ) -> Host? {
    if let address = batch[address][row] { return Host(address: address) }
    guard let name = batch[name][row], !name.isEmpty else { return nil }
    return Host(name: name)
  }

  private func isOutside(_ host: Host?) -> Bool {
    guard let address = host?.address else { return false }
    return !networks.contains(address)
  }

  private mutating func add(_ eventClass: EventClass, _ batch: Batch, _ row: Int) {
    let time = batch[Event.time].value(row)
    guard let hour = hours.firstIndex(where: { $0.contains(time) }) else { return }
    let source = host(batch, row, Event.sourceAddress, Event.sourceHost)
    let destination = host(batch, row, Event.destinationAddress, Event.destinationHost)
    let originator = isOutside(source) ? Host(name: "internet") : source
    let sent = batch[Event.sourceBytes][row]
    let received = batch[Event.destinationBytes][row]
    let key = "\(batch[Event.source][row] ?? "")\t\(eventClass)\t\(pad(hour, 2))"
    coverageDays[key, default: [0, 0]][0] += 1
    for column in eventClass.watchedColumns {
      let place = batch.schema.index(of: column)
      // Only these protocols have ports to lack.
      let hasPorts =
        batch[Event.ianaNumber][row].map { [6, 17, 33, 132, 136].contains($0) } ?? true
      let isLacking = column != Event.destinationPort.name || hasPorts
      let isNull =
        place.map { !Validity(batch.columns[$0].validity)[row] && isLacking } ?? true
      let key = "\(batch[Event.source][row] ?? "")\t\(eventClass)\t\(column)"
      nullDays[key, default: [0, 0]][0] += 1
      nullDays[key]?[1] += isNull ? 1 : 0
    }
    if [.flow, .dns, .http, .tls].contains(eventClass), let name = batch[Event.source][row] {
      if let originator, eventClass != .tls || originator == source {
        hostSources[originator, default: []].insert(name)
      }
      if eventClass == .flow, let destination, !isOutside(destination) {
        hostSources[destination, default: []].insert(name)
      }
    }
    let hasBytes = (eventClass == .flow || eventClass == .http) && (sent != nil || received != nil)
    if hasBytes { coverageDays[key]?[1] += 1 }

    switch eventClass {
    case .auth, .vpn, .alert, .dhcp: return
    case .tls:
      guard let source, !isOutside(source) else { return }
      hostDays[HostKey(host: source, hour: hour), default: HostDay()].hasSpoken = true
    case .flow:
      addFlow(batch, row, time.microseconds, hour, source, destination, originator)
    case .dns:
      if let destination, !isOutside(destination) {
        hostDays[HostKey(host: destination, hour: hour), default: HostDay()].relayed.queriesIn += 1
      }
      let code = batch[Event.dnsResponseCode][row]
      let failed = code != nil && code != "NOERROR"
      let question = batch[Event.dnsQuestion][row] ?? ""
      if let originator {
        var entry = hostDays[HostKey(host: originator, hour: hour)] ?? HostDay()
        entry.hasSpoken = true
        entry.add(1, "dns_queries")
        entry.add(failed ? 1 : 0, "dns_failed")
        if question != "" { entry.insert(question.lowercased(), "dns_names") }
        hostDays[HostKey(host: originator, hour: hour)] = entry
      }
      guard let source, !isOutside(source), question != "" else { return }
      let labels = question.lowercased().split(separator: ".")
      let isPublic = labels.suffix(2).joined(separator: ".") == "co.uk"
      let key = PairKey(
        kind: "dns", originator: source,
        responder: Host(asked: labels.suffix(isPublic ? 3 : 2).joined(separator: ".")), port: 0,
        ianaNumber: 0)
      var pair = pairDays[key] ?? PairDay()
      pair.failed += failed ? 1 : 0
      pair.isExternal = true
      pair.times.append(time.microseconds)
      pair.bytes.append(nil)
      pair.durations.append(0)
      pair.hours.append(hour)
      pairDays[key] = pair
    case .http:
      let failed = (batch[Event.httpStatus][row] ?? 0) >= 400
      if let originator {
        var entry = hostDays[HostKey(host: originator, hour: hour)] ?? HostDay()
        entry.hasSpoken = true
        entry.add(1, "http_requests")
        entry.add(failed ? 1 : 0, "http_errors")
        hostDays[HostKey(host: originator, hour: hour)] = entry
      }
      if let server = server(batch, row, source: source, destination: destination) {
        hostDays[HostKey(host: server, hour: hour), default: HostDay()].hasSpoken = true
        if let name = batch[Event.source][row] { hostSources[server, default: []].insert(name) }
      }
      guard let source, !isOutside(source), let domain = batch[Event.urlDomain][row], domain != ""
      else { return }
      let name = domain.lowercased()
      let host =
        name.hasPrefix("[") ? name.dropFirst().prefix { $0 != "]" } : name.prefix { $0 != ":" }
      let key = PairKey(
        kind: "http", originator: source, responder: Host(name: String(host)),
        port: batch[Event.destinationPort][row] ?? 0,
        ianaNumber: batch[Event.ianaNumber][row] ?? 6)
      var pair = pairDays[key] ?? PairDay()
      pair.failed += failed ? 1 : 0
      pair.isExternal = pair.isExternal || destination == nil || isOutside(destination)
      pair.times.append(time.microseconds)
      pair.bytes.append(sent)
      pair.received += received ?? 0
      pair.durations.append(0)
      pair.hours.append(hour)
      pairDays[key] = pair
    }
  }

  private func server(_ batch: Batch, _ row: Int, source: Host?, destination: Host?) -> Host? {
    let url = batch[Event.urlFull][row] ?? ""
    if let destination {
      return isOutside(destination) || !(url == "" || url.hasPrefix("/")) ? nil : destination
    }
    let isNamed = (batch[Event.urlDomain][row] ?? "") != ""
    let name = batch[Event.source][row] ?? ""
    guard url.hasPrefix("/"), isOutside(source) || !isNamed, name != "" else { return nil }
    return Host(name: name)
  }

  private func isFailed(_ batch: Batch, _ row: Int, _ destination: Host?) -> Bool {
    let ianaNumber = batch[Event.ianaNumber][row] ?? 0
    if ["deny", "drop", "reset"].contains(batch[Event.action][row] ?? "") { return true }
    if let text = destination?.text, text.hasPrefix("224.") || text.hasPrefix("ff02:") {
      return false
    }
    if let state = batch[Event.connectionState][row], ianaNumber != 1, ianaNumber != 58 {
      return ["S0", "REJ", "RSTOS0", "RSTRH", "SH"].contains(state)
    }
    let answer = batch[Event.destinationPackets][row] ?? batch[Event.destinationBytes][row]
    if ianaNumber == 6, let flags = batch[Event.tcpFlags][row] {
      if flags & 0b10010 == 0b00010 { return true }
      let sent = batch[Event.sourcePackets][row] ?? 0
      if flags & 0b01101 == 0b00100 && sent > 0 && answer == sent { return true }
    }
    let isEcho =
      (ianaNumber == 1 && batch[Event.icmpType][row] == 8)
      || (ianaNumber == 58 && batch[Event.icmpType][row] == 128)
    guard ianaNumber == 6 || ianaNumber == 17 || isEcho, answer == 0 else { return false }
    return answering.contains(batch[Event.source][row] ?? "")
  }

  private mutating func addFlow(
    _ batch: Batch, _ row: Int, _ time: Int64, _ hour: Int, _ source: Host?, _ destination: Host?,
    _ originator: Host?
  ) {
    let failed = isFailed(batch, row, destination)
    let sent = batch[Event.sourceBytes][row]
    let received = batch[Event.destinationBytes][row] ?? 0
    let packetsReceived = batch[Event.destinationPackets][row] ?? 0
    let duration =
      batch[Event.durationMicroseconds][row]
      ?? batch[Event.end][row].map { $0.microseconds - time } ?? 0
    let port = batch[Event.destinationPort][row]
    let ianaNumber = batch[Event.ianaNumber][row] ?? 0
    let isExternal = isOutside(destination)
    if let originator {
      var entry = hostDays[HostKey(host: originator, hour: hour)] ?? HostDay()
      entry.hasSpoken = true
      entry.add(1, "out_conversations")
      if port == 53 { entry.relayed.conversationsOut += 1 }
      entry.add(failed ? 1 : 0, "out_failed")
      entry.add(sent ?? 0, "out_bytes")
      entry.add(received, "out_bytes_received")
      entry.add(batch[Event.sourcePackets][row] ?? 0, "out_packets")
      entry.add(packetsReceived, "out_packets_received")
      entry.add(duration, "out_duration_us")
      if let port { entry.insert("\(ianaNumber)/\(port)", "out_ports") }
      if let destination {
        entry.insert("\(destination)", "out_destinations")
        if let address = destination.address {
          let network =
            address.ipv4.map { "\($0 >> 8)" } ?? "\(address.high >> 16)/48"
          entry.insert(network, "out_networks")
        }
      }
      if isExternal {
        entry.add(sent ?? 0, "out_external_bytes")
        entry.insert("\(String(describing: destination))", "out_external_destinations")
      }
      hostDays[HostKey(host: originator, hour: hour)] = entry
    }
    guard let destination else { return }
    if !isExternal {
      var entry = hostDays[HostKey(host: destination, hour: hour)] ?? HostDay()
      let isAnswered = !failed || packetsReceived > 0 || received > 0
      if isAnswered || destination.address == nil { entry.hasSpoken = true }
      entry.add(1, "in_conversations")
      if port == 53 { entry.relayed.conversationsIn += 1 }
      entry.add(failed ? 1 : 0, "in_failed")
      entry.add(sent ?? 0, "in_bytes")
      entry.add(received, "in_bytes_sent")
      if isOutside(source) { entry.add(1, "in_external_conversations") }
      if let source { entry.insert("\(source)", "in_sources") }
      if let port { entry.insert("\(ianaNumber)/\(port)", "in_ports") }
      hostDays[HostKey(host: destination, hour: hour)] = entry
      if let port, !failed, batch[Event.isDirectionKnown][row] ?? true {
        let key = ServiceKey(host: destination, port: port, ianaNumber: ianaNumber)
        var service = serviceDays[key] ?? ServiceDay()
        service.times.append(time)
        service.bytes += received
        if let source { service.clients.insert(source) }
        if let source, isOutside(source) { service.externalClients.insert(source) }
        serviceDays[key] = service
      }
    }
    guard let source, !isOutside(source) else { return }
    let key = PairKey(
      kind: "conversation", originator: source, responder: destination, port: port ?? 0,
      ianaNumber: ianaNumber)
    var pair = pairDays[key] ?? PairDay()
    pair.failed += failed ? 1 : 0
    pair.received += received
    pair.isExternal = isExternal
    pair.times.append(time)
    pair.bytes.append(sent)
    pair.durations.append(duration)
    pair.hours.append(hour)
    pairDays[key] = pair
  }
}
