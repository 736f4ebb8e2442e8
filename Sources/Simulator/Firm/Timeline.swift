import Events

/// What happens to the whole site, day by day. Days are counted from the simulation's first; every
/// 28 days are drawn anew.
struct Timeline: Sendable {
  static let cycle = 28

  let seed: UInt64
  let start: CivilDate
  let calendar: CivilCalendar

  func date(_ day: Int) -> CivilDate { start.advanced(by: day) }
  func isWorkday(_ day: Int) -> Bool { calendar.isWorkday(date(day)) }

  private func random(_ cycle: Int, _ what: UInt64) -> SeededRandom {
    SeededRandom(seed: seed, Stream.timeline.rawValue, UInt64(cycle), what)
  }

  /// The workday hour without an Internet line, if it is on this day: hours after midnight.
  func outage(on day: Int) -> ClosedRange<Double>? {
    var random = random(day / Timeline.cycle, 1)
    let start = random.within(9.0...15.0)
    let length = random.within(0.7...1.4)
    let wanted = workday(near: random.within(6...25), cycle: day / Timeline.cycle)
    return wanted == day ? start...start + length : nil
  }

  /// Whether updates are rolled out in the morning: the month's second Tuesday, and one day more in
  /// each cycle.
  func isPatchMorning(_ day: Int) -> Bool {
    let date = date(day)
    if date.weekday == 1, (8...14).contains(date.components.day) { return true }
    var random = random(day / Timeline.cycle, 2)
    return workday(near: random.within(18...25), cycle: day / Timeline.cycle) == day
  }

  /// Whether the inventory is taken: Thursdays.
  func isInventoryDay(_ day: Int) -> Bool { date(day).weekday == 3 }

  /// The first day on which the application server also offers a new service.
  var newServiceDay: Int {
    var random = random(0, 3)
    return random.within(8...24)
  }

  private func workday(near offset: Int, cycle: Int) -> Int {
    var day = cycle * Timeline.cycle + offset
    while !isWorkday(day) { day += 1 }
    return day
  }
}
