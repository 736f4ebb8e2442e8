import Events

/// A part of a store, in the order in which they are made: each from those before it. All but
/// `ingested` have a folder for each day; `learned` is of sites that compare challengers.
package enum Area: String, CaseIterable, Codable, Sendable, CustomStringConvertible {
  case ingested, events, profiles, quality, baseline, learned, features, votes, scores, reports

  package var description: String { rawValue }

  /// Whether it tells which days a stage has; in other areas a stage may lack some of these days.
  var isLeading: Bool {
    switch self {
    case .ingested, .events, .profiles, .votes, .reports: true
    case .quality, .baseline, .learned, .features, .scores: false
    }
  }

  /// The last area that the run makes of a day which begins with this one.
  var completion: Area {
    switch self {
    case .profiles: .features
    case .votes: .scores
    default: self
    }
  }

  /// Days of an area, counted from a day: -1...0 is the day before it and the day itself.
  package struct Span: Equatable, Sendable {
    package let area: Area
    package let days: ClosedRange<Int>

    package func days(around day: CivilDate) -> ClosedRange<CivilDate> {
      day.advanced(by: days.lowerBound)...day.advanced(by: days.upperBound)
    }
  }

  /// All that a day's folder is made from.
  /// - Parameter baselineDays: `[baseline] days` of the site.
  package func sources(baselineDays: Int) -> [Span] {
    func span(_ area: Area, from first: Int = 0, to last: Int = 0) -> Span {
      Span(area: area, days: first...last)
    }
    let (seen, judged) = (-LookBack.seenDays, -LookBack.qualityDays)
    switch self {
    case .ingested: return []
    // Conversations over midnight are told by the rows of both days.
    case .events: return [span(.ingested, from: -1, to: 1)]
    case .profiles: return [span(.events)]
    case .quality: return [span(.events, from: judged), span(.profiles, from: judged)]
    case .baseline:
      return [
        span(.profiles, from: seen, to: -1), span(.quality, from: seen, to: -1),
        span(.features, from: -baselineDays, to: -1),
      ]
    case .learned:
      return [
        span(.profiles, from: -LookBack.learnedDays, to: -1), span(.baseline),
        span(.learned, from: 1 - LookBack.modelDays, to: -1),
      ]
    case .features: return [span(.events), span(.profiles), span(.baseline)]
    case .votes:
      return [
        span(.events), span(.profiles), span(.quality), span(.baseline), span(.features),
        // Of a site that compares challengers: the graph as of the day, and the week's models.
        span(.learned, from: 1 - LookBack.modelDays),
      ]
    case .scores: return [span(.votes, from: -LookBack.calibrationDays)]
    case .reports:
      // Incidents of earlier days that nobody looked at are made anew, as those days had them.
      return [
        span(.ingested), span(.events, from: -LookBack.leaseDays),
        span(.profiles, from: -baselineDays), span(.quality),
        span(.votes, from: -LookBack.reviewDays),
        span(.scores, from: -LookBack.reviewDays - LookBack.identityDays),
      ]
    }
  }

  /// Rows may come so many days late and still be counted, whatever is pruned.
  package static let lateDays = 7
  /// The report of a month is made until the next month is over, and tells of the month before,
  /// too.
  private static let reportedDays = 3 * 31

  /// Whether rows of a day may still come late, and it may still be made again without being named.
  static func isRecent(_ day: CivilDate, asOf last: CivilDate) -> Bool {
    day > last.advanced(by: -lateDays) && day <= last
  }

  /// How many days must be kept, so that none of the `lateDays` newest days, nor any that is still
  /// to come, differs by what was pruned.
  package func leastDays(baselineDays: Int) -> Int {
    let furthest =
      Area.allCases.flatMap { $0.sources(baselineDays: baselineDays) }
      .filter { $0.area == self }.map { -$0.days.lowerBound }.max() ?? 0
    return max(furthest + Area.lateDays, self == .reports ? Area.reportedDays : 0)
  }
}
