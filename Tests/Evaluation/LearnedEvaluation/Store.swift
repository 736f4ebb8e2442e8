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

/// Seconds of processor time, of all threads, that this process has had.
var processorSeconds: Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

/// Seconds of processor time that something took.
func seconds(_ work: () throws -> Void) rethrows -> Double {
  let start = processorSeconds
  try work()
  return processorSeconds - start
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

func printNotes(_ card: TrainingCard?, _ parameters: Parameters, took seconds: Double) {
  printNote("training_processor_seconds", seconds)
  printNote("training_peak_mib", peakMemory)
  printNote("parameters", Double(parameters.numberCount))
  guard let card else { return }
  printNote("training_rows", Double(card.rowCount))
  printNote("epochs", Double(card.epochCount))
  printNote("held_out_loss", Double(card.heldOutLoss))
}
