import Columnar
import Events
import Features
import TestSupport
import Testing

@testable import Detectors

@Suite struct EdgeGraphTests {
  private struct Row {
    let from: Int
    let to: Int
    let port: UInt16
    let days: UInt32
  }

  /// Random edges between a dozen hosts, by originator.
  private func rows(seed: UInt64) -> [Row] {
    var random = SplitMix(seed: seed)
    return (0..<12).flatMap { from in
      (0..<12).flatMap { to in
        [UInt16(22), 445].compactMap { port in
          from != to && Int.random(in: 0..<4, using: &random) == 0
            ? Row(
              from: from, to: to, port: port,
              days: UInt32.random(in: 1..<1 << 28, using: &random)) : nil
        }
      }
    }
  }

  private func table(_ rows: [Row], name: (Int) -> String) -> Table {
    let builder = TableBuilder(EdgeHistory.schema)
    for row in rows {
      builder.column(EdgeHistory.originator).append(name(row.from))
      builder.column(EdgeHistory.responder).append(name(row.to))
      builder.column(EdgeHistory.port).append(row.port)
      builder.column(EdgeHistory.ianaNumber).append(6)
      builder.column(EdgeHistory.days).append(row.days)
      builder.column(EdgeHistory.lastDayTime).append(Instant(microseconds: 0))
    }
    return Table(schema: builder.schema, batches: [builder.finishBatch()])
  }

  /// N + ¼ N Nᵀ N of the whole matrix of 12 originators and 24 services.
  private func dense(_ rows: [Row], daysBack: UInt32) -> [[Double]] {
    var weights = [[Double]](repeating: .init(repeating: 0, count: 24), count: 12)
    for row in rows {
      for age in daysBack..<28 where row.days >> age & 1 == 1 {
        var weight = 1.0
        for _ in daysBack..<age { weight *= 0.6 }
        weights[row.from][row.to * 2 + (row.port == 22 ? 0 : 1)] += weight
      }
    }
    let sent = weights.map { $0.reduce(0, +) }
    let received = (0..<24).map { target in weights.reduce(0) { $0 + $1[target] } }
    let n = (0..<12).map { from in
      (0..<24).map { to in
        weights[from][to] == 0
          ? 0 : weights[from][to] / (sent[from] * received[to]).squareRoot()
      }
    }
    return (0..<12).map { from in
      (0..<24).map { to in
        var walks = 0.0
        for other in 0..<12 where other != from {
          for shared in 0..<24 { walks += n[from][shared] * n[other][shared] * n[other][to] }
        }
        return n[from][to] + walks / 4
      }
    }
  }

  @Test("sparse scores are those of the whole matrix", arguments: [0, 1, 5])
  func oracle(daysBack: Int) throws {
    let rows = rows(seed: 7)
    let expected = dense(rows, daysBack: UInt32(daysBack))
    for name in [{ "10.0.0.\($0)" }, { "host-\(99 - $0)" }] as [(Int) -> String] {
      var graph = try EdgeGraph(table(rows, name: name))
      graph.weigh(daysBack: daysBack)
      for from in 0..<12 {
        for to in 0..<12 where to != from {
          let targets = [UInt16(22), 445].map {
            graph.id(of: name(to), EdgeService(port: $0, ianaNumber: 6))
          }
          let scores = graph.scores(from: graph.id(ofHost: name(from)), to: targets)
          for (score, port) in zip(scores, 0...) {
            #expect(abs(score - expected[from][to * 2 + port]) < 1e-12)
          }
        }
      }
    }
  }
}
