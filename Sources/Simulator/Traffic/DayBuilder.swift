import Columnar
import Events

/// Collects what happens on one day.
struct DayBuilder {
  let firm: Firm
  /// Counted from the simulation's first.
  let day: Int
  let clock: DayClock
  let isWorkday: Bool
  private(set) var conversations: [Conversation] = []
  private(set) var questions: [DNSQuestion] = []
  /// What is added belongs to this attack of the plan.
  var attack: Int32?

  private let outage: ClosedRange<Instant>?
  private let lastEnd: Instant

  init(firm: Firm, day: Int) {
    self.firm = firm
    self.day = day
    let calendar = firm.timeline.calendar
    let clock = DayClock(firm.timeline.date(day), calendar)
    self.clock = clock
    isWorkday = firm.timeline.isWorkday(day)
    outage = firm.timeline.outage(on: day).map { clock.at($0.lowerBound)...clock.at($0.upperBound) }
    lastEnd = DayClock(firm.timeline.date(day + 1), calendar).end
      .advanced(byMicroseconds: -120_000_000)
  }

  mutating func sort() {
    // Stable by insertion, so that equal starts keep one order.
    conversations = conversations.enumerated().sorted {
      ($0.element.start, $0.offset) < ($1.element.start, $1.offset)
    }.map(\.element)
  }

  /// A day's behaviours read only the day before, so nothing may start before its day nor outlast
  /// the next.
  mutating func append(_ conversation: Conversation) {
    var conversation = conversation
    conversation.start = max(conversation.start, clock.start)
    let longest = lastEnd.microseconds - conversation.start.microseconds
    conversation.durationMicroseconds = min(conversation.durationMicroseconds, longest)
    if let outage { breakOff(&conversation, at: outage) }
    conversations.append(conversation)
  }

  mutating func append(_ question: DNSQuestion) -> Int32 {
    questions.append(question)
    return Int32(questions.count - 1)
  }

  /// While the line is down nothing outside answers, and what was open ends.
  private func breakOff(_ conversation: inout Conversation, at outage: ClosedRange<Instant>) {
    guard
      !Addressing.isInternal(conversation.server) || !Addressing.isInternal(conversation.client),
      conversation.start < outage.upperBound, conversation.end > outage.lowerBound
    else { return }
    if conversation.start >= outage.lowerBound {
      conversation.outcome = .unanswered
      conversation.payloadSent = conversation.transport == .tcp ? 0 : conversation.payloadSent
      conversation.payloadReceived = 0
      conversation.packetsSent = conversation.transport == .tcp ? 3 : 1
      conversation.packetsReceived = 0
      conversation.durationMicroseconds = conversation.transport == .tcp ? 3_000_000 : 0
      return
    }
    let kept = outage.lowerBound.microseconds - conversation.start.microseconds
    let share = Double(kept) / Double(conversation.durationMicroseconds)
    conversation.durationMicroseconds = kept
    conversation.outcome = conversation.transport == .tcp ? .aborted : .complete
    conversation.payloadSent = Int64(Double(conversation.payloadSent) * share)
    conversation.payloadReceived = Int64(Double(conversation.payloadReceived) * share)
    conversation.packetsSent = max(1, Int64(Double(conversation.packetsSent) * share))
    conversation.packetsReceived = max(1, Int64(Double(conversation.packetsReceived) * share))
  }
}
