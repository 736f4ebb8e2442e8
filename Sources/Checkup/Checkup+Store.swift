import ArrowFile
import Events
import Registry
import StageKit

extension Checkup {
  /// Whether the store can be used, and what runs left unfinished in it.
  func state(of store: Store) -> [CheckResult] {
    checked {
      var results: [CheckResult] = []
      if let original = store.copyOf {
        results.append(
          CheckResult(
            .ok, store.path, "tries settings for \(original); nobody is told what it says"))
      }
      let folders = [store.path, store.registry] + Area.allCases.map { "\(store.path)/\($0)" }
      for folder in folders where FileBytes.exists(folder) {
        if !FileBytes.isReadable(folder) || !FileBytes.isWritable(folder) {
          results.append(
            CheckResult(
              .error, folder,
              "can't be read and written by this account; give it to the one that runs "
                + "the stages"))
        }
      }
      for (path, isHeld) in try store.unfinished() {
        results.append(
          isHeld
            ? CheckResult(.ok, path, "a run is at work")
            : CheckResult(.warning, path, "left by a run that was killed; the next one removes it"))
      }
      return results + [CheckResult(.ok, store.path, "compression \(store.compression)")]
    }
  }

  /// Whether what people decided, who ran what and what was pruned is as it was written.
  func logs(of store: Store) -> [CheckResult] {
    checked {
      _ = try RegistryLog(store).events()
      return []
    }
      + StoreLog.allCases.flatMap { name -> [CheckResult] in
        checked {
          let log = name.chain(store: store.path)
          let isThere = FileBytes.exists(log.path)
          if name == .audit, FileBytes.exists(store.ingested),
            try !isThere || FileBytes.size(of: log.path) == 0
          {
            throw StageError(
              "\(log.path): gone or empty, though every run writes to it; put the folder back from a "
                + "copy, since decisions may be gone with it")
          }
          guard isThere else { return [] }
          let count = try log.verified().count
          return [CheckResult(.ok, log.path, "\(Quantity.counted(count, "line")), as written")]
        }
      }
      + checked {
        try AuditLog(store).verifyOthers()
        return []
      }
  }

  /// Files beside the folders: which exports were read, and how long stages took.
  func looseFiles(of store: Store) -> [CheckResult] {
    checked {
      let ledger = store.ingested + "/ledger.arrow"
      guard try FileBytes.exists(ledger) || !FileBytes.names(in: store.ingested).isEmpty else {
        return []
      }
      guard FileBytes.exists(ledger) else {
        throw StageError("\(ledger): gone; make ingest makes it again")
      }
      do {
        let reader = try ArrowReader(path: ledger)
        for index in 0..<reader.batchCount { _ = try reader.batch(index) }
      } catch { throw StageError("\(error); remove it: make ingest makes it again") }
      return []
    }
      + checked {
        _ = try store.timings()
        return []
      }
  }

  /// Free room beside what the newest day takes.
  func room(in store: Store) -> [CheckResult] {
    checked {
      guard let newest = try store.days(in: Area.events.rawValue).last else { return [] }
      let taken = try Area.allCases.filter { $0 != .ingested }.reduce(0) { sum, area in
        sum + (try Manifest.read(folder: store.folder(area, newest))?.outputByteCount ?? 0)
      }
      let free = try FileBytes.freeByteCount(at: store.path)
      let text =
        "\(Quantity.bytes(Double(free))) are free, and \(newest) takes \(Quantity.bytes(Double(taken)))"
      if free < 2 * taken {
        return [CheckResult(.error, store.path, text + "; make room, or prune the store")]
      }
      // A replay needs room for a few days beside those that it replaces.
      if free < 14 * taken {
        return [CheckResult(.warning, store.path, text + "; two weeks more do not fit")]
      }
      return [CheckResult(.ok, store.path, text)]
    }
  }
}
