import ArrowFile
import Columnar
import Events
import Features
import StageKit

/// Makes `features/day=D`: what the forests see of a day, with the state as of the day.
struct DayFeatures: Sendable {
  /// Raised when the same inputs give other features.
  static let algorithm = 2

  let site: Site
  let store: Store

  func make(_ day: CivilDate) throws -> Outcome {
    if let outcome = try store.settled(.features, day, site: site) { return outcome }
    let folders = [store.events(day), store.profiles(day), store.baseline(asOf: day)]
    let plan = Manifest(
      stage: "baseline", algorithm: DayFeatures.algorithm, subject: "features of \(day)",
      options: ["timezone": site.calendar.zone.name, "networks": site.networksText],
      inputs: try folders.compactMap(store.input))
    return try store.make(store.features(day), plan: plan) { folder in
      let tables = try DayTables(day: day, faults: []) {
        try store.requiredTable($0, in: store.profiles(day))
      }
      let baseline = store.baseline(asOf: day)
      let state = try SiteState(asOf: day) {
        try store.requiredTable($0.schema, in: baseline, name: $0.rawValue)
      }
      let hours = try folder.table(HostHourFeature.schema)
      try HostHourFeatures.write(tables, calendar: site.calendar, state: state, to: hours)
      try hours.finish()
      let sample = try folder.table(FlowFeature.schema)
      if let flows = try store.table(
        EventClass.flow.rawValue, in: store.events(day), expecting: EventClass.flow.schema)
      {
        let day = try FlowFeatures.Day(
          flows, tables: tables, calendar: site.calendar, networks: site.networks, state: state)
        try FlowFeatures(day).writeSample(to: sample)
      }
      try sample.finish()
      return ["host_hours": "\(hours.rowCount)", "flows": "\(sample.rowCount)"]
    }
  }
}
