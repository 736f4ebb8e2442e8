/// Which of the day's detectors spoke of an incident's host, which had nothing to say, and which
/// could not see.
package struct DetectorVoices: Sendable {
  package let agreed: [String]
  package let silent: [String]
  /// With the reason.
  package let blind: [(detector: String, reason: String)]
}

extension DayFacts {
  /// A detector that ran for any source counts as able to see.
  package func voices(on incident: Incident) -> DetectorVoices {
    var seen: Set<String> = []
    let names = detectors.map(\.detector).filter { seen.insert($0).inserted }
    let agreed = incident.detectors
    let ran = Set(detectors.filter(\.ran).map(\.detector))
    return DetectorVoices(
      agreed: agreed,
      silent: names.filter { ran.contains($0) && !agreed.contains($0) },
      blind: names.filter { !ran.contains($0) && !agreed.contains($0) }.map { name in
        let reasons = Set(detectors.filter { $0.detector == name }.map(\.reason)).sorted()
        return (name, reasons.joined(separator: "; "))
      })
  }
}
