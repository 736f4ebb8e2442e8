import Events

/// How strange the requests of a day are whose shapes the server never answered before, client by
/// client, since many clients who ask for what is new use a new version.
package struct StrangeRequests {
  /// What a refused request counts at least: guessing plain words is probing too.
  private static let leastRefused = 0.1

  /// What is summed of a client's requests.
  package enum Figure: Int, CaseIterable {
    case strangeAnswered, strangeRefused, newAnswered

    package var habit: RequestHabit.Kind {
      switch self {
      case .strangeAnswered: .strangeAnswered
      case .strangeRefused: .strangeRefused
      case .newAnswered: .newAnswered
      }
    }
  }

  /// Of one client: that of the request to show, or the only one.
  package struct Session {
    package let client: String
    private var sums = [Double](repeating: 0, count: Figure.allCases.count)
    private var leads = [(row: RequestRow, weight: Double)?](
      repeating: nil, count: Figure.allCases.count)

    fileprivate init(client: String) { self.client = client }

    fileprivate mutating func add(
      _ weight: Double, _ figure: Figure, _ row: RequestRow, strangeness: Double
    ) {
      sums[figure.rawValue] += weight
      if leads[figure.rawValue].map({ $0.weight < strangeness }) ?? true {
        leads[figure.rawValue] = (row, strangeness)
      }
    }

    package func sum(_ figure: Figure) -> Double { sums[figure.rawValue] }

    /// The strangest request behind the figure; nil where there is none.
    package func lead(_ figure: Figure) -> RequestRow? { leads[figure.rawValue]?.row }
  }

  private let model: RequestModel
  private var byClient: [String: Session] = [:]

  package init(model: RequestModel) { self.model = model }

  package mutating func add(_ row: RequestRow) {
    guard !row.shape.isEmpty else { return }
    let strangeness = model.strangeness(row.shape)
    func add(_ weight: Double, _ figure: Figure) {
      byClient[row.client, default: Session(client: row.client)]
        .add(weight * row.loneliness, figure, row, strangeness: strangeness * row.loneliness)
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
  func most(_ figure: Figure) -> Double {
    byClient.values.map { $0.sum(figure) }.max() ?? 0
  }
}
