import Columnar
import Events

/// How a flow exporter turns conversations into records.
package struct FlowExport: Hashable, Sendable {
  package enum Kind: String, Sendable {
    /// A record holds what one side sent; the other side has a record of its own.
    case oneway
    /// A record holds what both sides sent, and its source is the originator.
    case biflow
  }

  package let kind: Kind
  /// After this long an exporter closes the record of a conversation that goes on, and opens the
  /// next; nil where records are never cut.
  package let activeTimeoutMicroseconds: Int64?
  /// Records of one five-tuple that lie further apart are different conversations.
  package let inactiveGapMicroseconds: Int64

  /// What NetFlow exporters do unless told otherwise (Cisco IOS: 30 minutes).
  package static let usualActiveTimeoutMicroseconds: Int64 = 1_800_000_000
  package static let usualInactiveGapMicroseconds: Int64 = 30_000_000

  package init(
    kind: Kind, activeTimeoutMicroseconds: Int64? = nil,
    inactiveGapMicroseconds: Int64 = FlowExport.usualInactiveGapMicroseconds
  ) {
    self.kind = kind
    self.activeTimeoutMicroseconds = activeTimeoutMicroseconds
    self.inactiveGapMicroseconds = max(0, inactiveGapMicroseconds)
  }

  /// Whether a conversation may have several records.
  var joinsRecords: Bool { kind == .oneway || activeTimeoutMicroseconds != nil }

  /// How far from a day's edges a record can lie and still tell to which day another belongs.
  package var marginMicroseconds: Int64 {
    guard joinsRecords else { return 0 }
    let timeout = activeTimeoutMicroseconds ?? FlowExport.usualActiveTimeoutMicroseconds
    return min(max(0, timeout) + inactiveGapMicroseconds, FlowExport.longestMarginMicroseconds)
  }

  private static let longestMarginMicroseconds: Int64 = 6 * 3_600_000_000
}

/// The ingested rows of one export.
package struct EventFile: Sendable {
  /// The name of the input that it came by; rows of different sources are never merged.
  package let source: String
  /// Its name within the source.
  package let logFile: String
  /// Tells apart files of one name, for instance by their hash.
  package let identity: String
  package let rows: any BatchSource
  /// What its records are; nil for classes other than flow, and for biflows that are never cut.
  package let export: FlowExport?
  /// Who saw the traffic, where the site says so; exports of several observers may hold the same
  /// conversations.
  package let observer: String?

  package init(
    source: String, logFile: String, identity: String, rows: any BatchSource,
    export: FlowExport? = nil, observer: String? = nil
  ) {
    self.source = source
    self.logFile = logFile
    self.identity = identity
    self.rows = rows
    self.export = export
    self.observer = observer
  }

  /// How far beyond its edges a day's rows must be read to tell which conversations are its own.
  package var marginMicroseconds: Int64 { export?.marginMicroseconds ?? 0 }
}
