import Challengers
import Events
import Features

extension ScoringInputs {
  /// Calls `body` with what each host of the day did that is known for some days, and its peer
  /// group.
  func forEachKnownHost(_ body: (_ host: HostSteps, _ group: String) throws -> Void) throws {
    try HostSteps.forEach(in: tables.steps) { host in
      guard let group = state.hosts[host.name]?.group, activeHours[host.name] != nil,
        !isNew(host.name)
      else { return }
      try body(host, group)
    }
  }
}
