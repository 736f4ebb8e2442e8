import Challengers
import Events
import Foundation
import Learning

/// A learned model, and the graph of days that it judges by.
struct LearnedGraph {
  private static let seed: UInt64 = 1

  let numbers: GraphNumbers
  private let history: GraphHistory
  private let model: EdgeModel
  /// What training took in seconds of processor time; nil where the model was read.
  private let trained: Double?

  /// - Parameters:
  ///   - first: the day before which the model is trained, the last day before it held out.
  ///   - path: where the model is read from, or where there is none written to.
  init(_ edges: EdgeDays, signIns: [[SignInEdge]], first: Int, path: String?) throws {
    var counts: [EdgeService: Int] = [:]
    for edge in edges.days[..<first].joined() { counts[edge.service, default: 0] += 1 }
    var numbers = GraphNumbers(
      ServiceNumbers(
        mostCommonOf: counts, haveSignIns: signIns[..<first].contains { !$0.isEmpty }))
    let kinds = numbers.services.edgeKinds
    history = GraphHistory(
      serviceKinds: kinds, days: zip(edges.days, signIns).map { numbers.activities($0, $1) })
    self.numbers = numbers
    if let path, FileManager.default.fileExists(atPath: path) {
      (model, trained) = (try EdgeModel(path: path), nil)
      return
    }
    var past = history
    past.days.removeLast(past.days.count - first)
    let start = processorSeconds
    model = try EdgeModel.train(
      on: past, days: Array(edges.names[..<first]), EdgeTraining(seed: LearnedGraph.seed))
    trained = processorSeconds - start
    if let path { try model.write(to: path) }
  }

  func printTrainingNotes() {
    if let trained { printNotes(model.card, model.parameters, took: trained) }
  }

  func snapshot(before day: Int) -> GraphSnapshot {
    GraphSnapshot(history, before: day, nodeCount: numbers.nodeCount)
  }

  /// The higher, the likelier.
  func scores(of pairs: [DayViews.Pair], in graph: GraphSnapshot) -> [Double] {
    model.scores(of: pairs.map { edge($0) }, in: graph).map(Double.init)
  }

  private func edge(_ pair: DayViews.Pair) -> GraphHistory.Edge {
    for end in SignInEdge.End.allCases where pair.service == SignInEdge.service(of: end) {
      if let edge = numbers.edge(from: pair.originator, to: pair.responder, end) { return edge }
    }
    return numbers.edge(from: pair.originator, to: pair.responder, pair.service)
  }
}
