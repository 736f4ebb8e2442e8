import ArrowFile
import Columnar
import Events
import Features
import Quality
import StageKit

/// Makes `quality/day=D`: what is wrong with a day's data, by that of the days before.
struct DataQuality {
  /// Raised when the same tables give another judgement.
  static let algorithm = 3

  let site: Site
  let store: Store
  let limits: [String: Double]

  /// A day's tables and what stands for them, read once for all the days that look back to it.
  private struct Known {
    let data: DataDay
    let inputs: [Manifest.Input]
  }

  /// - Parameter days: in order.
  func make(_ days: [CivilDate]) throws -> [Outcome] {
    let sources = Set(site.inputs.map(\.source))
    let judge = QualityJudge(
      limits: try QualityLimits(limits), calendar: site.calendar, expectedSources: sources)
    let stored = try store.days(in: "profiles")
    var known: [CivilDate: Known] = [:]
    return try days.map { day in
      if let outcome = try store.settled(.quality, day, site: site) { return outcome }
      let earlier = stored.filter {
        $0 < day && $0 >= day.advanced(by: -QualityJudge.memoryDays)
      }
      for one in earlier + [day] where known[one] == nil { known[one] = try read(one) }
      let all = (earlier + [day]).compactMap { known[$0] }
      let plan = Manifest(
        stage: "baseline", algorithm: DataQuality.algorithm, subject: "quality of \(day)",
        options: [
          "limits": limits.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            .joined(separator: ","),
          "sources": sources.sorted().joined(separator: " "),
          "timezone": site.calendar.zone.name,
          "holidays": site.calendar.holidays.sorted().map(\.description).joined(separator: ","),
        ], inputs: all.flatMap(\.inputs))
      return try store.make(store.quality(day), plan: plan) { folder in
        guard let today = all.last else { return [:] }
        let quality = judge.judge(today.data, earlier: all.dropLast().map(\.data))
        for table in quality.tables { try folder.write(table) }
        return ["findings": "\(quality.findings.count)"]
      }
    }
  }

  private func read(_ day: CivilDate) throws -> Known {
    let folders = [store.events(day), store.profiles(day)]
    let facts = try Manifest.read(folder: store.profiles(day))?.facts ?? [:]
    let data = try DataDay(
      day, calendar: site.calendar, coarseness: Coarseness(facts: facts)
    ) { schema in
      for folder in folders {
        if let table = try store.table(schema.name, in: folder, expecting: schema) { return table }
      }
      return nil
    }
    return Known(data: data, inputs: try folders.compactMap(store.input))
  }
}
