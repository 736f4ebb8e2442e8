import Columnar
import Events
import Incidents

extension Charts {
  /// The day's hours (line and dots) on the band of what is usual for them.
  static func volumeBand(_ hours: [IncidentDetail.Hour], calendar: CivilCalendar) -> HTML? {
    guard hours.count > 1 else { return nil }
    let height = 190.0
    let top = 14.0
    let most = hours.map { max($0.actual, $0.high) }.max() ?? 0
    guard most > 0 else { return nil }
    let step = (width - left - 12) / Double(hours.count - 1)
    func x(_ index: Int) -> Double { left + step * Double(index) }
    func y(_ value: Double) -> Double { top + (height - top - bottom) * (1 - value / most) }
    func points(_ value: (IncidentDetail.Hour) -> Double) -> String {
      hours.enumerated().map { "\(n(x($0.offset))),\(n(y(value($0.element))))" }
        .joined(separator: " ")
    }
    let upper = points(\.high)
    let lower = hours.indices.reversed().map { "\(n(x($0))),\(n(y(hours[$0].low)))" }
      .joined(separator: " ")
    var content: [HTML] = [
      line(left, height - bottom, width - 12, height - bottom),
      text(left - 6, y(most) + 8, Quantity.bytes(most), anchor: "end"),
      text(left - 6, height - bottom, "0", anchor: "end"),
      "<polygon class=\"band\" points=\"\(upper) \(lower)\"/>",
      "<polyline class=\"mid\" points=\"\(points(\.typical))\"/>",
      "<polyline class=\"actual\" points=\"\(points(\.actual))\"/>",
    ]
    for (index, hour) in hours.enumerated() {
      let clock = String(Quantity.clock(hour.start, calendar: calendar).suffix(5))
      let what =
        "\(clock): \(Quantity.bytes(hour.actual)), usually \(Quantity.bytes(hour.typical))"
      content.append(
        """
        <circle class="dot" cx="\(n(x(index)))" cy="\(n(y(hour.actual)))" r="3">\
        <title>\(what)</title></circle>
        """)
      if index % 3 == 0 { content.append(text(x(index), height - 6, clock)) }
    }
    return frame(
      height: height, title: "Bytes in each hour of the day beside what is usual", content)
  }

  /// How often each gap between conversations was seen, in up to 48 classes of equal width.
  static func gapHistogram(_ gaps: [(seconds: Int, count: Int)]) -> HTML? {
    guard let least = gaps.first?.seconds, let greatest = gaps.last?.seconds, gaps.count > 1 else {
      return nil
    }
    let height = 150.0
    let top = 14.0
    let classWidth = max(1, (greatest - least) / 48 + 1)
    var counts = [Int](repeating: 0, count: (greatest - least) / classWidth + 1)
    for gap in gaps { counts[(gap.seconds - least) / classWidth] += gap.count }
    let most = counts.max() ?? 1
    let step = (width - left - 12) / Double(counts.count)
    var content: [HTML] = [
      line(left, height - bottom, width - 12, height - bottom),
      text(left - 6, top + 8, "\(most)×", anchor: "end"),
      text(left, height - 6, Quantity.duration(seconds: Double(least)), anchor: "start"),
      text(width - 12, height - 6, Quantity.duration(seconds: Double(greatest)), anchor: "end"),
    ]
    for (index, count) in counts.enumerated() where count > 0 {
      let tall = (height - top - bottom) * Double(count) / Double(most)
      let from = Double(least + index * classWidth)
      content.append(
        bar(
          left + step * Double(index), height - bottom - tall, max(step - 1, 1), tall,
          "\(Quantity.duration(seconds: from)): \(count) times"))
    }
    return frame(height: height, title: "Gaps between conversations, and how often", content)
  }

  /// When the host is active: weekdays down, hours across; a fuller cell is a busier hour.
  static func habits(_ counts: [[Int]]) -> HTML? {
    let most = counts.joined().max() ?? 0
    guard counts.count == 7, most > 0 else { return nil }
    let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    let cell = (width - left - 12) / 24
    let tall = 17.0
    let height = 7 * tall + 30
    var content: [HTML] = []
    for (weekday, hours) in counts.enumerated() {
      let y = 4 + tall * Double(weekday)
      content.append(text(left - 6, y + 13, names[weekday], anchor: "end"))
      for (hour, count) in hours.enumerated() {
        // Size, not only shade, tells how busy: it also reads in print and without colour.
        let share = (Double(count) / Double(most)).squareRoot()
        let side = max(share * (tall - 3), count > 0 ? 2 : 0)
        let x = left + cell * (Double(hour) + 0.5) - side / 2
        let what = "\(names[weekday]) \(pad(hour, 2)):00: \(Quantity.count(count)) conversations"
        guard side > 0 else { continue }
        content.append(
          """
          <rect class="cell" x="\(n(x))" y="\(n(y + (tall - side) / 2))" width="\(n(side))" \
          height="\(n(side))"><title>\(what)</title></rect>
          """)
      }
    }
    for hour in stride(from: 0, to: 24, by: 3) {
      content.append(text(left + cell * (Double(hour) + 0.5), height - 8, "\(pad(hour, 2)):00"))
    }
    return frame(height: height, title: "Conversations by weekday and hour", content)
  }
}
