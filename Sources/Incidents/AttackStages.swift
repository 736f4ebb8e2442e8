import Events

/// The stages of an attack that findings on one host went through before the day's, by the tactics
/// of MITRE ATT&CK: discovery, then access to accounts and machines, then control, then
/// exfiltration.
///
/// It says what came before; it decides nothing.
struct AttackStages {
  /// Days before an incident that are looked at.
  static let dayCount = 7

  private struct Stage {
    let day: CivilDate
    let tactic: String
    let rank: Int

    /// Nil for detectors whose findings are no stage by themselves.
    init?(_ detector: String, on day: CivilDate) {
      let kind = DetectorKind.of(detector)
      guard kind.tacticPoints > 0 else { return nil }
      switch kind.tactic {
      case "discovery": rank = 0
      case "initial access", "credential access", "lateral movement": rank = 1
      case "command and control": rank = 2
      case "exfiltration": rank = 3
      default: return nil
      }
      self.day = day
      tactic = kind.tactic
    }
  }
  private let earlier: [Stage]

  /// - Parameters:
  ///   - day: of the incident, which is the last stage.
  ///   - findings: that a person was asked about on earlier days, or sightings of such.
  init(
    before day: CivilDate, detector: String, findings: [(day: CivilDate, detector: String)]
  ) {
    guard let last = Stage(detector, on: day) else {
      earlier = []
      return
    }
    let stages = findings.filter {
      $0.day < day && day.dayNumber - $0.day.dayNumber <= AttackStages.dayCount
    }
    .sorted { $0.day < $1.day }.compactMap { Stage($0.detector, on: $0.day) }
    .filter { $0.rank < last.rank }
    // The longest run of stages, each further than the one before.
    var runs: [[Stage]] = []
    for stage in stages {
      let before = runs.filter { run in run.last.map { $0.rank < stage.rank } ?? false }
        .max { $0.count < $1.count }
      runs.append((before ?? []) + [stage])
    }
    earlier = runs.max { $0.count < $1.count } ?? []
  }

  /// "Before it, in the order of an attack: discovery on 2026-03-20, credential access on
  /// 2026-03-21."; nil where nothing came before.
  var text: String? {
    guard !earlier.isEmpty else { return nil }
    return "Before it, in the order of an attack: "
      + earlier.map { "\($0.tactic) on \($0.day)" }.joined(separator: ", ") + "."
  }
}
