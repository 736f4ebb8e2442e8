import Columnar
import Events

/// Who of a detector and its challenger decides on a day, and why.
package struct DetectorDuty: Equatable, Sendable {
  package let champion: String
  package let challenger: String
  package let isChallengerInCharge: Bool
  /// Nil where it was not otherwise for long.
  package let since: CivilDate?
  package let days: Int
  /// The challenger's average precision less the champion's; nil where no day is compared.
  package let difference: DetectorCharge.Estimate?

  package init(
    champion: String, challenger: String, isChallengerInCharge: Bool, since: CivilDate?, days: Int,
    difference: DetectorCharge.Estimate?
  ) {
    self.champion = champion
    self.challenger = challenger
    self.isChallengerInCharge = isChallengerInCharge
    self.since = since
    self.days = days
    self.difference = difference
  }

  /// "edges decides, and learned-edges is only compared: on copies of 9 days with attacks put in …"
  package var sentence: String {
    let since = since.map { " since \($0)" } ?? ""
    let who =
      isChallengerInCharge
      ? "\(challenger) decides\(since) in place of \(champion)"
      : "\(champion) decides\(since), and \(challenger) is only compared"
    guard let difference else {
      return who + ": no day of the last \(DetectorCharge.comparedDays) is compared yet."
    }
    func text(_ value: Double) -> String {
      let digits = Quantity.decimal(abs(value), places: 3)
      return digits == "0" ? digits : (value < 0 ? "−" : "+") + digits
    }
    let rule =
      isChallengerInCharge
      ? "it decides until that is below 0"
      : "it decides from \(text(DetectorCharge.margin)) on, with the interval above 0 and "
        + "\(DetectorCharge.leastDays) days compared"
    return
      "\(who): on copies of \(Quantity.counted(days, "day")) with attacks put in, the challenger's "
      + "average precision differed by \(text(difference.mean)) (\(text(difference.low)) to "
      + "\(text(difference.high))); \(rule)."
  }

  /// Reads `charge.arrow`.
  package static func read(_ table: any BatchSource) throws -> [DetectorDuty] {
    var duties: [DetectorDuty] = []
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      let (champion, challenger) = (
        batch[DetectorCharge.champion], batch[DetectorCharge.challenger]
      )
      let (inCharge, since) = (
        batch[DetectorCharge.isChallengerInCharge], batch[DetectorCharge.since]
      )
      let (days, mean) = (batch[DetectorCharge.days], batch[DetectorCharge.difference])
      let (low, high) = (batch[DetectorCharge.low], batch[DetectorCharge.high])
      for row in 0..<batch.rowCount {
        var difference: DetectorCharge.Estimate?
        if let mean = mean[row], let low = low[row], let high = high[row] {
          difference = DetectorCharge.Estimate(mean: mean, low: low, high: high)
        }
        duties.append(
          DetectorDuty(
            champion: champion[row] ?? "", challenger: challenger[row] ?? "",
            isChallengerInCharge: inCharge[row] ?? false,
            since: since[row].map { CivilDate(dayNumber: Int($0)) }, days: Int(days.value(row)),
            difference: difference))
      }
    }
    return duties
  }
}
