import Columnar
import Events

/// How daily figures of the site's web servers went.
package struct RequestHabits: Sendable {
  private struct Key: Hashable {
    let server: String
    let kind: UInt8
    let shape: UInt64
  }
  private var figures: [Key: DailyFigure] = [:]
  /// The lower median of the servers' means, by kind.
  private var usual: [UInt8: Double] = [:]

  /// Reads `request_habits.arrow`.
  init(_ source: any BatchSource) throws {
    var means: [UInt8: [Double]] = [:]
    try source.forEachBatch { batch in
      let (server, kind) = (batch[RequestHabit.server], batch[RequestHabit.kind])
      let (shape, days) = (batch[RequestHabit.shape], batch[RequestHabit.days])
      let (total, squares) = (batch[RequestHabit.total], batch[RequestHabit.squares])
      for row in 0..<batch.rowCount {
        let figure = DailyFigure(
          days: Int(days.value(row)), total: total.value(row), squares: squares.value(row))
        let key = Key(server: server[row] ?? "", kind: kind.value(row), shape: shape.value(row))
        figures[key] = figure
        means[key.kind, default: []].append(figure.mean)
      }
    }
    usual = means.mapValues { $0.sorted()[($0.count - 1) / 2] }
  }

  package func figure(
    _ kind: RequestHabit.Kind, of server: String, shape: UInt64 = 0
  ) -> DailyFigure {
    let key = Key(server: server, kind: kind.rawValue, shape: shape)
    return figures[key] ?? DailyFigure(days: kind == .tries ? dayCount(of: server) : 0)
  }

  /// What is usual for servers of the site.
  package func usual(_ kind: RequestHabit.Kind) -> Double { usual[kind.rawValue] ?? 0 }

  /// Days that tell what is usual for a server.
  package func dayCount(of server: String) -> Int { figure(.newAnswered, of: server).days }
}
