import Columnar
import Events

@testable import Conversations

/// The rules of pairing written as plainly as possible, for rows of one source with ports.
struct SlowTwin {
  let gap: Int64
  let activeTimeout: Int64
  var margin: Int64 { gap + activeTimeout }

  /// The conversations of `start ..< end`, sorted by their description.
  func conversations(_ files: [[FlowRow]], from start: Int64, to end: Int64) -> [Written] {
    let rows = withoutDuplicates(files).sorted { isBefore($0, $1) }
    let groups = Dictionary(grouping: rows, by: tuple)
    let all = groups.values.flatMap { conversations(ofTuple: $0, from: start, to: end) }
    return all.sorted { $0.description < $1.description }
  }

  private func withoutDuplicates(_ files: [[FlowRow]]) -> [FlowRow] {
    var most: [FlowRow: Int] = [:]
    for file in files {
      var counts: [FlowRow: Int] = [:]
      for row in file { counts[row, default: 0] += 1 }
      for (row, count) in counts { most[row] = max(most[row] ?? 0, count) }
    }
    return most.flatMap { row, count in Array(repeating: row, count: count) }
  }

  private func ends(_ row: FlowRow) -> [String] {
    ["\(row.source):\(row.sourcePort ?? 0)", "\(row.destination):\(row.destinationPort ?? 0)"]
  }

  private func tuple(_ row: FlowRow) -> String {
    ends(row).sorted().joined(separator: " ") + " \(row.proto ?? 0)"
  }

  /// The same order of rows of one time as the fast twin has: by ends, numerically, then contents.
  private func isBefore(_ a: FlowRow, _ b: FlowRow) -> Bool {
    func content(_ row: FlowRow) -> [Int64] {
      let end = { (text: String, port: UInt16?) in
        Int64(Address(text)?.low ?? 0) << 16 | Int64(port ?? 0)
      }
      let isFromSecond =
        end(row.source, row.sourcePort) > end(row.destination, row.destinationPort)
      return [
        row.time, isFromSecond ? 1 : 0, row.end ?? row.time, row.bytes ?? -1, row.packets ?? -1,
        Int64(row.flags ?? 0),
      ]
    }
    return content(a).lexicographicallyPrecedes(content(b))
  }

  private func lastEnd(_ run: [FlowRow]) -> Int64 {
    run.map { max($0.time, $0.end ?? $0.time) }.max() ?? 0
  }

  /// Records in a row, cut where the gap is too long or TCP closes and opens again.
  private func runs(_ rows: [FlowRow]) -> [[FlowRow]] {
    var runs: [[FlowRow]] = []
    for row in rows {
      guard let run = runs.last, row.time <= lastEnd(run) + gap else {
        runs.append([row])
        continue
      }
      let hasClosed = run.contains { $0.proto == 6 && ($0.flags ?? 0) & 5 != 0 }
      let hasSpoken = run.contains { $0.source == row.source && $0.sourcePort == row.sourcePort }
      let opens = (row.flags ?? 0) & 2 != 0
      if hasClosed && hasSpoken && opens && row.time > lastEnd(run) {
        runs.append([row])
      } else {
        runs[runs.count - 1].append(row)
      }
    }
    return runs
  }

  /// How many records after midnight belong to a conversation that began before it: those within
  /// the margin, judged by the rows from a margin before midnight on.
  private func claimedCount(_ rows: [FlowRow], midnight: Int64) -> Int {
    let near = rows.filter { $0.time >= midnight - margin && $0.time < midnight + margin }
    let crossing = runs(near).first {
      $0.contains { $0.time < midnight } && $0.contains { $0.time >= midnight }
    }
    return crossing?.count { $0.time >= midnight } ?? 0
  }

  private func conversations(
    ofTuple rows: [FlowRow], from start: Int64, to end: Int64
  ) -> [Written] {
    let early = claimedCount(rows, midnight: start)
    let late = claimedCount(rows, midnight: end)
    let afterMidnight = rows.filter { $0.time >= end }
    var found: [(rows: [FlowRow], seenBefore: [FlowRow])] = []
    var claimed = early
    for run in runs(rows.filter { $0.time >= start - margin && $0.time < end }) {
      let before = run.filter { $0.time < start }
      var own = run.filter { $0.time >= start }
      let skipped = before.isEmpty ? 0 : min(claimed, own.count)
      claimed -= skipped
      let seenBefore = before + own[..<skipped]
      own.removeFirst(skipped)
      if !own.isEmpty { found.append((own, seenBefore)) }
    }
    if late > 0, !found.isEmpty { found[found.count - 1].rows += afterMidnight[..<late] }
    return found.map { conversation($0.rows, seenBefore: $0.seenBefore) }
  }

  private func conversation(_ rows: [FlowRow], seenBefore: [FlowRow]) -> Written {
    let basis = seenBefore.isEmpty ? rows : seenBefore
    let (originator, isKnown) = originator(basis, beginsUnseen: !seenBefore.isEmpty)
    let sent = rows.filter { ends($0)[0] == originator }
    let answered = rows.filter { ends($0)[0] != originator }
    let other = ends(rows[0]).first { $0 != originator } ?? originator
    let stated = rows.compactMap { $0.end }
    return Written(
      time: rows[0].time, end: max(rows[0].time, stated.max() ?? rows[0].time),
      tuple: "\(originator)>\(other)/\(rows[0].proto ?? 0)",
      sourceBytes: sent.isEmpty ? nil : sent.reduce(0) { $0 + ($1.bytes ?? 0) },
      destinationBytes: answered.reduce(0) { $0 + ($1.bytes ?? 0) },
      recordCount: Int64(rows.count), isDirectionKnown: isKnown)
  }

  private func originator(_ rows: [FlowRow], beginsUnseen: Bool) -> (String, Bool) {
    let first = ends(rows[0])
    func flags(_ end: String) -> UInt8 {
      rows.filter { ends($0)[0] == end }.reduce(0) { $0 | ($1.flags ?? 0) }
    }
    func start(_ end: String) -> Int64? { rows.first { ends($0)[0] == end }?.time }
    let isTCP = rows[0].proto == 6
    if isTCP {
      let opening = first.filter { flags($0) & 0x12 == 2 }
      if opening.count == 1 { return (opening[0], true) }
    }
    let earlier: String? =
      switch (start(first[0]), start(first[1])) {
      case (let a?, let b?): a == b ? nil : a < b ? first[0] : first[1]
      default: nil
      }
    let sawHandshake = !isTCP || (flags(first[0]) | flags(first[1])) & 2 != 0
    if let earlier, !beginsUnseen, sawHandshake { return (earlier, true) }
    let ports = [rows[0].sourcePort ?? 0, rows[0].destinationPort ?? 0]
    for (client, server) in [(0, 1), (1, 0)]
    where ServicePorts.isClear(from: ports[client], to: ports[server]) {
      let isWholeOrForward = client == 0 || start(first[1]) != nil
      if isWholeOrForward || ServicePorts.isService(ports[server]) { return (first[client], true) }
    }
    if let earlier { return (earlier, true) }
    return (first[0], false)
  }
}
