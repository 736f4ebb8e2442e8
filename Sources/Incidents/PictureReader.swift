import Columnar
import Events

/// The tables of one day that the network picture is drawn from; nil where the day has none.
package struct PictureTables: Sendable {
  package let day: CivilDate
  package let hostHours: any BatchSource
  package let services: any BatchSource
  package let edges: any BatchSource

  package init(
    day: CivilDate, hostHours: any BatchSource, services: any BatchSource, edges: any BatchSource
  ) {
    self.day = day
    self.hostHours = hostHours
    self.services = services
    self.edges = edges
  }
}

extension NetworkPicture {
  /// Draws the picture of a day.
  ///
  /// - Parameter earlier: the days before, in order; what none of them has is new. With fewer than
  ///   three nothing is called new.
  package static func read(
    _ today: PictureTables, earlier: [PictureTables], calendar: CivilCalendar
  ) throws -> NetworkPicture {
    var picture = NetworkPicture()
    let counts = try conversations(today)
    let lastWeek = earlier.first { $0.day == today.day.advanced(by: -7) }
    let before = try lastWeek.map(conversations)
    let windows = calendar.hours(of: today.day)
    let windowsBefore = calendar.hours(of: today.day.advanced(by: -7))
    picture.hours = windows.map { window in
      let clock = calendar.hourOfDay(of: window.lowerBound)
      let same = windowsBefore.first { calendar.hourOfDay(of: $0.lowerBound) == clock }
      return (
        window.lowerBound, counts[window.lowerBound] ?? 0,
        before.map { counts in same.flatMap { counts[$0.lowerBound] } ?? 0 }
      )
    }
    try picture.readTalkers(today.hostHours)
    guard earlier.count >= DayFacts.leastEarlierDays else { return picture }
    picture.newHosts = try news(today, earlier) { try hosts($0.hostHours) }
    picture.newServices = try news(today, earlier) { try services($0.services) }
    picture.newEdges = try news(today, earlier) { try edges($0.edges) }
    return picture
  }

  /// What was not seen on earlier days, a line for each subject.
  private static func news(
    _ today: PictureTables, _ earlier: [PictureTables],
    _ seen: (PictureTables) throws -> Set<NewsItem>
  ) throws -> [String] {
    var new = try seen(today)
    for day in earlier where !new.isEmpty { new.subtract(try seen(day)) }
    return NewsItem.lines(new)
  }

  private static func conversations(_ tables: PictureTables) throws -> [Instant: Int] {
    var counts: [Instant: Int] = [:]
    for index in 0..<tables.hostHours.batchCount {
      let batch = try tables.hostHours.batch(index)
      let (hours, begun) = (batch[HostHour.hour], batch[HostHour.outConversations])
      for row in 0..<batch.rowCount {
        let hour = hours.value(row)
        counts[hour] = counts[hour, default: 0].addingClamped(Int(begun.value(row)))
      }
    }
    return counts
  }

  private mutating func readTalkers(_ hostHours: any BatchSource) throws {
    let hosts = try HostTraffic.read(hostHours)
    backgroundConversations = hosts[HostHour.internet]?.begun ?? 0
    backgroundFailed = hosts[HostHour.internet]?.failed ?? 0
    topTalkers = HostTraffic.ranked(hosts).prefix(10).map { host, traffic in
      Talker(host: host, bytes: traffic.bytes, conversations: traffic.conversations)
    }
  }

  private static func hosts(_ table: any BatchSource) throws -> Set<NewsItem> {
    var names: Set<NewsItem> = []
    for index in 0..<table.batchCount {
      let hosts = try table.batch(index)[HostHour.host]
      for row in 0..<hosts.count {
        if let host = hosts[row], host != HostHour.internet { names.insert(NewsItem(item: host)) }
      }
    }
    return names
  }

  private static func services(_ table: any BatchSource) throws -> Set<NewsItem> {
    var names: Set<NewsItem> = []
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      let hosts = batch[Service.host]
      let (ports, protocols) = (batch[Service.port], batch[Service.ianaNumber])
      for row in 0..<batch.rowCount {
        let service = ServiceName.text(port: ports.value(row), ianaNumber: protocols.value(row))
        names.insert(NewsItem(before: "\(hosts[row] ?? "") answers on ", item: service))
      }
    }
    return names
  }

  private static func edges(_ table: any BatchSource) throws -> Set<NewsItem> {
    var names: Set<NewsItem> = []
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      let (from, to) = (batch[Edge.originator], batch[Edge.responder])
      let (ports, protocols) = (batch[Edge.port], batch[Edge.ianaNumber])
      for row in 0..<batch.rowCount {
        let service = ServiceName.text(port: ports.value(row), ianaNumber: protocols.value(row))
        names.insert(
          NewsItem(
            before: "\(from[row] ?? "") to ", item: to[row] ?? "", after: " on \(service)"))
      }
    }
    return names
  }
}

/// All bytes of a host's hour, whoever began the conversation and whoever sent them.
enum HostVolume {
  static let columns = [
    HostHour.outBytes, HostHour.outBytesReceived, HostHour.inBytes, HostHour.inBytesSent,
  ]
}

/// A port with its protocol: `443/tcp`.
package enum ServiceName {
  package static func text(port: UInt16, ianaNumber: UInt8) -> String {
    "\(port)/\(protocolName(ianaNumber))"
  }
}
