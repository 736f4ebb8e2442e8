import ArrowFile
import Columnar
import Detectors
import Events
import Features
import Foundation
import Learning

/// The summaries of a store's days, in order, and the states before them.
struct Store {
  let days: [CivilDate]
  private let path: String

  init(_ path: String) throws {
    self.path = path
    days = try FileManager.default.contentsOfDirectory(atPath: "\(path)/profiles").sorted()
      .compactMap { $0.hasPrefix("day=") ? CivilDate(String($0.dropFirst(4))) : nil }
  }

  func index(of day: String) throws -> Int {
    guard let index = days.firstIndex(where: { "\($0)" == day }) else {
      throw StoreError(description: "\(path): expected the day \(day), found \(days)")
    }
    return index
  }

  func table(_ schema: Schema, ofDay index: Int) throws -> any BatchSource {
    try ArrowReader(
      path: "\(path)/profiles/day=\(days[index])/\(schema.name).arrow", expecting: schema)
  }

  func inputs(ofDay index: Int) throws -> ScoringInputs {
    let day = days[index]
    return try ScoringInputs(
      day: day, calendar: CivilCalendar(),
      tables: DayTables(day: day) { try table($0, ofDay: index) },
      state: SiteState(asOf: day) {
        try ArrowReader(
          path: "\(path)/baseline/asof=\(day)/\($0.rawValue).arrow", expecting: $0.schema)
      })
  }
}

struct StoreError: Error {
  let description: String
}

/// Seconds that something took.
func seconds(_ work: () throws -> Void) rethrows -> Double {
  try ContinuousClock().measure(work).seconds
}

extension Duration {
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}

/// Resident memory of this process at its peak, in MiB.
var peakMemory: Double {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return Double(usage.ru_maxrss) / 1024
}

func printNote(_ name: String, _ value: Double) {
  print("#", name, String(format: "%.4f", value), separator: "\t")
}

func printNotes(_ card: TrainingCard?, _ parameters: Parameters, took duration: Duration) {
  printNote("training_seconds", duration.seconds)
  printNote("training_peak_mib", peakMemory)
  printNote("parameters", Double(parameters.numberCount))
  guard let card else { return }
  printNote("training_rows", Double(card.rowCount))
  printNote("epochs", Double(card.epochCount))
  printNote("held_out_loss", Double(card.heldOutLoss))
}
