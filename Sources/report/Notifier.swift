import Alerts
import ArrowFile
import Columnar
import Events
import Glibc
import Incidents
import Pseudonyms
import Registry
import StageKit

/// Queues what days' reports have of news, and sends what waits.
struct Notifier {
  let site: Site
  let store: Store
  let present: () -> Instant
  private let outbox: Outbox
  private let routing: Routing

  init(site: Site, store: Store, present: @escaping () -> Instant) throws {
    self.site = site
    self.store = store
    self.present = present
    outbox = Outbox(store)
    let pseudonymiser = try site.pseudonymiserAtHand(for: store.path)
    routing = Routing(
      calendar: site.calendar, assets: try IncidentReader(site: site, store: store).assets,
      owner: { pseudonymiser?.user($0) ?? $0 })
  }

  /// Whether a run would try to send anything.
  func isAnythingDue(again: Bool) throws -> Bool {
    let soon = Moment(present()).advanced(bySeconds: Courier.patienceSeconds)
    let names = site.routes.map(\.name)
    return try outbox.state().items.contains { item in
      guard names.contains(item.message.route) else { return false }
      switch item.outcome {
      case .sent: return false
      case .refused: return again
      case .waiting(let until): return until <= soon
      }
    }
  }

  /// Adds messages for each route to the outbox, day by day.
  func queue(_ days: [CivilDate]) throws {
    for day in days {
      let incidents = try store.reportedIncidents(day)
      try outbox.append { state in
        site.routes.flatMap { route in
          routing.messages(
            for: route, day: day, incidents: incidents, state: state, now: present())
        }.map(OutboxEntry.queued)
      }
    }
  }

  /// - Throws: at the end, where a message could not be sent or was refused.
  func deliver(again: Bool, options: CommonOptions) throws {
    let logger = options.logger("report")
    guard FileBytes.exists(outbox.path) else { return }
    // Two that send at once would send twice.
    guard let lock = try FileLock(ifFree: store.registry + "/outbox.sending") else {
      logger.info("another run is sending; what was queued meanwhile goes out with the next")
      return
    }
    defer { lock.release() }
    let courier = try Courier(outbox: outbox, now: present, wait: { sleep(UInt32($0)) })
    var failed: [String] = []
    for route in site.routes {
      let delivery = Delivery(route: route, siteName: site.name, calendar: site.calendar)
      let tally = try courier.deliver(route.name, tryingRefused: again) { message in
        try delivery.send(message, at: present())
      }
      if tally.sent > 0 { logger.info("\(route.name): \(tally.sent) sent") }
      for reason in tally.refused { logger.warning("\(route.name): refused: \(reason)") }
      if let reason = tally.deferred { logger.warning("\(route.name): not taken: \(reason)") }
      if tally.deferred != nil || !tally.refused.isEmpty { failed.append(route.name) }
    }
    try account(for: try outbox.state(), logger: logger, json: options.json)
    guard failed.isEmpty else {
      throw StageError(
        "\(failed.joined(separator: ", ")): not all could be sent; what waits in the outbox "
          + "report deliver tries again, what was refused report deliver --again")
    }
  }

  /// Says what is still in the outbox.
  private func account(for state: OutboxState, logger: Logger, json: Bool) throws {
    let names = site.routes.map(\.name)
    for name in names {
      let items = state.items.filter { $0.message.route == name }
      let waiting = items.compactMap { item -> Moment? in
        if case .waiting(let until) = item.outcome { until } else { nil }
      }
      let refused = items.compactMap { item -> String? in
        if case .refused(let reason) = item.outcome { reason } else { nil }
      }
      if let first = waiting.min() {
        logger.info("\(name): \(waiting.count) in the outbox, the first until \(first)")
      }
      if let last = refused.last {
        let advice = "mend the route and run report deliver --again"
        logger.warning("\(name): \(refused.count) stay refused, the last for: \(last); \(advice)")
      }
      if json {
        print(
          "{\"route\":\"\(name)\",\"sent\":\(items.count - waiting.count - refused.count),"
            + "\"waiting\":\(waiting.count),\"refused\":\(refused.count)}")
      }
    }
    let orphans = state.items.filter { $0.outcome != .sent && !names.contains($0.message.route) }
    for name in Set(orphans.map(\.message.route)).sorted() {
      logger.warning("\(name): messages wait for this route, which \(site.path) no longer has")
    }
  }
}
