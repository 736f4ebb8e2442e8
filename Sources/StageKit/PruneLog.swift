import Columnar
import Events

/// What was pruned, when and by whom: `registry/pruned.jsonl`, whose lines are chained.
///
/// A folder's line is written before the folder goes, so that none is ever missing without a
/// reason. A line whose folder is still there tells of a run that was killed.
package struct PruneLog: Sendable {
  package struct Entry: Codable, Equatable, Sendable {
    /// UTC, to the second.
    package let at: String
    package let actor: String
    package let area: Area
    /// Its path within the store.
    package let folder: String
    /// Of the data in it.
    package let firstDay: CivilDate
    package let lastDay: CivilDate
    /// SHA-256 of its `manifest.json`.
    package let manifest: String

    package init(
      at: Instant, actor: String, area: Area, folder: String, days: ClosedRange<CivilDate>,
      manifest: String
    ) {
      self.at = Quantity.timestamp(at)
      self.actor = actor
      self.area = area
      self.folder = folder
      firstDay = days.lowerBound
      lastDay = days.upperBound
      self.manifest = manifest
    }

    /// The day in UTC on which it was pruned.
    package var date: String { String(at.prefix(10)) }

    func overlaps(_ days: ClosedRange<CivilDate>) -> Bool {
      firstDay <= days.upperBound && days.lowerBound <= lastDay
    }
  }

  package let log: ChainedLog

  /// - Parameter store: its path.
  package init(store: String) { log = StoreLog.pruned.chain(store: store) }

  /// - Throws: `StageError` naming the line that is not as it was written.
  package func entries() throws -> [Entry] { try log.decoded(log.read()) }

  /// Adds what is about to go; what a run that was killed announced is not announced again.
  package func announce(_ new: [Entry]) throws {
    try log.append { records in
      let known = Set(try (log.decoded(records) as [Entry]).map { "\($0.manifest) \($0.folder)" })
      return try new.filter { !known.contains("\($0.manifest) \($0.folder)") }
        .map { try JSONText.compact($0) }
    }
  }
}

/// The folders of a store that were pruned.
package struct PrunedFolders: Sendable {
  private let ofFolder: [String: PruneLog.Entry]
  private let ofArea: [Area: [PruneLog.Entry]]
  private let store: String

  init(_ entries: [PruneLog.Entry], store: String) {
    ofFolder = Dictionary(entries.map { ($0.folder, $0) }, uniquingKeysWith: { _, last in last })
    ofArea = Dictionary(grouping: entries, by: \.area)
    self.store = store
  }

  /// Why a folder is not there.
  /// - Parameter folder: its path within the store.
  package func entry(of folder: String) -> PruneLog.Entry? {
    ofFolder[folder].flatMap { isGone($0) ? $0 : nil }
  }

  /// The first pruned folder of an area with data of any of these days.
  package func first(in area: Area, of days: ClosedRange<CivilDate>) -> PruneLog.Entry? {
    ofArea[area]?.first { $0.overlaps(days) && isGone($0) }
  }

  private func isGone(_ entry: PruneLog.Entry) -> Bool {
    !FileBytes.exists("\(store)/\(entry.folder)")
  }
}
