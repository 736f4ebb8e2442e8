import Columnar
import Events

/// What a host's pairs say of its days before D.
package struct HostTraffic {
  /// Bytes and seconds that count as one: less is about nothing.
  package static let uploadUnit = 1_000_000.0
  package static let connectedUnit = 600.0

  /// Day by day: most bytes that one young external destination got more than it gave, seconds of
  /// the longest connected one, and destinations that didn't answer.
  var uploads: [Double]
  var connected: [Double]
  var unanswered: [Double]
  var unansweredInWeek = 0
  /// Whether it originated anything, day by day.
  var isActive: [Bool]

  init(dayCount: Int) {
    uploads = .init(repeating: 0, count: dayCount)
    connected = uploads
    unanswered = uploads
    isActive = .init(repeating: false, count: dayCount)
  }
}

/// Folds conversations, in the order of pairs, to what each originator did day by day.
struct HostTrafficFold {
  /// Destinations count as young for this many days after the first.
  private static let youngDays = 7

  /// What an originator sent to a destination on one day.
  private struct Day {
    var conversations: Int64 = 0
    var failed: Int64 = 0
    var netBytes: Int64 = 0
    var microseconds: Int64 = 0
  }

  private let asOf: CivilDate
  private let days: [CivilDate]
  private let seen: SeenTable
  private(set) var traffic: [String: HostTraffic] = [:]

  /// The originator and destination at hand; nil before the first.
  private var originator: String?
  private var responder = ""
  private var isExternal = false
  private var destination: [Day]
  private var host: HostTraffic

  init(asOf: CivilDate, days: [CivilDate], seen: SeenTable) {
    self.asOf = asOf
    self.days = days
    self.seen = seen
    destination = .init(repeating: Day(), count: days.count)
    host = HostTraffic(dayCount: days.count)
  }

  /// To be called before the first day of each pair is added.
  mutating func start(_ pair: PairBatch, _ row: Int) {
    let isSameHost = originator?.utf8.elementsEqual(pair.originator.bytes(row)) ?? false
    if !isSameHost || !responder.utf8.elementsEqual(pair.responder.bytes(row)) {
      endDestination()
      responder = String(decoding: pair.responder.bytes(row), as: UTF8.self)
    }
    if !isSameHost {
      endHost()
      originator = String(decoding: pair.originator.bytes(row), as: UTF8.self)
    }
    isExternal = pair.isExternal[row] ?? false
  }

  /// - Parameter day: index of the row's day.
  mutating func add(_ pair: PairBatch, _ row: Int, day: Int) {
    destination[day].conversations += pair.conversations.value(row)
    destination[day].failed += pair.failed.value(row)
    destination[day].netBytes += pair.bytesSent.value(row) - pair.bytesReceived.value(row)
    destination[day].microseconds += pair.durationMicroseconds.value(row)
  }

  /// To be called after the last row.
  mutating func finish() {
    endDestination()
    endHost()
  }

  private mutating func endHost() {
    if let originator { traffic[originator] = host }
    host = HostTraffic(dayCount: days.count)
  }

  private mutating func endDestination() {
    guard let originator else { return }
    // Looked up only for what would be more than another destination's: few are.
    lazy var lastYoung =
      asOf.dayNumber - age(of: responder, to: originator) + HostTrafficFold.youngDays
    var sent: Int64 = 0
    var answered = false
    var wasThisWeek = false
    for index in days.indices where destination[index].conversations > 0 {
      let day = destination[index]
      host.isActive[index] = true
      sent += day.netBytes
      let (upload, connected) = (Double(sent), Double(day.microseconds) / 1_000_000)
      if isExternal, upload > host.uploads[index] || connected > host.connected[index],
        days[index].dayNumber <= lastYoung
      {
        host.uploads[index] = max(host.uploads[index], upload)
        host.connected[index] = max(host.connected[index], connected)
      }
      if day.failed == day.conversations {
        host.unanswered[index] += 1
      } else {
        answered = true
      }
      if asOf.dayNumber - days[index].dayNumber <= 7 { wasThisWeek = true }
      destination[index] = Day()
    }
    if !answered && wasThisWeek { host.unansweredInWeek += 1 }
  }

  /// The days since an originator first met a destination.
  private func age(of responder: String, to originator: String) -> Int {
    let key = SeenKey(subject: keyHash(responder), host: keyHash(originator))
    return seen.days(.destination, key).age ?? 0
  }
}
