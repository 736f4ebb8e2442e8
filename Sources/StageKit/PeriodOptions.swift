import ArgumentParser
import Events

/// A period of which either end may be left open.
package struct PeriodOptions: ParsableArguments {
  @Option(help: "The first day, for instance 2026-03-02; if not named, the first that is stored.")
  package var from: String?

  @Option(help: "The last day; if not named, the last that is stored.")
  package var to: String?

  package init() {}

  package func validate() throws {
    if let first = try first, let last = try last, first > last {
      throw ValidationError("--from: \(first) is after \(last)")
    }
  }

  /// Nil where it is left open.
  package var first: CivilDate? {
    get throws { try from.map { try DayOptions.date($0, "--from") } }
  }
  package var last: CivilDate? { get throws { try to.map { try DayOptions.date($0, "--to") } } }
}
