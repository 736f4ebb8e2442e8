import Columnar
import Events
import Incidents

extension Charts {
  private static func index(of day: CivilDate, last: CivilDate, count: Int = DayTrends.dayCount)
    -> Int
  {
    day.dayNumber - last.dayNumber + count - 1
  }

  /// What the days up to `last` asked for: decisions stand on the line, what was only watched hangs
  /// from it in outline. A day without scores has neither.
  static func strip(
    _ days: [DayCounts], last: CivilDate, dayCount: Int = DayTrends.dayCount
  ) -> HTML {
    let days = days.filter { index(of: $0.day, last: last, count: dayCount) >= 0 }
    let (height, axis) = (112.0, 62.0)
    let step = (width - left - 12) / Double(max(dayCount, 14))
    let mostAsked = max(days.map(\.decided).max() ?? 0, 1)
    let mostWatched = max(days.map { $0.watched + $0.sightings }.max() ?? 0, 1)
    var content: [HTML] = [
      line(left, axis, width - 12, axis),
      text(left - 8, axis - 8, "decided", anchor: "end"),
      text(left - 8, axis + 16, "others", anchor: "end"),
    ]
    for day in days {
      let x = left + step * Double(index(of: day.day, last: last, count: dayCount))
      let others = day.watched + day.sightings
      let tall = 44 * Double(day.decided) / Double(mostAsked)
      let deep = 26 * Double(others) / Double(mostWatched)
      let what =
        "\(day.day): \(day.decided) decided, \(day.sightings) seen again, "
        + "\(day.watched) watched"
      if others > 0 {
        content.append(bar(x + 4, axis + 2, step - 8, max(deep, 1), what, style: "hollow"))
      }
      if day.decided > 0 {
        content.append(bar(x + 3, axis - 1 - tall, step - 6, tall, what))
        content.append(text(x + step / 2, axis - tall - 5, "\(day.decided)"))
      } else {
        content.append(bar(x + 3, axis - 1, step - 6, 2, what, style: "none"))
      }
      if day.day == last || (last.dayNumber - day.day.dayNumber) % 7 == 0 {
        content.append(text(x + step / 2, height - 4, day.day.inBrief))
      }
    }
    return frame(
      height: height, title: "Decided and watched on each of \(dayCount) days", content)
  }

  /// The entity's findings of four weeks; days on which a person was asked are filled.
  static func sparkline(_ days: [EntityDay], last: CivilDate) -> HTML? {
    guard let most = days.map(\.findings).max(), most > 0 else { return nil }
    let (wide, height) = (252.0, 44.0)
    let step = wide / Double(DayTrends.dayCount)
    var content: [HTML] = [line(0, height - 1, wide, height - 1)]
    for day in days {
      let tall = max((height - 4) * Double(day.findings) / Double(most), 2)
      content.append(
        bar(
          step * Double(index(of: day.day, last: last)) + 1.5, height - 1 - tall, step - 3, tall,
          "\(day.day): \(Quantity.counted(day.findings, "finding"))",
          style: day.isAsked ? "bar" : "hollow"))
    }
    return frame(
      width: wide, height: height, title: "Findings on each of the last 28 days", content)
  }

  /// The day's bytes by hour on the band of what is usual, small.
  static func smallBand(_ hours: [IncidentDetail.Hour]) -> HTML? {
    let most = hours.map { max($0.actual, $0.high) }.max() ?? 0
    guard hours.count > 1, most > 0 else { return nil }
    let (wide, height) = (252.0, 44.0)
    let step = wide / Double(hours.count - 1)
    func points(_ value: (IncidentDetail.Hour) -> Double) -> [String] {
      hours.enumerated().map {
        "\(n(step * Double($0.offset))),\(n(2 + (height - 4) * (1 - value($0.element) / most)))"
      }
    }
    let band = (points(\.high) + points(\.low).reversed()).joined(separator: " ")
    return frame(
      width: wide, height: height, title: "Bytes in each hour of the day beside what is usual",
      [
        "<polygon class=\"band\" points=\"\(band)\"/>",
        "<polyline class=\"actual\" points=\"\(points(\.actual).joined(separator: " "))\"/>",
      ])
  }

  /// Conversations in each hour, a tick marking the same weekday a week before.
  static func networkHours(
    _ hours: [(start: Instant, conversations: Int, weekBefore: Int?)], calendar: CivilCalendar
  ) -> HTML? {
    let most = hours.map { max($0.conversations, $0.weekBefore ?? 0) }.max() ?? 0
    guard most > 0 else { return nil }
    let height = 160.0
    let top = 14.0
    let step = (width - left - 12) / Double(hours.count)
    func y(_ count: Int) -> Double {
      top + (height - top - bottom) * (1 - Double(count) / Double(most))
    }
    var content: [HTML] = [
      line(left, height - bottom, width - 12, height - bottom),
      text(left - 6, top + 8, Quantity.count(most), anchor: "end"),
      text(left - 6, height - bottom, "0", anchor: "end"),
    ]
    for (index, hour) in hours.enumerated() {
      let x = left + step * Double(index)
      let clock = String(Quantity.clock(hour.start, calendar: calendar).suffix(5))
      let before = hour.weekBefore.map { ", a week before \(Quantity.count($0))" } ?? ""
      content.append(
        bar(
          x + 2, y(hour.conversations), max(step - 4, 1),
          height - bottom - y(hour.conversations),
          "\(clock): \(Quantity.count(hour.conversations))\(before)"))
      if let weekBefore = hour.weekBefore {
        content.append(
          """
          <line class="mid" x1="\(n(x))" x2="\(n(x + step))" y1="\(n(y(weekBefore)))" \
          y2="\(n(y(weekBefore)))"/>
          """)
      }
      if index % 3 == 0 { content.append(text(x + step / 2, height - 6, clock)) }
    }
    return frame(height: height, title: "Conversations in each hour of the day", content)
  }
}
