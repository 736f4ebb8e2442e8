import Columnar
import Events

/// Folds what was asked of the site's web servers in the days before D to `request_grams.arrow` and
/// `request_habits.arrow`, one server after the other.
struct RequestFold {
  /// Days at the beginning of a server's records on which all requests are new.
  private static let settlingDays = 3
  /// Fewer tries at a shape beyond those that its clients need count as none.
  private static let leastTries: Int64 = 10

  private let asOf: CivilDate
  private let days: [CivilDate]
  private let seen: SeenTable
  private let grams, habits: RowWriter
  private var cursors: [RequestCursor]

  init(
    asOf: CivilDate, summaries: [DayTables], seen: SeenTable,
    to sink: (StateTable) throws -> any BatchSink
  ) throws {
    self.asOf = asOf
    self.seen = seen
    days = summaries.map(\.day)
    cursors = try summaries.map { try RequestCursor($0) }
    grams = RowWriter(RequestGram.schema, to: try sink(.requestGrams))
    habits = RowWriter(RequestHabit.schema, to: try sink(.requestHabits))
  }

  mutating func run() throws {
    while let server = cursors.compactMap(\.server).min(by: {
      NamedEndpoint($0) < NamedEndpoint($1)
    }) {
      var byDay: [(day: CivilDate, rows: [RequestRow])] = []
      for index in cursors.indices where cursors[index].server == server {
        byDay.append((days[index], try cursors[index].take()))
      }
      let model = learned(byDay.map(\.rows))
      try write(model, of: server)
      try write(figures(byDay, model), of: server)
    }
    try grams.finish()
    try habits.finish()
  }

  /// The shapes that the server answered at least two clients on a day, or on two days.
  private func learned(_ days: [[RequestRow]]) -> RequestModel {
    var model = RequestModel()
    /// Whether learned, of those that were answered.
    var shapes: [UInt64: Bool] = [:]
    for row in days.joined() where row.answered > 0 && !row.shape.isEmpty {
      let isKnown = shapes[row.subject]
      guard isKnown != true else { continue }
      let isUsual = row.clients >= 2 || isKnown == false
      shapes[row.subject] = isUsual
      if isUsual { model.add(row.shape) }
    }
    model.prepare()
    return model
  }

  private struct Key: Hashable, Comparable {
    let kind: RequestHabit.Kind
    let shape: UInt64

    static func < (a: Key, b: Key) -> Bool {
      (a.kind.rawValue, a.shape) < (b.kind.rawValue, b.shape)
    }
  }

  /// The figures of the days after the first, without the greatest of every fourteen, so that an
  /// attack does not hide the next.
  private func figures(
    _ byDay: [(day: CivilDate, rows: [RequestRow])], _ model: RequestModel
  ) -> [(Key, DailyFigure)] {
    var values: [Key: [Int64]] = [:]
    let settled = byDay.dropFirst(RequestFold.settlingDays)
    for (day, rows) in settled {
      var strange = StrangeRequests(model: model)
      for row in rows {
        if !isKnown(row, before: day) { strange.add(row) }
        if row.excessTries >= RequestFold.leastTries {
          values[Key(kind: .tries, shape: row.subject), default: []].append(row.excessTries)
        }
      }
      for figure in StrangeRequests.Figure.allCases {
        values[Key(kind: figure.habit, shape: 0), default: []].append(
          Int64((strange.most(figure) * 100).rounded()))
      }
    }
    let dropped = settled.count < 7 ? 0 : (settled.count + 13) / 14
    return values.sorted { $0.key < $1.key }.map { key, values in
      let kept = values.sorted(by: >).dropFirst(dropped)
      // On the other days there were none.
      let none = [Int64](repeating: 0, count: settled.count - dropped - kept.count)
      return (key, (kept + none).reduce(into: DailyFigure()) { $0.add($1) })
    }
  }

  /// Whether the server answered such a request before that day.
  private func isKnown(_ row: RequestRow, before day: CivilDate) -> Bool {
    let key = SeenKey(subject: row.subject, host: keyHash(row.server))
    guard let age = seen.days(.requestShape, key).age else { return false }
    return asOf.advanced(by: -age) < day
  }

  private func write(_ model: RequestModel, of server: String) throws {
    for (gram, count) in model.sorted {
      grams.table.column(RequestGram.server).append(server)
      grams.table.column(RequestGram.gram).append(gram)
      grams.table.column(RequestGram.count).append(count)
      try grams.endRow()
    }
  }

  private func write(_ figures: [(Key, DailyFigure)], of server: String) throws {
    for (key, figure) in figures {
      habits.table.column(RequestHabit.server).append(server)
      habits.table.column(RequestHabit.kind).append(key.kind.rawValue)
      habits.table.column(RequestHabit.shape).append(key.shape)
      habits.table.column(RequestHabit.days).append(UInt32(figure.days))
      habits.table.column(RequestHabit.total).append(figure.total)
      habits.table.column(RequestHabit.squares).append(figure.squares)
      try habits.endRow()
    }
  }
}
