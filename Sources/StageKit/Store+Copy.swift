import ArrowFile
import Events

extension Store {
  /// Makes another store with all that days can be scored and reported from again, under other
  /// settings: what is upstream of that, the earlier votes that the days' are compared with, what
  /// the days' reports look back to, and what people decided. Who was told of what is left out.
  ///
  /// Files of finished folders are never written in place, so both stores share them; logs, which
  /// are added to in place, are copied.
  /// - Parameters:
  ///   - path: where nothing may be yet. The other store has this name once it is whole: what a
  ///     killed run left begins anew.
  ///   - site: says how far back the days look.
  ///   - finish: what else belongs to it.
  /// - Throws: where a folder is replaced meanwhile, or `finish` fails; then nothing is left.
  package func copy(
    of days: ClosedRange<CivilDate>, to path: String, site: Site, finish: (Store) throws -> Void
  ) throws {
    try FileBytes.makeFolder(FileBytes.parent(of: path))
    let lock = try FileLock(path: path + ".lock", subject: path, patience: patience)
    defer { lock.release() }
    guard !FileBytes.exists(path) else {
      throw StageError(
        "\(path): expected nothing there yet, found something; remove it, or name another folder",
        code: .usage)
    }
    let partial = path + ".partial"
    try FileBytes.remove(partial)
    do {
      try fill(partial, days, site: site)
      try finish(Store(path: partial))
      try FileBytes.move(partial, to: path)
    } catch {
      try FileBytes.remove(partial)
      throw error
    }
  }

  private func fill(_ path: String, _ days: ClosedRange<CivilDate>, site: Site) throws {
    for (area, kept) in rescoredFrom(days, site: site).sorted(by: { "\($0.key)" < "\($1.key)" }) {
      for folder in try folders(of: area, kept, site: site) {
        try share(folder, to: "\(path)/\(relative(folder))")
      }
    }
    for number in days.lowerBound.dayNumber...days.upperBound.dayNumber {
      let file = "wording/day=\(CivilDate(dayNumber: number)).jsonl"
      guard FileBytes.exists("\(self.path)/\(file)") else { continue }
      try FileBytes.makeFolder(path + "/wording")
      try FileBytes.linkOrCopy("\(self.path)/\(file)", to: "\(path)/\(file)")
    }
    for file in ["privacy.toml", "registry/events.jsonl", "registry/pruned.jsonl"]
    where FileBytes.exists("\(self.path)/\(file)") {
      let new = "\(path)/\(file)"
      try FileBytes.makeFolder(FileBytes.parent(of: new))
      try FileBytes.write(try FileBytes.read("\(self.path)/\(file)"), to: new)
    }
    // Last: without it, what a killed run left is no store.
    try FileBytes.replace(
      path + "/store.toml",
      with: """
        compression = "\(compression.rawValue)"
        copy_of = \(try JSONText.compact(try FileBytes.realPath(self.path)))

        """.utf8)
  }

  /// The days whose votes are compared with those of some days, which are in order, and none of
  /// these.
  package func votesBeside(_ days: [CivilDate]) throws -> [CivilDate] {
    guard let first = days.first, let last = days.last else { return [] }
    let compared = first.advanced(by: -LookBack.calibrationDays)...last
    let own = Set(days)
    return try self.days(in: Area.votes.rawValue).filter {
      compared.contains($0) && !own.contains($0)
    }
  }

  /// The days of each area that a copy needs.
  private func rescoredFrom(_ days: ClosedRange<CivilDate>, site: Site) -> [Area:
    ClosedRange<CivilDate>]
  {
    let made: [(area: Area, days: ClosedRange<CivilDate>)] = [
      (.votes, days.lowerBound.advanced(by: -LookBack.calibrationDays)...days.upperBound),
      (.scores, days), (.reports, days),
    ]
    var needed: [Area: ClosedRange<CivilDate>] = [:]
    func need(_ area: Area, _ days: ClosedRange<CivilDate>) {
      let known = needed[area] ?? days
      needed[area] =
        min(known.lowerBound, days.lowerBound)...max(known.upperBound, days.upperBound)
    }
    for (area, days) in made {
      need(area, days)
      for span in area.sources(baselineDays: site.baselineDays) {
        need(
          span.area,
          span.days(around: days.lowerBound)
            .lowerBound...span.days(around: days.upperBound)
            .upperBound)
      }
    }
    return needed
  }

  /// The finished folders of an area with data of some of the days.
  private func folders(of area: Area, _ days: ClosedRange<CivilDate>, site: Site) throws
    -> [String]
  {
    guard area == .ingested else {
      return try self.days(in: area.rawValue).filter(days.contains).map { folder(area, $0) }
    }
    let start = site.calendar.start(of: days.lowerBound)
    let end = site.calendar.start(of: days.upperBound.advanced(by: 1))
    return Set(
      try ingestedFiles().filter { $0.file.hasRows(from: start, to: end) }.map(\.folder)
    ).sorted()
  }

  private func share(_ folder: String, to new: String) throws {
    guard let manifest = try Manifest.read(folder: folder) else { return }
    try FileBytes.makeFolder(new)
    for name in manifest.outputs.map(\.name) + [Manifest.fileName] {
      try FileBytes.linkOrCopy("\(folder)/\(name)", to: "\(new)/\(name)")
    }
    guard try Manifest.read(folder: new) == manifest else {
      throw StageError(
        "\(folder): another run wrote it meanwhile; begin again"
      )
    }
  }

  /// - Throws: of a store that only tries settings, whose reports nobody is told of, and in which
  ///   what is decided would be lost.
  package func requireInUse() throws {
    guard let copyOf else { return }
    throw StageError(
      "\(path): tries settings for \(copyOf) and tells nobody anything; name that store",
      code: .usage)
  }
}
