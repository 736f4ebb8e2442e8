import Columnar
import Events
import Incidents

/// Which rows of a day's events an incident's findings are about: those of an entity, at either
/// end, within the windows of the findings on it.
struct EvidenceRows {
  private var ofAddress: [Address: [Range<Instant>]] = [:]
  private var ofName: [String: [Range<Instant>]] = [:]
  /// Windows of findings on all outside addresses together.
  private var ofOutside: [Range<Instant>] = []
  private let networks: SiteNetworks
  private let first: Instant
  private let last: Instant

  init(_ findings: [Finding], networks: SiteNetworks) {
    self.networks = networks
    for finding in findings {
      if finding.kind == .internet {
        ofOutside.append(finding.window)
      } else if let address = Address(finding.entity) {
        ofAddress[address, default: []].append(finding.window)
      } else {
        ofName[finding.entity, default: []].append(finding.window)
      }
    }
    ofAddress = ofAddress.mapValues(EvidenceRows.merged)
    ofName = ofName.mapValues(EvidenceRows.merged)
    ofOutside = EvidenceRows.merged(ofOutside)
    first = findings.map(\.window.lowerBound).min() ?? Instant(microseconds: 0)
    last = findings.map(\.window.upperBound).max() ?? first
  }

  private static func merged(_ windows: [Range<Instant>]) -> [Range<Instant>] {
    var merged: [Range<Instant>] = []
    for window in windows.sorted(by: { $0.lowerBound < $1.lowerBound }) {
      if let before = merged.last, window.lowerBound <= before.upperBound {
        merged[merged.count - 1] =
          before.lowerBound..<max(before.upperBound, window.upperBound)
      } else {
        merged.append(window)
      }
    }
    return merged
  }

  /// Whether a batch whose times are known may have such rows.
  func mayHaveRows(in range: TimeRange?) -> Bool {
    range.map { $0.overlaps(from: first, to: last) } ?? true
  }

  /// The rows of a batch of events.
  func rows(of batch: Batch) -> [Int] {
    let times = batch[Event.time]
    let addresses = [Event.sourceAddress, Event.destinationAddress, Event.assignedAddress]
      .map { batch[$0] }
    let names = [Event.sourceHost, Event.destinationHost].map { batch[$0] }
    return (0..<batch.rowCount).filter { row in
      let time = times.value(row)
      guard first <= time, time < last else { return false }
      func holds(_ windows: [Range<Instant>]?) -> Bool {
        windows?.contains { $0.contains(time) } ?? false
      }
      if addresses.contains(where: { $0[row].map { holds(ofAddress[$0]) } ?? false }) {
        return true
      }
      if !ofName.isEmpty, names.contains(where: { $0[row].map { holds(ofName[$0]) } ?? false }) {
        return true
      }
      return holds(ofOutside) && (addresses[0][row].map { !networks.contains($0) } ?? false)
    }
  }
}
