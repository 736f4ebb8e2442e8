import ArrowFile
import Columnar
import Events
import Exchange
import Incidents
import Registry
import StageKit

/// A folder with all that an incident rests on, which anyone can check: `sha256sum -c SHA256SUMS`,
/// and OpenSSL for the signature.
package struct EvidenceBundle: Encodable, Sendable {
  /// Rows of each table that a bundle holds at most: the first ones.
  package static let rowLimit = 100_000

  package static let sumsName = "SHA256SUMS"
  package static let signatureName = "SHA256SUMS.sig"
  package static let keyName = "public.pem"
  private static let folders = ["", "/rows", "/manifests", "/report"]

  package struct Rows: Encodable, Sendable {
    package let table: String
    package let found: Int
    package let written: Int
  }

  package let incident: String
  package let day: String
  package let siteName: String
  package let rowLimit: Int
  package let rows: [Rows]
  /// Of the last line of the registry, which stands for all that people decided until then.
  package let registryHash: String?

  /// Writes the bundle of a day's incident.
  ///
  /// - Parameters:
  ///   - id: of an incident of the day's report.
  ///   - path: of a folder, where there is nothing yet; the folder above it must exist.
  /// - Returns: what it holds, as `bundle.json` says.
  /// - Throws: `StageError` where the day has no such incident, or something that it rests on is
  ///   missing; then nothing is left behind.
  @discardableResult
  package static func write(
    incident id: String, day: CivilDate, site: Site, store: Store, key: EvidenceKey,
    to path: String
  ) throws -> EvidenceBundle {
    let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
    guard !FileBytes.exists(folder) else {
      throw StageError("\(folder): expected a new folder, found one; remove it or name another")
    }
    for folder in [store.reports(day), store.scores(day), store.events(day)] {
      if let entry = store.pruned.entry(of: store.relative(folder)) {
        throw StageError(
          "\(folder): was pruned on \(entry.date); a bundle without it would prove nothing")
      }
    }
    let incidents = try store.reportedIncidents(day)
    guard let incident = incidents.first(where: { $0.id == id }) else {
      throw StageError("\(store.reports(day)): expected incident \(id), found none of that id")
    }
    guard FileBytes.isFolder(FileBytes.parent(of: folder)) else {
      throw StageError(
        "\(folder): expected a place in a folder that exists, found none; make it first")
    }
    let partial = "\(FileBytes.parent(of: folder))/.\(FileBytes.name(of: folder)).partial"
    try FileBytes.remove(partial)
    do {
      let bundle = try fill(partial, incident, among: incidents, site: site, store: store)
      try sign(partial, key)
      try FileBytes.move(partial, to: folder)
      try FileBytes.syncFolder(FileBytes.parent(of: folder))
      return bundle
    } catch {
      try FileBytes.remove(partial)
      throw error
    }
  }

  private static func fill(
    _ folder: String, _ incident: ReportedIncident, among incidents: [ReportedIncident],
    site: Site, store: Store
  ) throws -> EvidenceBundle {
    let day = incident.day
    for name in folders { try FileBytes.makeFolder(folder + name) }
    let votes = try store.requiredTable(Vote.schema, in: store.scores(day), name: "scores")
    let findings = FindingsByEntity(try Finding.read(votes)).of(incident, among: incidents)
    let bundle = EvidenceBundle(
      incident: incident.id, day: day.description, siteName: site.name, rowLimit: rowLimit,
      rows: [try writeFindings(votes, like: findings, to: folder)]
        + (try writeEvents(of: findings, day, site, store, to: folder + "/rows")),
      registryHash: try RegistryLog(store).log.read().last?.hash)
    try copyManifests(of: day, store, to: folder + "/manifests")
    for name in ["report.html", "report.md"] {
      let bytes = try FileBytes.read(store.reports(day) + "/" + name)
      try FileBytes.write(bytes, to: "\(folder)/report/\(name)")
    }
    func write(_ value: some Encodable, _ name: String) throws {
      try FileBytes.write(
        try JSONText.file(value, snakeCase: true).utf8, to: "\(folder)/\(name)")
    }
    try write(
      OCSFDetectionFinding(
        ExportedIncident(incident, findings: findings), siteName: site.name), "incident.json")
    try write(SiteOptions(site), "options.json")
    try write(bundle, "bundle.json")
    return bundle
  }

  /// The rows of `scores.arrow` on the entities of the findings.
  private static func writeFindings(
    _ votes: ArrowReader, like findings: [Finding], to folder: String
  ) throws -> Rows {
    let entities = Dictionary(grouping: findings, by: \.kind.rawValue)
      .mapValues { Set($0.map(\.entity)) }
    let excerpt = try TableExcerpt(votes.schema, path: folder + "/findings", rowLimit: rowLimit)
    for index in 0..<votes.batchCount {
      let batch = try votes.batch(index)
      let (kinds, names) = (batch[Vote.entityKind], batch[Vote.entity])
      try excerpt.add(
        (0..<batch.rowCount).filter { row in
          guard let kind = kinds[row], let name = names[row] else { return false }
          return entities[kind]?.contains(name) == true
        }, of: batch)
    }
    try excerpt.finish()
    return Rows(
      table: "findings", found: excerpt.foundRowCount, written: excerpt.writtenRowCount)
  }

  /// A pair of files for each class of events with rows behind the findings.
  private static func writeEvents(
    of findings: [Finding], _ day: CivilDate, _ site: Site, _ store: Store, to folder: String
  ) throws -> [Rows] {
    let wanted = EvidenceRows(findings, networks: site.networks)
    var all: [Rows] = []
    for eventClass in EventClass.allCases {
      let name = eventClass.rawValue
      guard
        let events = try store.table(
          name, in: store.events(day), expecting: eventClass.schema)
      else { continue }
      let excerpt = try TableExcerpt(events.schema, path: folder + "/" + name, rowLimit: rowLimit)
      for index in 0..<events.batchCount
      where wanted.mayHaveRows(in: events.timeRange(ofBatch: index)) {
        let batch = try events.batch(index)
        try excerpt.add(wanted.rows(of: batch), of: batch)
      }
      guard excerpt.foundRowCount > 0 else { continue }
      try excerpt.finish()
      all.append(
        Rows(
          table: name, found: excerpt.foundRowCount, written: excerpt.writtenRowCount))
    }
    return all
  }

  /// What each folder behind the report was made from, with which options and by which version. The
  /// seed's hash stays here: who has it may guess at the seed.
  private static func copyManifests(of day: CivilDate, _ store: Store, to folder: String) throws {
    for area in Area.allCases where area != .ingested {
      guard var manifest = try Manifest.read(folder: store.folder(area, day)) else { continue }
      manifest.options["seed"] = nil
      try FileBytes.write(try manifest.encoded(), to: "\(folder)/\(area).json")
    }
  }

  private static func sign(_ folder: String, _ key: EvidenceKey) throws {
    try FileBytes.write(key.publicKey.pem.utf8, to: "\(folder)/\(keyName)")
    let sums = Array(try Checksums(ofFilesIn: folder).text.utf8)
    try FileBytes.write(sums, to: "\(folder)/\(sumsName)")
    try FileBytes.write(key.signature(of: sums), to: "\(folder)/\(signatureName)")
    for path in folders { try FileBytes.syncFolder(folder + path) }
  }
}
