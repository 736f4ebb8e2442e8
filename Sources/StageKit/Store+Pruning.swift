import Events

extension Store {
  /// What comes of a day's folder when something that it is made from was pruned: it stays as it
  /// is, since made again it would be another.
  /// - Returns: nil where all that it is made from is there.
  /// - Throws: where the folder isn't there, can't be made (again), and the day was asked for by
  ///   name.
  package func settled(_ area: Area, _ day: CivilDate, site: Site) throws -> Outcome? {
    let folder = folder(area, day)
    guard !area.isLeading, !FileBytes.exists(folder) else {
      return try settled(folder, madeFrom: sources(of: area, day, site))
    }
    // Made from fewer earlier days, as in a young store, where a longer look back was asked for
    // since.
    let ofDay = sources(of: area, day, site).filter { $0.days.contains(day) }
      .map { (area: $0.area, days: day...day) }
    let reason = pruned.entry(of: relative(folder)) ?? prunedSource(among: ofDay)
    return reason.map { .missing(since: $0.date) }
  }

  /// The same for any folder, whose sources are stated.
  package func settled(_ folder: String, madeFrom sources: [Source]) throws -> Outcome? {
    if let entry = pruned.entry(of: relative(folder)) {
      throw StageError(
        "\(folder): was pruned on \(entry.date); what was pruned is not made again")
    }
    guard let source = prunedSource(among: sources) else { return nil }
    guard FileBytes.exists("\(folder)/\(Manifest.fileName)") else {
      throw StageError(
        "\(folder): can't be made, since \(source.folder) was pruned on \(source.date)")
    }
    return .settled(since: source.date)
  }

  package typealias Source = (area: Area, days: ClosedRange<CivilDate>)

  private func sources(of area: Area, _ day: CivilDate, _ site: Site) -> [Source] {
    area.sources(baselineDays: site.baselineDays).map { ($0.area, $0.days(around: day)) }
  }

  /// Something that a day's folder was made from, and that is gone.
  package func prunedSource(of area: Area, _ day: CivilDate, site: Site) -> PruneLog.Entry? {
    prunedSource(among: sources(of: area, day, site))
  }

  private func prunedSource(among sources: [Source]) -> PruneLog.Entry? {
    for (area, days) in sources {
      if let entry = pruned.first(in: area, of: days) { return entry }
    }
    return nil
  }

  /// Removes a finished folder; it is there as a whole until it is gone, whenever the power fails.
  /// - Parameter folder: its path within the store.
  /// - Throws: when another process is making it.
  package func remove(_ folder: String, of area: Area) throws {
    let whole = "\(path)/\(folder)"
    let leftover = Leftover(area: "\(path)/\(area)", name: FileBytes.name(of: folder))
    let lock = try FileLock(path: leftover.lock, subject: whole)
    defer { lock.release() }
    try FileBytes.remove(leftover.pruned)
    try FileBytes.move(whole, to: leftover.pruned)
    try FileBytes.syncFolder(FileBytes.parent(of: whole))
    try FileBytes.syncFolder(leftover.area)
    try FileBytes.remove(leftover.pruned)
  }
}
