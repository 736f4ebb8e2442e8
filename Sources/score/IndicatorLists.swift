import Indicators
import Pseudonyms
import StageKit

extension IndicatorFile {
  /// Lines of a file that are wrong are said up to this many; the others are counted.
  private static let saidProblems = 5

  /// Says what is wrong with the file, a line each.
  func report(path: String, to warn: (String) -> Void) {
    for problem in problems.prefix(IndicatorFile.saidProblems) { warn(problem.printable) }
    let others = problems.count - IndicatorFile.saidProblems
    if others > 0 { warn("\(path): \(others) more lines are wrong") }
    if unusedCount > 0 { warn("\(path): \(unusedCount) entries say nothing of networks") }
  }
}

extension String {
  /// For a terminal, which nothing of what others wrote in logs and lists may steer.
  var printable: String {
    String(
      String.UnicodeScalarView(
        unicodeScalars.map { scalar in
          [.control, .format].contains(scalar.properties.generalCategory) ? "\u{FFFD}" : scalar
        }))
  }
}

extension Site {
  /// The indicators of all lists, in the order of the site file and of the files' names; nil where
  /// the site has no lists.
  /// - Parameter warn: is given what is wrong with a file, a line each.
  /// - Throws: where a list has no file, or a file can't be read.
  func readIndicators(for store: Store, warn: (String) -> Void) throws -> [Indicator]? {
    guard !indicatorLists.isEmpty else { return nil }
    let indicators = try indicatorLists.flatMap { list in
      let paths = try Glob.files(matching: resolve(list.path))
      guard !paths.isEmpty else {
        throw StageError("\(list.place.text("path")): expected files at \(list.path), found none")
      }
      return try paths.flatMap { path in
        let file = IndicatorFile(
          try FileBytes.read(path), path: path,
          format: IndicatorFile.Format(rawValue: list.format) ?? .plain,
          columns: list.value.map {
            IndicatorFile.Columns(value: $0, from: list.from, until: list.until)
          }, site: statedNetworks)
        file.report(path: path, to: warn)
        return file.indicators
      }
    }
    return try asStored(indicators, in: store, warn: warn)
  }

  /// Indicators with the pseudonyms of a store's addresses; without the key, those of addresses are
  /// left out.
  func asStored(
    _ indicators: [Indicator], in store: Store, warn: (String) -> Void
  ) throws -> [Indicator] {
    guard privacy?.method != nil else { return indicators }
    let pseudonymiser = try pseudonymiserAtHand(for: store.path)
    if let note = try missingKeyNote(for: store.path, "addresses in lists") { warn(note) }
    return indicators.compactMap { indicator in
      guard case .network(let network) = indicator.value else { return indicator }
      return pseudonymiser.map { indicator.with(.network($0.network(network))) }
    }
  }
}
