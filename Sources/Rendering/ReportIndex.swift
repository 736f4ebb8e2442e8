import Events
import Incidents

/// `reports/index.html`: the days that were reported, the last first, and the weeks and months.
package struct ReportIndex {
  package let siteName: String
  /// In order.
  package let days: [DayHeadline]
  /// Names of folders of weeks and months beside the days', in order.
  package let periods: [String]
  /// Days of which another version made the report.
  package let otherDayCount: Int

  package init(siteName: String, days: [DayHeadline], periods: [String], otherDayCount: Int) {
    self.siteName = siteName
    self.days = days
    self.periods = periods
    self.otherDayCount = otherDayCount
  }

  package var html: String { document.html }

  private var document: Document {
    let rows = days.reversed().map { day -> [Document.Cell] in
      [
        .links([(day.day.inWords, "day=\(day.day)/report.html")]), .posture(day.posture),
        .number(Quantity.count(day.counts.decided)),
        .number(Quantity.count(day.counts.sightings)),
        .number(Quantity.count(day.counts.watched)),
        .number(Quantity.count(day.hostsChecked)),
      ]
    }
    var blocks: [Document.Block] = []
    if let last = days.last {
      blocks.append(
        .drawing(
          Charts.strip(days.map(\.counts), last: last.day),
          text: "The last 28 days: what was to decide stands on the line; what was seen again or "
            + "watched hangs from it."))
    }
    blocks.append(
      rows.isEmpty
        ? .paragraph("0 days reported.")
        : .table(
          caption: "Days",
          columns: ["Day", "Posture", "To decide", "Seen again", "Watched", "Hosts checked"],
          rows: rows))
    if otherDayCount > 0 {
      blocks.append(
        .paragraph(
          "\(Quantity.counted(otherDayCount, "day")) reported by another version: report --existing "
            + "brings them here."))
    }
    if !periods.isEmpty {
      blocks += [
        .heading("Weeks and months", id: nil),
        .table(
          caption: "Weeks and months", columns: ["Period", "For"],
          rows: periods.map { name in
            [
              .text(name),
              .links(
                PeriodReport.Profile.allCases.map { ($0.rawValue, "\(name)/\($0.rawValue).html") }),
            ]
          }),
      ]
    }
    return Document(
      kind: "reports", title: siteName,
      subtitle: days.last.map { "Reports up to \($0.day)" } ?? "No reports yet", index: nil,
      blocks: blocks)
  }
}
