import Columnar
import Events
import Glibc

/// The profile rows of a host or peer group.
package struct ProfileSet: Sendable {
  package struct Row: Sendable {
    package let sampleCount: Int
    package let presentCount: Int
    package let busyCount: Int
    /// One a measure; nil where no hour was covered.
    package let centers: [Center?]
  }
  /// By slot of the clock.
  private var slots = [Row?](repeating: nil, count: ProfileSlot.count)
  private var weekdays: [Int: Row] = [:]

  package init() {}

  package mutating func set(_ row: Row, dayType: Int, hour: Int) {
    if dayType < 2 {
      slots[ProfileSlot.index(dayType: dayType, hour: hour)] = row
    } else {
      weekdays[(dayType - 2) * 24 + hour] = row
    }
  }

  package func row(dayType: Int, hour: Int) -> Row? {
    slots[ProfileSlot.index(dayType: dayType, hour: hour)]
  }

  func row(slot: Int) -> Row? { slots[slot] }

  package func row(weekday: Int, hour: Int) -> Row? { weekdays[weekday * 24 + hour] }
}

/// Reads `host_profiles.arrow` host by host, in the order of hosts.
package final class ProfileCursor {
  private let source: any BatchSource
  private var batchIndex = 0
  private var row = 0
  private var batch: Batch?
  private var next: NamedEndpoint?

  package init(_ source: any BatchSource) throws {
    self.source = source
    try load()
  }

  /// The profile of a host, where it has one. Hosts must be asked for in ascending order.
  package func profile(of host: NamedEndpoint) throws -> ProfileSet? {
    while let name = next, name < host { _ = try take() }
    return next == host ? try take()?.1 : nil
  }

  package func take() throws -> (NamedEndpoint, ProfileSet)? {
    guard let name = next else { return nil }
    var set = ProfileSet()
    while next == name, let batch {
      let hosts = batch[HostProfile.host]
      let (dayType, hour) = (batch[HostProfile.dayType], batch[HostProfile.hour])
      let samples = batch[HostProfile.sampleCount]
      let present = batch[HostProfile.presentCount]
      let busy = batch[HostProfile.busyCount]
      let centers = Measure.all.map { (batch[$0.median], batch[$0.deviation]) }
      while row < batch.rowCount, hosts[row] == name.text {
        set.set(
          ProfileSet.Row(
            sampleCount: Int(samples.value(row)), presentCount: Int(present.value(row)),
            busyCount: Int(busy.value(row)),
            centers: centers.map { median, deviation in
              guard let center = median[row], let spread = deviation[row] else { return nil }
              return Center(median: Double(center), deviation: Double(spread))
            }),
          dayType: Int(dayType.value(row)), hour: Int(hour.value(row)))
        row += 1
      }
      try load()
    }
    return (name, set)
  }

  private func load() throws {
    while row == batch?.rowCount ?? 0 {
      guard batchIndex < source.batchCount else {
        next = nil
        return
      }
      batch = try source.batch(batchIndex)
      batchIndex += 1
      row = 0
    }
    next = batch.map { NamedEndpoint($0[HostProfile.host].bytes(row)) }
  }
}

/// What is usual for a host: its own profile drawn towards that of its peer group.
package struct HostBaseline: Sendable {
  private let own: ProfileSet
  private let group: ProfileSet?

  package init(own: ProfileSet, group: ProfileSet?) {
    self.own = own
    self.group = group
  }

  /// What to tell as usual at an hour of a type of day: what is so in the host's own hours, which
  /// anybody can work out again; before there are 8 samples, what they are held against. Nil where
  /// no such hour was ever covered.
  package func told(_ measure: Int, dayType: Int, hour: Int) -> Center? {
    own(measure, dayType: dayType, hour: hour) ?? usual(measure, dayType: dayType, hour: hour)
  }

  /// What an hour of a type of day is held against; nil where no such hour was ever covered.
  private func usual(_ measure: Int, dayType: Int, hour: Int) -> Center? {
    guard let row = own.row(dayType: dayType, hour: hour), let center = row.centers[measure] else {
      return nil
    }
    return center.shrunk(
      sampleCount: row.sampleCount,
      towards: group?.row(dayType: dayType, hour: hour)?.centers[measure])
  }

  /// A measure's value on log1p against what is usual at this hour, on this weekday at this hour
  /// and in the busiest hours of workdays and of rest days: the least z of these, since what a host
  /// does every day at some hour is no excess at another (`timing` looks at hours). From 8 samples
  /// on, the host's own profile counts beside the one drawn towards its peers, so that a host that
  /// differs from them is not strange for that alone. With the centre and spread to tell.
  package func z(
    _ measure: Int, value: Double, clock: ClockHours, hour: Int
  ) -> (z: Double, usual: Center, spread: Double)? {
    guard let usual = usual(measure, dayType: clock.dayType, hour: hour),
      let told = told(measure, dayType: clock.dayType, hour: hour)
    else { return nil }
    let floor = Measure.all[measure].leastSpread
    let high = Int(HostProfile.dayHigh)
    var z = (value - usual.median) / usual.spread(atLeast: floor)
    if z > 0 {
      var others: [Center?] = []
      for (dayType, hour) in [(clock.dayType, hour), (0, high), (1, high)] {
        others.append(self.usual(measure, dayType: dayType, hour: hour))
        others.append(own(measure, dayType: dayType, hour: hour))
      }
      others.append(own.row(weekday: clock.day.weekday, hour: hour)?.centers[measure])
      for case let other? in others {
        z = min(z, max((value - other.median) / other.spread(atLeast: floor), 0))
      }
    }
    return (z, told, told.spread(atLeast: floor))
  }

  /// What is usual in the host's own hours; nil before there are 8 samples.
  private func own(_ measure: Int, dayType: Int, hour: Int) -> Center? {
    guard let row = own.row(dayType: dayType, hour: hour), row.sampleCount >= 8 else { return nil }
    return row.centers[measure]
  }

  /// The share of such hours, on days on which the host is there, in which it is busy, drawn
  /// towards its peers', or that of an hour nearby times .3 for each hour between, whichever is
  /// most: people come early and stay late; 0 … 1.
  package func busyShare(dayType: Int, hour: Int) -> Double? {
    guard var share = share(dayType: dayType, hour: hour) else { return nil }
    var weight = 1.0
    for distance in 1...5 {
      weight *= 0.3
      for neighbour in [(hour + distance) % 24, (hour + 24 - distance) % 24] {
        share = max(share, weight * (self.share(dayType: dayType, hour: neighbour) ?? 0))
      }
    }
    return share
  }

  private func share(dayType: Int, hour: Int) -> Double? {
    guard let row = own.row(dayType: dayType, hour: hour) else { return nil }
    var prior = 0.5
    if let peers = group?.row(dayType: dayType, hour: hour) {
      prior = (Double(peers.busyCount) + 0.5) / (Double(peers.presentCount) + 1)
    }
    // Two hours' worth of prior: enough to keep the share above zero.
    return (Double(row.busyCount) + 2 * prior) / (Double(row.presentCount) + 2)
  }

  /// log1p of the destinations from which an hour counts as busy.
  package var busyThreshold: Double {
    BusyHour.threshold { own.row(slot: $0)?.centers[HostSamples.destinations]?.median }
  }
}

/// A host's day beside what is usual for it.
package struct HostContext: Sendable {
  package let day: HostDay
  /// Nil for a host never seen before.
  package let record: HostRecord?
  package let baseline: HostBaseline?
}

extension SiteState {
  /// Calls `body` with each host of a day's `host_hours.arrow`, in order.
  package func forEachHost(
    _ hostHours: any BatchSource, on day: CivilDate, _ body: (HostContext) throws -> Void
  ) throws {
    let hours = try HostHourCursor(hostHours, day: day)
    let profiles = try ProfileCursor(hostProfiles)
    while let hostDay = try hours.take() {
      let record = hosts[hostDay.host.text]
      let own = try profiles.profile(of: hostDay.host)
      let group = record.flatMap { groups[$0.group] }
      try body(
        HostContext(
          day: hostDay, record: record,
          baseline: own.map { HostBaseline(own: $0, group: group) }))
    }
  }
}
