import ArrowFile
import Columnar
import Events
import Incidents
import StageKit

/// Reads how well each source covered a day.
struct SourceReader: Sendable {
  let site: Site
  let store: Store

  func sources(_ day: CivilDate) throws -> [DayFacts.SourceQuality] {
    let dayHours = site.calendar.hours(of: day).count
    let rejects = try rejected(day)
    let remarks = try remarks(day)
    var sources: [DayFacts.SourceQuality] = []
    let table = try store.requiredTable(SourceDay.schema, in: store.quality(day))
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      let (names, classes) = (batch[SourceDay.source], batch[SourceDay.eventClass])
      let (rows, usual) = (batch[SourceDay.rows], batch[SourceDay.usualRows])
      let (hours, rejected) = (batch[SourceDay.hours], batch[SourceDay.rejected])
      let (duplicates, after) = (batch[SourceDay.duplicates], batch[SourceDay.rowsAfter])
      for row in 0..<batch.rowCount {
        let (name, eventClass) = (names[row] ?? "", classes[row] ?? "")
        var source = DayFacts.SourceQuality(
          source: name, eventClass: EventClass(rawValue: eventClass), dayHours: dayHours)
        source.rows = Int(rows.value(row))
        source.usualRows = usual[row]
        source.coveredHours = Int(hours.value(row))
        source.duplicates = Int(duplicates.value(row))
        source.rowsAfter = Int(after.value(row))
        source.rejected = Int(rejected.value(row))
        source.rejectReasons = rejects["\(name) \(eventClass)"] ?? []
        source.remarks = remarks["\(name) \(eventClass)"] ?? []
        sources.append(source)
      }
    }
    // An input that never gave a row is worth a line.
    let unseen = Set(site.inputs.map(\.source)).subtracting(sources.map(\.source))
    sources += unseen.map { DayFacts.SourceQuality(source: $0, dayHours: dayHours) }
    return sources.sorted {
      ($0.source, $0.eventClass?.rawValue ?? "") < ($1.source, $1.eventClass?.rawValue ?? "")
    }
  }

  /// Stands for what reading the day's files gave beside rows and rejects.
  func fingerprint(_ day: CivilDate) throws -> String {
    let remarks = try remarks(day).sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
    return ContentHasher.hash(remarks.joined(separator: "\n"))
  }

  /// Rejected lines by source and class, most first.
  private func rejected(_ day: CivilDate) throws -> [String: [(reason: String, count: Int)]] {
    var lines: [String: [(reason: String, count: Int)]] = [:]
    let table = try store.requiredTable(RejectedLines.schema, in: store.events(day))
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      let sources = batch[RejectedLines.source]
      let (classes, reasons) = (batch[RejectedLines.eventClass], batch[RejectedLines.reason])
      let counts = batch[RejectedLines.lines]
      for row in 0..<batch.rowCount {
        lines["\(sources[row] ?? "") \(classes[row] ?? "")", default: []].append(
          (reasons[row] ?? "", Int(counts.value(row))))
      }
    }
    return lines.mapValues { reasons in
      reasons.sorted { ($1.count, $0.reason) < ($0.count, $1.reason) }
    }
  }

  /// Remarks on the files that the day's events were made from and that hold rows of it, by source
  /// and class.
  private func remarks(_ day: CivilDate) throws -> [String: [String]] {
    let start = site.calendar.start(of: day)
    let end = site.calendar.start(of: day.advanced(by: 1))
    var remarks: [String: [String]] = [:]
    for input in try Manifest.read(folder: store.events(day))?.inputs ?? [] {
      let folder = "\(store.path)/\(input.name)"
      // A remark is on a file, however many formats have rows of it.
      guard let manifest = try Manifest.read(folder: folder), let remark = manifest.facts["remark"],
        let file = try IngestedFile.all(manifest.facts, folder: folder)
          .first(where: { $0.hasRows(from: start, to: end) })
      else { continue }
      remarks["\(file.source) \(file.eventClass.rawValue)", default: []].append(
        "\(file.logFile), \(remark)")
    }
    return remarks.mapValues { $0.sorted() }
  }
}
