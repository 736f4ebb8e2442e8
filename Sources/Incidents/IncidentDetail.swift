import Columnar

/// What is drawn and quoted for one incident.
package struct IncidentDetail: Sendable {
  /// A host's hour beside what is usual for it at this time of day.
  package struct Hour: Sendable {
    package let start: Instant
    package let actual: Double
    package let low: Double
    package let typical: Double
    package let high: Double

    package init(start: Instant, actual: Double, low: Double, typical: Double, high: Double) {
      self.start = start
      self.actual = actual
      self.low = low
      self.typical = typical
      self.high = high
    }
  }

  /// A row that points to its raw line.
  package struct EvidenceRow: Sendable {
    package let time: Instant
    package let text: String
    package let logFile: String
    package let logLine: Int

    package init(time: Instant, text: String, logFile: String, logLine: Int) {
      self.time = time
      self.text = text
      self.logFile = logFile
      self.logLine = logLine
    }
  }

  /// Bytes sent and received in each hour of the day.
  package var volume: [Hour] = []
  /// Seconds between conversations with the beacon-like peer, and how often.
  package var gaps: [(seconds: Int, count: Int)] = []
  package var gapsPeer: String?
  /// Conversations by weekday (0 = Monday) and hour over the baseline: 7 × 24.
  package var habits: [[Int]] = []
  package var evidence: [EvidenceRow] = []
  package var evidenceCount = 0
  /// The last 28 days with findings on the entity, in order.
  package var days: [EntityDay] = []

  package init() {}
}
