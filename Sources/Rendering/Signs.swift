import Events
import Incidents

/// Shapes that go with words, so that colour is never the only cue.
enum Signs {
  private static func shape(_ content: HTML) -> HTML {
    "<svg class=\"sign\" viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\">\(content)</svg>"
  }

  private static let octagon: HTML = """
    <path class="full" d="M5 .5h6L15.5 5v6L11 15.5H5L.5 11V5z"/>\
    <path class="cut" d="M8 3.5v5.5M8 11v2"/>
    """
  private static let triangle: HTML = """
    <path class="full" d="M8 1l7.5 14H.5z"/><path class="cut" d="M8 6v4.5M8 12v1.5"/>
    """
  private static let diamond: HTML = "<path class=\"full\" d=\"M8 .5L15.5 8 8 15.5.5 8z\"/>"
  private static let ring: HTML = "<circle class=\"line\" cx=\"8\" cy=\"8\" r=\"6\"/>"
  private static let dash: HTML = "<path class=\"line\" d=\"M2 8h12\"/>"
  private static let tick: HTML = """
    <circle class="full" cx="8" cy="8" r="7.5"/><path class="cut" d="M4.5 8.5l2.5 2.5 4.5-6"/>
    """
  private static let square: HTML = """
    <path class="line" d="M2 2h12v12H2z"/><path class="line" d="M5 8h6"/>
    """

  /// "High", with a triangle.
  static func severity(_ severity: Severity) -> HTML {
    let shape =
      switch severity {
      case .critical: octagon
      case .high: triangle
      case .medium: diamond
      case .low: ring
      case .info: dash
      }
    let name = severity.description
    return "<span class=\"severity \(name)\">\(Signs.shape(shape)) \(name.capitalizedFirst)</span>"
  }

  /// The shape of a day's posture, without its word.
  static func posture(_ posture: DayFacts.Posture) -> HTML {
    switch posture {
    case .red: shape(octagon)
    case .amber: shape(triangle)
    case .green: shape(tick)
    case .learning, .empty: shape(square)
    }
  }

  /// "Red", with its shape: for lists of days.
  static func postureWord(_ posture: DayFacts.Posture) -> HTML {
    """
    <span class="severity tone-\(posture.rawValue)">\(Signs.posture(posture)) \
    \(posture.rawValue.capitalizedFirst)</span>
    """
  }
}

extension DayFacts.Posture {
  /// The rule behind the colour.
  var rule: String {
    switch self {
    case .red: "Red: at least one decision of high severity."
    case .amber: "Amber: something to decide, nothing of high severity."
    case .green: "Green: nothing to decide."
    case .learning: "Learning: too little history for a verdict."
    case .empty: "Grey: look at why the exports are missing."
    }
  }
}
