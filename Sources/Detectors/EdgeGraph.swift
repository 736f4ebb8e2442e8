import Columnar
import Events
import Features

/// The internal edges of the 28 days before a day, as a graph of originators and what they reach: a
/// target is a service of a host.
///
/// As of a day the weight of an edge is Σ .6^age over the days on which it was answered. Katz
/// (1953) sums walks by their length; between an originator and a target these are odd: the edge
/// itself, N, and the walks over another target and another originator, N Nᵀ N, where
/// N = D^−½ W D^−½. Only the walks to targets that are asked about are made.
package struct EdgeGraph {
  package struct Edge {
    private let originatorNumber, targetNumber: UInt32
    /// Bit i is set where it was answered on day D − 1 − i.
    let days: UInt32

    fileprivate init(originator: Int, target: Int, days: UInt32) {
      originatorNumber = UInt32(originator)
      targetNumber = UInt32(target)
      self.days = days
    }

    package var originator: Int { Int(originatorNumber) }
    package var target: Int { Int(targetNumber) }
  }
  package struct Target: Hashable {
    package let host: Int
    package let service: EdgeService
  }

  /// What a day's weight is of the next day's.
  private static let decay = 0.6
  private static let walkWeight = 0.25
  /// Originators of a target that are walked to, evenly drawn of more.
  private static let originatorSample = 256
  /// Originators that reach more explain nothing.
  private static let targetLimit = 1024

  package private(set) var names: [String] = []
  package private(set) var targets: [Target] = []
  /// By originator.
  package private(set) var edges: [Edge] = []
  /// When those edges were first tried that were answered on the day before D only.
  private(set) var timesOfYesterday: [Int: Instant] = [:]
  private var idOfName: [String: Int] = [:]
  private var idOfTarget: [Target: Int] = [:]
  /// The edges of each originator; empty for hosts that reach nothing.
  private var ranges: [Range<Int>] = []
  /// The edges to each target: `incoming[starts[t] ..< starts[t + 1]]`, of the targets of history.
  private var incoming: [UInt32] = []
  private var starts: [Int] = []
  /// Of each edge, as of the day at hand.
  private var normalised: [Double] = []
  /// Of the targets, for the originator at hand.
  private var own: [Double] = []

  package init(_ history: any BatchSource) throws {
    edges.reserveCapacity(history.rowCount)
    try history.forEachBatch { batch in
      let (from, to) = (batch[EdgeHistory.originator], batch[EdgeHistory.responder])
      let (port, number) = (batch[EdgeHistory.port], batch[EdgeHistory.ianaNumber])
      let (days, time) = (batch[EdgeHistory.days], batch[EdgeHistory.lastDayTime])
      for row in 0..<batch.rowCount {
        guard let from = from[row], let to = to[row] else { continue }
        let service = EdgeService(port: port.value(row), ianaNumber: number.value(row))
        if days.value(row) == 1 { timesOfYesterday[edges.count] = time.value(row) }
        edges.append(
          Edge(
            originator: id(ofHost: from), target: id(of: to, service), days: days.value(row)))
      }
    }
    index()
  }

  /// The number of a host, new where it was not met.
  package mutating func id(ofHost name: String) -> Int {
    if let id = idOfName[name] { return id }
    idOfName[name] = names.count
    names.append(name)
    return names.count - 1
  }

  /// The number of a host's service, new where it was not met.
  package mutating func id(of host: String, _ service: EdgeService) -> Int {
    let target = Target(host: id(ofHost: host), service: service)
    if let id = idOfTarget[target] { return id }
    idOfTarget[target] = targets.count
    targets.append(target)
    return targets.count - 1
  }

  /// An edge of a day that was answered.
  package struct DayEdge {
    package let originator: Int
    package let target: Int
    let port: UInt16
    let time: Instant
  }

  /// The answered edges of `edges.arrow`, in its order; several of a target differ by their ports.
  package mutating func answeredEdges(of table: any BatchSource) throws -> [DayEdge] {
    var found: [DayEdge] = []
    try table.forEachBatch { batch in
      let (from, to, time) = (
        batch[Events.Edge.originator], batch[Events.Edge.responder], batch[Events.Edge.firstTime]
      )
      let (port, number) = (batch[Events.Edge.port], batch[Events.Edge.ianaNumber])
      let (conversations, failed) = (batch[Events.Edge.conversations], batch[Events.Edge.failed])
      for row in 0..<batch.rowCount
      where failed.value(row) < conversations.value(row)
        && EdgeService.isJudged(ianaNumber: number.value(row))
      {
        guard let from = from[row], let to = to[row], from != to else { continue }
        let service = EdgeService(port: port.value(row), ianaNumber: number.value(row))
        found.append(
          DayEdge(
            originator: id(ofHost: from), target: id(of: to, service), port: port.value(row),
            time: time.value(row)))
      }
    }
    return found
  }

  private mutating func index() {
    ranges = .init(repeating: 0..<0, count: names.count)
    var start = 0
    while start < edges.count {
      let end =
        edges[start...].firstIndex { $0.originator != edges[start].originator } ?? edges.count
      ranges[edges[start].originator] = start..<end
      start = end
    }
    starts = .init(repeating: 0, count: targets.count + 1)
    for edge in edges { starts[edge.target + 1] += 1 }
    for target in targets.indices { starts[target + 1] += starts[target] }
    var next = starts
    incoming = .init(repeating: 0, count: edges.count)
    for (index, edge) in edges.enumerated() {
      incoming[next[edge.target]] = UInt32(index)
      next[edge.target] += 1
    }
    own = .init(repeating: 0, count: targets.count)
  }

  package func edges(of originator: Int) -> ArraySlice<Edge> {
    originator < ranges.count ? edges[ranges[originator]] : []
  }

  /// Weighs the edges as of `daysBack` days before D.
  package mutating func weigh(daysBack: Int) {
    var powers = [1.0]
    while powers.count < 32 { powers.append(powers[powers.count - 1] * EdgeGraph.decay) }
    var sent = [Double](repeating: 0, count: names.count)
    var received = [Double](repeating: 0, count: targets.count)
    normalised = edges.map { edge in
      var (weight, days) = (0.0, edge.days >> UInt32(daysBack))
      while days != 0 {
        weight += powers[days.trailingZeroBitCount]
        days &= days - 1
      }
      sent[edge.originator] += weight
      received[edge.target] += weight
      return weight
    }
    for (index, edge) in edges.enumerated() where normalised[index] > 0 {
      normalised[index] /= (sent[edge.originator] * received[edge.target]).squareRoot()
    }
  }

  /// The Katz score from an originator to each of some targets, as of the day weighed.
  ///
  /// O(originators of the target · their targets) each, within the limits above.
  package mutating func scores(from originator: Int, to wanted: [Int]) -> [Double] {
    let range = originator < ranges.count ? ranges[originator] : 0..<0
    for index in range { own[edges[index].target] = normalised[index] }
    defer { for index in range { own[edges[index].target] = 0 } }
    return wanted.map { target in
      guard target < own.count else { return 0 }
      return own[target] + EdgeGraph.walkWeight * walks(from: originator, to: target)
    }
  }

  private func walks(from originator: Int, to target: Int) -> Double {
    let all = incoming[starts[target]..<starts[target + 1]]
    let step = max(1, (all.count + EdgeGraph.originatorSample - 1) / EdgeGraph.originatorSample)
    var total = 0.0
    for place in stride(from: all.startIndex, to: all.endIndex, by: step) {
      let index = Int(all[place])
      let other = edges[index].originator
      let range = ranges[other]
      guard normalised[index] > 0, other != originator, range.count <= EdgeGraph.targetLimit
      else { continue }
      var shared = 0.0
      for index in range { shared += own[edges[index].target] * normalised[index] }
      total += shared * normalised[index]
    }
    return total * Double(step)
  }
}
