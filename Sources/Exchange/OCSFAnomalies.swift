import Events
import Incidents

extension OCSF {
  /// What was measured of one entity in one window, beside what is usual.
  struct AnomalyAnalysis: Encodable {
    struct Target: Encodable {
      let name: String
      let type: String
    }

    /// An `anomaly`, or a `baseline`: the schema gives both the same attributes.
    struct Parameter: Encodable {
      let observationParameter: String
      let observationType: String
      let observations: [Observation]
      var observedPattern: String?
    }

    struct Observation: Encodable {
      let value: String
      var timespan: Timespan?
    }

    struct Timespan: Encodable {
      let startTime: Int64
      let endTime: Int64
      let typeId = 9
      let type = "Time Interval"
    }

    let analysisTargets: [Target]
    let anomalies: [Parameter]
    let baselines: [Parameter]?

    /// Nil for a finding that states no value.
    init?(_ finding: Finding) {
      let measures = finding.measures.filter { $0.actual?.isFinite ?? false }
      guard !measures.isEmpty else { return nil }
      analysisTargets = [Target(name: finding.entity, type: OCSF.targetType(finding.kind))]
      let timespan = Timespan(
        startTime: OCSF.milliseconds(finding.window.lowerBound),
        endTime: OCSF.milliseconds(finding.window.upperBound))
      anomalies = measures.map { measure in
        Parameter(
          observationParameter: measure.name, observationType: finding.detector,
          observations: [
            Observation(value: OCSF.number(measure.actual ?? 0), timespan: timespan)
          ],
          observedPattern: MeasureText.of(measure.name).sentence(measure.actual ?? 0))
      }
      let usual = measures.compactMap { measure in
        measure.typical.flatMap(OCSF.finite).map { typical in
          Parameter(
            observationParameter: measure.name, observationType: "median",
            observations: [Observation(value: OCSF.number(typical))],
            observedPattern: measure.spread.map { "spread (1.4826 MAD) \(OCSF.number($0))" })
        }
      }
      baselines = usual.isEmpty ? nil : usual
    }
  }

  /// All of a number's digits, without a point where it is whole.
  static func number(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
  }
}
