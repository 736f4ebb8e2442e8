import Glibc

/// What was done along an edge in the 28 days before a day, each weighing .6 of the next.
package struct GraphHabit: Equatable, Sendable {
  /// Kinds of hours, four to each.
  package static let hourCount = 6
  package static let dayCount = 28
  private static let decay: Float = 0.6

  package let edge: GraphHistory.Edge
  /// Of the days on which it was there.
  package fileprivate(set) var weight: Float = 0
  /// Conversations, each with its day's weight.
  package fileprivate(set) var conversations: Float = 0
  /// Activities by kind of hour, each with its day's weight. [hourCount]
  package fileprivate(set) var hours = [Float](repeating: 0, count: hourCount)

  fileprivate init(_ edge: GraphHistory.Edge) { self.edge = edge }

  package init(_ edge: GraphHistory.Edge, weight: Float, conversations: Float, hours: [Float]) {
    precondition(hours.count == GraphHabit.hourCount, "\(hours.count) kinds of hours")
    self.edge = edge
    self.weight = weight
    self.conversations = conversations
    self.hours = hours
  }

  fileprivate static func weight(daysBack: Int) -> Float {
    Float(pow(Double(decay), Double(daysBack)))
  }
}

/// Adds up what was done along edges, day by day.
package struct GraphHabitFold {
  /// As the edges first came.
  package private(set) var habits: [GraphHabit] = []
  private var places: [GraphHistory.Edge: Int] = [:]
  /// The last day that is in the weight of each.
  private var lastDays: [Int] = []

  package init() {}

  /// Adds the day that is so many days before the last, the earliest first; those beyond the 28
  /// add nothing.
  package mutating func add(_ activities: [GraphHistory.Activity], daysBack: Int) {
    guard daysBack < GraphHabit.dayCount else { return }
    let weight = GraphHabit.weight(daysBack: daysBack)
    for activity in activities {
      let place = places[activity.edge] ?? habits.count
      if place == habits.count {
        places[activity.edge] = place
        habits.append(GraphHabit(activity.edge))
        lastDays.append(-1)
      }
      habits[place].conversations += weight * activity.conversations
      habits[place].hours[activity.hour * GraphHabit.hourCount / 24] += weight
      if lastDays[place] != daysBack { habits[place].weight += weight }
      lastDays[place] = daysBack
    }
  }
}

extension GraphHistory {
  /// The edges of the 28 days before a day, as they first came.
  package func habits(before day: Int) -> [GraphHabit] {
    var fold = GraphHabitFold()
    for past in 0..<day { fold.add(days[past], daysBack: day - 1 - past) }
    return fold.habits
  }
}
