import Columnar
import Events
import FoundationEssentials
import Registry
import StageKit

extension Triage {
  struct Prune: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "prune",
      abstract: "List what the site file's [retention] lets go; with --remove, remove it.",
      discussion: """
        Counts from the newest day with a report. Days that a held incident rests on stay whole, and
        what people decided stays always. Each folder that goes is a line of registry/pruned.jsonl.

          triage prune --site site.toml --store data/store
          triage prune --remove --site site.toml --store data/store
        """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var actor: ActorOptions

    @Flag(help: "Remove it. What is gone can't be made again.")
    var remove = false

    func run() throws {
      let casebook = try Casebook(
        common, actor, to: remove ? .approve : .view, for: remove ? .removing : .reading)
      let store = casebook.store
      guard remove else {
        return try list(try plan(casebook), casebook)
      }
      let plan = try plan(casebook)
      try plan.remove(from: store, at: casebook.moment, actor: casebook.actor)
      try list(plan, casebook)
      try RegistryFiles(casebook).write()
    }

    private func plan(_ casebook: Casebook) throws -> PrunePlan {
      let state = RegistryState(try casebook.log.events())
      return try PrunePlan(
        site: casebook.site, store: casebook.store,
        holds: LegalHold.all(try casebook.cases(state), state))
    }

    private func list(_ plan: PrunePlan, _ casebook: Casebook) throws {
      guard !common.json else { return try printJSON(plan) }
      let site = casebook.site
      guard let newest = plan.newest else {
        return print("no day has a report yet: nothing goes")
      }
      if site.retention.isEmpty {
        return print("\(site.path): has no [retention]: everything is kept")
      }
      for area in Area.allCases {
        guard let days = site.retention.days(of: area) else { continue }
        let all = plan.folders.filter { $0.area == area }
        let going = all.filter { $0.hold == nil }
        print(
          "\(area): \(remove ? "removed" : "would go"): \(PruneText.summary(going)); kept: "
            + "\(Quantity.counted(days, "day")) to \(newest)")
        for (hold, folders) in PruneText.held(all) {
          print(
            PlainText.visible(
              "\(area): kept: \(PruneText.summary(folders)): \(hold.incident.prefix(8)) is held by "
                + "\(hold.by) (\(hold.reason))"))
        }
      }
      if !remove, !plan.going.isEmpty { print("nothing was removed; --remove does it") }
    }

    private func printJSON(_ plan: PrunePlan) throws {
      for folder in plan.folders {
        let line = PruneText.Line(
          area: folder.area, folder: folder.path, firstDay: folder.days.lowerBound,
          lastDay: folder.days.upperBound, bytes: folder.byteCount,
          heldFor: folder.hold?.incident, removed: remove && folder.hold == nil)
        print(try JSONText.compact(line))
      }
    }
  }
}

/// Folders that are beyond their days, in words.
private enum PruneText {
  struct Line: Encodable {
    let area: Area
    let folder: String
    let firstDay, lastDay: CivilDate
    let bytes: Int
    let heldFor: String?
    let removed: Bool

    enum CodingKeys: String, CodingKey {
      case area, folder, bytes, removed
      case firstDay = "first_day"
      case lastDay = "last_day"
      case heldFor = "held_for"
    }
  }

  /// "31 folders of 2026-01-01 to 2026-01-31, 12.3 MB"
  static func summary(_ folders: [PrunePlan.Folder]) -> String {
    guard let first = folders.map(\.days.lowerBound).min(),
      let last = folders.map(\.days.upperBound).max()
    else { return "0 folders" }
    let bytes = folders.reduce(0) { $0 + $1.byteCount }
    return "\(Quantity.counted(folders.count, "folder")) of \(first) to \(last), "
      + Quantity.bytes(Double(bytes))
  }

  /// What each hold keeps, by incident.
  static func held(_ folders: [PrunePlan.Folder]) -> [(LegalHold, [PrunePlan.Folder])] {
    var groups: [(LegalHold, [PrunePlan.Folder])] = []
    for folder in folders {
      guard let hold = folder.hold else { continue }
      if let index = groups.firstIndex(where: { $0.0 == hold }) {
        groups[index].1.append(folder)
      } else {
        groups.append((hold, [folder]))
      }
    }
    return groups.sorted { $0.0.incident < $1.0.incident }
  }
}
