import Events
import Incidents

extension MarkdownReport {
  /// What is wrong with the day's data, what each source gave, and what detectors could see.
  var quality: String {
    let findings = facts.dataFindings.map { finding in
      let blinded = facts.blinded(by: finding)
      let consequence = blinded.isEmpty ? "" : " Blind for it: \(blinded.joined(separator: ", "))."
      return "\(finding.source) (\(finding.eventClass)): \(finding.text)\(consequence) "
        + finding.advice
    }
    let sources = facts.sources.map { source in
      [
        source.source, source.eventClass?.rawValue ?? "never seen", Quantity.count(source.rows),
        source.usualText, "\(source.coveredHours) of \(source.dayHours)",
        Quantity.count(source.duplicates), Quantity.count(source.rowsAfter),
        Quantity.count(source.rejected), source.complaints,
      ]
    }
    let detectors = facts.detectors.map {
      [$0.detector, $0.source, $0.ran ? "ran" : "skipped", $0.reason]
    }
    let columns = [
      "Source", "Data", "Rows of the day", "Usually", "Hours with rows", "Sent twice",
      "Dated later", "Lines rejected", "Reasons, remarks",
    ]
    return """
      ## Data quality and coverage

      \(list(findings, none: "0 found in \(facts.sources.count) kinds of data checked."))

      \(table(columns, sources))

      \(contextRemarks)\(duties)\(table(["Detector", "Reads", "Today", "Why"], detectors))
      """ + drift
  }

  /// What is wrong with files of context; nothing where nothing is.
  private var contextRemarks: String {
    facts.context.remarks.map { "Context: \(e($0)).\n\n" }.joined()
  }

  /// Nothing where no detector is challenged.
  private var duties: String { facts.duties.map { "\(e($0.sentence))\n\n" }.joined() }

  /// Nothing where nothing moved.
  private var drift: String {
    let features = facts.drift.movedFeatures.map {
      [$0.text, Quantity.decimal($0.index, places: 2), $0.change ?? ""]
    }
    let votes = facts.drift.unevenVotes.map {
      [
        $0.detector, $0.entityClass, Quantity.count($0.count),
        Quantity.decimal($0.distance, places: 2),
      ]
    }
    let featureTable = table(["Hours of hosts, by", "Shift", "What moved"], features)
    let voteTable = table(
      ["P-values that are not even", "Hosts", "Votes of 28 days", "Distance"], votes)
    return (features.isEmpty ? "" : "\n\n\(featureTable)\n\n\(DayDrift.featureAdvice)")
      + (votes.isEmpty ? "" : "\n\n\(voteTable)\n\n\(DayDrift.voteAdvice)")
  }
}
