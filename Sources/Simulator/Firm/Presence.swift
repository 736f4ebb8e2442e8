import Events

/// When a machine is on and somebody works at it, in hours after midnight.
package struct Presence: Sendable {
  package let on: [ClosedRange<Double>]
  package let work: [ClosedRange<Double>]

  static let always = Presence(on: [0...24], work: [])
  static let absent = Presence(on: [], work: [])

  func isOn(_ hours: ClosedRange<Double>) -> Bool {
    on.contains { $0.lowerBound <= hours.lowerBound && hours.upperBound <= $0.upperBound }
  }
}

extension Firm {
  /// A personal machine's day. Everything else is always on.
  package func presence(of host: Host, on day: Int) -> Presence {
    guard day >= host.firstDay else { return .absent }
    guard let person = person(at: host) else { return .always }
    var random = random(.presence, host.index, day: day)
    let isSick = random.chance(0.02)
    let isElsewhere = host.role == .laptop && random.chance(0.12)
    let isWeekendWork = random.chance(0.03)
    let worksLate = random.chance(person.eveningShare)
    let worksAtNight = random.chance(0.006)
    let isRegular =
      timeline.isWorkday(day) && person.workdays >> UInt8(timeline.date(day).weekday) & 1 == 1
    let isAway = isSick || person.vacation.contains(day)
    let arrival = person.arrives + 0.3 * random.normal()
    let departure = max(arrival + 2, person.leaves + 0.5 * random.normal())
    let lunch = 12 + 0.4 * random.normal()
    let lunchLength = random.within(0.4...0.9)
    let evening = random.within(19.0...21.0)
    let night = random.within(0.0...3.5)

    var work: [ClosedRange<Double>] = []
    if !isAway && !isElsewhere {
      if isRegular {
        let back = lunch + lunchLength
        if arrival < lunch && departure > back {
          work = [arrival...lunch, back...departure]
        } else {
          work = [arrival...departure]
        }
        if worksLate && departure < evening {
          work.append(evening...evening + random.within(0.5...2.5))
        }
      } else if isWeekendWork {
        work = [10 + arrival - 8...10 + arrival - 8 + random.within(0.7...4)]
      }
      if worksAtNight { work.insert(night...night + random.within(0.4...2), at: 0) }
    }
    if person.leavesOn && host.role == .workstation { return Presence(on: [0...24], work: work) }
    let on = work.isEmpty ? [] : merged(work)
    return Presence(on: on, work: work)
  }

  /// On through breaks of up to two hours, and some minutes before and after.
  private func merged(_ work: [ClosedRange<Double>]) -> [ClosedRange<Double>] {
    var result: [ClosedRange<Double>] = []
    for range in work {
      if let last = result.last, range.lowerBound - last.upperBound < 2 {
        result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound + 0.1)
      } else {
        result.append(max(0, range.lowerBound - 0.1)...range.upperBound + 0.1)
      }
    }
    return result
  }
}
