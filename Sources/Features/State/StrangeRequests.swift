import Events

/// How strange the requests of a day are whose shapes the server never answered before, client by
/// client, since many clients who ask for what is new use a new version.
package struct StrangeRequests {
  /// What a refused request counts at least: guessing plain words is probing too.
  private static let leastRefused = 0.1

  /// Of one client: that of the request to show, or the only one.
  package struct Session {
    package let client: String
    private var sums: [Double] = [0, 0, 0]
    private var leads: [(row: RequestRow, weight: Double)?] = [nil, nil, nil]

    fileprivate init(client: String) { self.client = client }

    fileprivate mutating func add(
      _ weight: Double, _ kind: RequestHabit.Kind, _ row: RequestRow, strangeness: Double
    ) {
      let index = Int(kind.rawValue)
      sums[index] += weight
      if leads[index].map({ $0.weight < strangeness }) ?? true { leads[index] = (row, strangeness) }
    }

    /// The figure of one of `StrangeRequests.kinds`.
    package func sum(_ kind: RequestHabit.Kind) -> Double { sums[Int(kind.rawValue)] }

    /// The strangest request behind the figure; nil where there is none.
    package func lead(_ kind: RequestHabit.Kind) -> RequestRow? { leads[Int(kind.rawValue)]?.row }
  }

  /// The figures of a client.
  package static let kinds: [RequestHabit.Kind] = [.strangeAnswered, .strangeRefused, .newAnswered]

  private let model: RequestModel
  private var byClient: [String: Session] = [:]

  package init(model: RequestModel) { self.model = model }

  package mutating func add(_ row: RequestRow) {
    guard !row.shape.isEmpty else { return }
    let strangeness = model.strangeness(row.shape)
    func add(_ weight: Double, _ kind: RequestHabit.Kind) {
      byClient[row.client, default: Session(client: row.client)]
        .add(weight * row.loneliness, kind, row, strangeness: strangeness * row.loneliness)
    }
    if row.answered > 0 {
      add(strangeness, .strangeAnswered)
      add(1, .newAnswered)
    } else {
      add(StrangeRequests.leastRefused + strangeness, .strangeRefused)
    }
  }

  /// In the order of the clients' names.
  package var sessions: [Session] {
    byClient.values.sorted { $0.client.utf8.lexicographicallyPrecedes($1.client.utf8) }
  }

  /// The day's figure: that of the client with the greatest.
  func most(_ kind: RequestHabit.Kind) -> Double {
    byClient.values.map { $0.sum(kind) }.max() ?? 0
  }
}
