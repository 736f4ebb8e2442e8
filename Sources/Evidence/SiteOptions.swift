import Events
import StageKit

/// The options of a site file that decide results: all that is not secret.
struct SiteOptions: Encodable {
  struct Input: Encodable {
    let source: String
    let glob: String
    let formats: [String]
    let zone: String?
    let year: String?
    let observer: String?
  }

  struct IndicatorList: Encodable {
    let path: String
    let format: String
  }

  let name: String
  let timezone: String
  let timezoneRules: String
  let networks: [String]
  let holidays: [String]
  let baselineDays: Int
  let incidentsPerDay: Int
  let falseAlarmsPerDay: Double
  let inputs: [Input]
  let indicatorLists: [IndicatorList]
  let assetsFile: String?

  init(_ site: Site) {
    name = site.name
    timezone = site.calendar.zone.name
    timezoneRules = TimeZoneDatabase.version
    networks = site.networks.networks.map(\.description)
    holidays = site.calendar.holidays.sorted().map(\.description)
    baselineDays = site.baselineDays
    incidentsPerDay = site.budget.incidentsPerDay
    falseAlarmsPerDay = site.budget.falseAlarmsPerDay
    inputs = site.inputs.map {
      Input(
        source: $0.source, glob: $0.glob, formats: $0.formats, zone: $0.zone, year: $0.year?.text,
        observer: $0.observer)
    }
    indicatorLists = site.indicatorLists.map { IndicatorList(path: $0.path, format: $0.format) }
    assetsFile = site.assetsPath.map(FileBytes.name)
  }
}
