import Columnar
import Events
import Indicators
import StageKit

/// Makes votes and scores of days, and says of each what came of it.
struct Judging {
  let site: Site
  let store: Store
  let settings: DetectorSettings
  let options: CommonOptions

  /// Makes the votes of days only.
  func vote(_ days: [CivilDate]) throws {
    let logger = options.logger("score")
    for (day, outcome) in zip(days, try votes(of: days)) {
      logger.info("\(day): votes \(outcome)")
      if options.json { print("{\"day\":\"\(day)\",\"votes\":\"\(outcome)\"}") }
    }
  }

  private func votes(of days: [CivilDate]) throws -> [Outcome] {
    let voting = Voting(
      site: site, store: store, settings: settings,
      indicators: try site.readIndicators(for: store) { options.logger("score").warning("\($0)") },
      threads: min(2, max(1, options.threads / max(1, days.count))))
    return try parallelMap(days, threads: options.threads) { try voting.make($0) }
  }

  /// - Parameters:
  ///   - days: in order.
  ///   - renewing: whether votes that theirs are compared with, and that were made by another
  ///     algorithm or by other settings, are made again: votes are worth something only beside
  ///     votes of the same kind.
  func judge(_ days: [CivilDate], renewing: Bool = false) throws {
    let logger = options.logger("score")
    let others =
      renewing
      ? try store.votesBeside(days).filter { try Voting.isOutdated($0, in: store, settings) } : []
    let votes = try votes(of: others + days)
    if !others.isEmpty {
      let made = votes.prefix(others.count)
      let written = made.count { $0 == .written }
      let settled = made.count { if case .settled = $0 { true } else { false } }
      let why = settled == 0 ? "" : "; what those of \(settled) were made from was pruned"
      logger.info(
        "\(Quantity.counted(others.count, "earlier day")): votes of \(written) made again\(why)")
    }
    let scores = try Deciding(site: site, store: store).make(days)
    for (day, outcomes) in zip(days, zip(votes.dropFirst(others.count), scores)) {
      for finding in try store.dataFindings(day) where finding.fault != nil {
        logger.warning("\(day): \(finding.line)")
      }
      logger.info("\(day): votes \(outcomes.0); scores \(outcomes.1)")
      if options.json {
        print("{\"day\":\"\(day)\",\"votes\":\"\(outcomes.0)\",\"scores\":\"\(outcomes.1)\"}")
      }
    }
  }
}
