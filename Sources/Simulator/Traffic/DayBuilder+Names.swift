import Columnar

extension DayBuilder {
  /// Asks the site's name servers, which ask the carrier's what they do not remember.
  mutating func lookup(
    _ name: String, at start: Instant, from client: UInt32, answers: [UInt32] = [],
    kind: DNSQuestion.Kind = .a, text: String? = nil, exists: Bool = true,
    remembered: Double = 0.55, random: inout SeededRandom
  ) {
    let rendered = text.map { ["TXT \($0.utf8.count) \($0)"] } ?? answers.map { dotted($0) }
    let question = append(
      DNSQuestion(
        name: name, kind: kind, exists: exists, answers: exists ? rendered : [],
        timeToLive: Double(random.pick([60, 120, 300, 300, 600, 3600]))))
    let sent = Double(name.utf8.count + 18)
    let received = sent + Double(rendered.reduce(0) { $0 + 12 + (text == nil ? 4 : $1.utf8.count) })
    if client >> 10 == Addressing.guests >> 10 {
      udp(
        at: start, from: client, to: Addressing.guestGateway, 53,
        Exchange(sent: sent, received: received, seconds: 0), service: .dns, question: question,
        random: &random)
      return
    }
    let controllers = firm.hosts(.domainController)
    let server = controllers[random.chance(0.85) ? 0 : controllers.count - 1].address
    let isForwarded = !random.chance(remembered)
    let wait = isForwarded ? random.lognormal(median: 0.018, spread: 0.6) : 0
    udp(
      at: start, from: client, to: server, 53,
      Exchange(sent: sent, received: received, seconds: wait), service: .dns, question: question,
      random: &random)
    if isForwarded {
      udp(
        at: start.advanced(byMicroseconds: 300), from: server,
        to: firm.internet.provider(.resolver, choice: random.below(2)), 53,
        Exchange(sent: sent, received: received, seconds: wait * 0.9), service: .dns,
        question: question, random: &random)
    }
  }

  private func dotted(_ address: UInt32) -> String {
    "\(address >> 24).\(address >> 16 & 255).\(address >> 8 & 255).\(address & 255)"
  }
}
