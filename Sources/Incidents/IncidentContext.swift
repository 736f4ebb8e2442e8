import Columnar
import Events

/// What is known of an incident beside its findings.
package struct IncidentContext: Sendable {
  package struct Line: Sendable, Equatable {
    /// Who says it: "Lease", "EDR".
    package let name: String
    package let text: String

    package init(name: String, text: String) {
      self.name = name
      self.text = text
    }
  }

  /// Who had the host's address on the day, for lists: "laptop-3, then phone".
  package var holder: String?
  package var lines: [Line]

  package init(holder: String? = nil, lines: [Line] = []) {
    self.holder = holder
    self.lines = lines
  }
}

/// What is known of a day's incidents beside their findings.
package struct DayContext: Sendable {
  /// By incident id.
  package var incidents: [String: IncidentContext] = [:]
  /// What the site has not connected, or whose file is not there: "EDR", "DHCP leases".
  package var absent: [String] = []
  /// What is wrong with files of context.
  package var remarks: [String] = []

  package init() {}
}

extension DayFacts {
  package func contextLines(_ incident: Incident) -> [IncidentContext.Line] {
    context.incidents[incident.id]?.lines ?? []
  }

  /// "Not connected, so not on the cards: EDR, calendar."; empty where all is.
  package var absentContext: String {
    context.absent.isEmpty
      ? "" : "Not connected, so not on the cards: \(context.absent.joined(separator: ", "))."
  }

  /// A host of a list with who had its address: "10.0.0.7 (laptop-3)".
  package func listed(_ incident: Incident) -> String {
    incident.entity + (context.incidents[incident.id]?.holder.map { " (\($0))" } ?? "")
  }
}
