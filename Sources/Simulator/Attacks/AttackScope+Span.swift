import Columnar

extension AttackScope {
  /// From some hour of the first day to some hour of the last.
  func span(_ firm: Firm) -> (begin: Instant, end: Instant) {
    var random = random(firm, 0xF0)
    let calendar = firm.timeline.calendar
    let first = DayClock(firm.timeline.date(days.lowerBound), calendar)
    let last = DayClock(firm.timeline.date(days.upperBound), calendar)
    let begin = random.within(7.0...11)
    return (first.at(begin), last.at(random.within(max(17, begin + 6)...23.5)))
  }
}
