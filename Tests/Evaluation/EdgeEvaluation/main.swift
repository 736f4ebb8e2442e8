import ArrowFile
import Columnar
import Detectors
import Events
import Features
import Foundation
import TestSupport

/// How well the internal graph of earlier days tells a day's edges from others: PROFILES.
///
/// PROFILES is the folder of a store's summaries. Each edge of a day is set against a pair that was
/// never seen, drawn with an originator of one edge of the day and a target of another, so that
/// both ends are as busy. Prints the area under the ROC curve and the average precision of the
/// path score, of the detector's surprise and of two plain rivals, over all edges and over those
/// not seen in 28 days, as means over the days from the eleventh on.
func run() throws {
  guard CommandLine.arguments.count == 2 else {
    FileHandle.standardError.write(Data("usage: edge-evaluation PROFILES\n".utf8))
    exit(64)
  }
  let days = try readDays(CommandLine.arguments[1])
  var figures: [String: [Figure]] = [:]
  for number in days.indices.dropFirst(10) {
    for (name, figure) in try evaluate(days[number], after: days[..<number]) {
      figures[name, default: []].append(figure)
    }
  }
  print("edges       score                 AUC    AP     a day")
  for name in figures.keys.sorted() {
    let all = figures[name] ?? []
    func mean(_ part: (Figure) -> Double) -> Double {
      all.map(part).reduce(0, +) / Double(all.count)
    }
    print(
      name.padding(toLength: 33, withPad: " ", startingAt: 0),
      String(format: "%.3f  %.3f  %.0f", mean(\.area), mean(\.precision), mean(\.count)))
  }
}

func readDays(_ folder: String) throws -> [DayTables] {
  let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
  return try names.compactMap { name in
    guard name.hasPrefix("day="), let day = CivilDate(String(name.dropFirst(4))) else { return nil }
    return try DayTables(day: day) {
      try ArrowReader(path: "\(folder)/\(name)/\($0.name).arrow", expecting: $0)
    }
  }
}

/// How well a score sorts a day's edges before the others.
struct Figure {
  let area: Double
  let precision: Double
  let count: Double

  init(edges: [Double], others: [Double]) {
    let sorted = (edges.map { ($0, true) } + others.map { ($0, false) }).sorted { $0.0 > $1.0 }
    var (found, otherCount, area, precision) = (0.0, 0.0, 0.0, 0.0)
    var start = 0
    while start < sorted.count {
      let end = sorted[start...].firstIndex { $0.0 != sorted[start].0 } ?? sorted.count
      let new = Double(sorted[start..<end].count { $0.1 })
      let wrong = Double(end - start) - new
      area += wrong * (found + new / 2)
      (found, otherCount) = (found + new, otherCount + wrong)
      precision += new * found / (found + otherCount)
      start = end
    }
    self.area = area / max(1, found * otherCount)
    self.precision = precision / max(1, found)
    count = found
  }
}

/// An originator and a target, in the numbers of the graph.
struct Pair: Hashable {
  let originator: Int
  let target: Int
}

func evaluate(_ day: DayTables, after earlier: ArraySlice<DayTables>) throws -> [String: Figure] {
  let fold = StateFold(asOf: day.day, calendar: CivilCalendar())
  let seen = try fold.seen(from: nil, summaries: Array(earlier))
  let seenSink = TableSink()
  try seen.write(to: seenSink)
  var sinks = [StateTable.seen: seenSink]
  try fold.run(summaries: Array(earlier.suffix(28)), today: day, seen: seen) {
    let sink = TableSink()
    sinks[$0] = sink
    return sink
  }
  let state = try SiteState(asOf: day.day) {
    Table(schema: $0.schema, batches: sinks[$0]?.batches ?? [])
  }
  var candidates = try EdgeCandidates(
    ScoringInputs(day: day.day, calendar: CivilCalendar(), tables: day, state: state),
    otherWeight: 1)
  var graph = candidates.graph
  let history = Set(graph.edges.map { Pair(originator: $0.originator, target: $0.target) })
  var sent: [Int: Double] = [:]
  var received: [Int: Double] = [:]
  for pair in history {
    sent[pair.originator, default: 0] += 1
    received[pair.target, default: 0] += 1
  }
  var seen: Set<Pair> = []
  var all: [Pair] = []
  for edge in try graph.answeredEdges(of: day.edges) {
    let pair = Pair(originator: edge.originator, target: edge.target)
    if seen.insert(pair).inserted, sent[pair.originator] != nil { all.append(pair) }
  }
  var random = SplitMix(seed: UInt64(day.day.dayNumber))
  var figures: [String: Figure] = [:]
  for (name, edges) in [("all", all), ("new", all.filter { !history.contains($0) })]
  where !edges.isEmpty {
    var others: [Pair] = []
    for _ in 0..<100 * edges.count where others.count < edges.count {
      let pair = Pair(
        originator: all[Int.random(in: all.indices, using: &random)].originator,
        target: all[Int.random(in: all.indices, using: &random)].target)
      if !history.contains(pair), !seen.contains(pair),
        graph.targets[pair.target].host != pair.originator
      {
        others.append(pair)
      }
    }
    func figure(_ score: (Pair) -> Double) -> Figure {
      Figure(edges: edges.map(score), others: others.map(score))
    }
    figures["\(name)         paths"] = figure {
      graph.scores(from: $0.originator, to: [$0.target])[0]
    }
    figures["\(name)         paths and habits"] = figure { pair in
      history.contains(pair)
        ? 0 : -candidates.surprises(from: pair.originator, to: [pair.target])[0].bits
    }
    figures["\(name)         busy ends"] = figure {
      sent[$0.originator, default: 0] * received[$0.target, default: 0]
    }
    figures["\(name)         seen before"] = figure { history.contains($0) ? 1 : 0 }
  }
  return figures
}

try run()
