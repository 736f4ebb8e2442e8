import Columnar
import Events

/// Tells which conversations failed, that is, were never established or were refused. The first of
/// these that applies decides; where none does, the conversation did not fail.
///
/// 1. The action is deny, drop or reset: failed.
/// 2. The destination is multicast or broadcast: not failed, since nobody answers there.
/// 3. Zeek's state (documentation of `conn.log`, `conn_state`): S0 (no reply), REJ (rejected),
/// RSTOS0 (a SYN, then a reset by the originator), RSTRH (a SYN-ACK, then a reset, no SYN seen) and
/// SH (a SYN, then a FIN, no SYN-ACK seen) failed; the other states saw a connection established,
/// or its middle (OTH), and did not fail. For ICMP, Zeek's state says nothing: it is always OTH.
/// 4. TCP flags of both directions: a SYN and no ACK at all failed. A reset without any data (PSH)
/// or orderly end (FIN), with one packet back for each sent, is a refused connection: failed.
/// 5. TCP, UDP or an ICMP echo request, and nothing came back: failed, but only if the row's source
///   reports answers at
/// all, that is, if any of its rows of the day does. A source that exports one direction only says
/// nothing about answers.
struct OutcomeReader {
  /// What else a row says about its outcome.
  struct Evidence {
    let ianaNumber: UInt8
    let packetsSent: Int64
    /// Packets, else bytes, that came back; nil where not stated.
    let answer: Int64?
    let isToMany: Bool
  }

  private enum State: UInt8 { case unknown, failed, established }

  private static let tcp: UInt8 = 6
  private static let udp: UInt8 = 17
  private static let icmp: UInt8 = 1
  private static let icmp6: UInt8 = 58

  private let actions: Event.Text
  private let isDenied: [Bool]
  private let states: Event.Text
  private let stateOutcomes: [State]
  private let flags: Values<UInt8>
  private let icmpTypes: Values<UInt8>
  private let sources: Event.Text
  private let sourceAnswers: [Bool]
  private let unnamedSourceAnswers: Bool

  init(_ batch: Batch, answeringSources: AnsweringSources) {
    actions = batch[Event.action]
    isDenied = actions.map { ["deny", "drop", "reset"].contains($0) }
    states = batch[Event.connectionState]
    stateOutcomes = states.map { state in
      switch state {
      case "S0", "REJ", "RSTOS0", "RSTRH", "SH": .failed
      case "S1", "SF", "S2", "S3", "RSTO", "RSTR", "SHR", "OTH": .established
      default: .unknown
      }
    }
    flags = batch[Event.tcpFlags]
    icmpTypes = batch[Event.icmpType]
    sources = batch[Event.source]
    sourceAnswers = sources.map { answeringSources.names.contains($0) }
    unnamedSourceAnswers = answeringSources.names.contains("")
  }

  @inline(__always) func isFailed(_ row: Int, _ evidence: Evidence) -> Bool {
    if let action = actions.codes[row], isDenied[Int(action)] { return true }
    if evidence.isToMany { return false }
    if evidence.ianaNumber != OutcomeReader.icmp, evidence.ianaNumber != OutcomeReader.icmp6,
      let state = states.codes[row], stateOutcomes[Int(state)] != .unknown
    {
      return stateOutcomes[Int(state)] == .failed
    }
    if evidence.ianaNumber == OutcomeReader.tcp, let flags = flags[row],
      OutcomeReader.isRefused(flags, evidence)
    {
      return true
    }
    guard evidence.answer == 0, expectsAnswer(row, evidence.ianaNumber) else { return false }
    return sources.codes[row].map { sourceAnswers[Int($0)] } ?? unnamedSourceAnswers
  }

  @inline(__always) private func expectsAnswer(_ row: Int, _ ianaNumber: UInt8) -> Bool {
    switch ianaNumber {
    case OutcomeReader.tcp, OutcomeReader.udp: true
    case OutcomeReader.icmp: icmpTypes[row] == 8
    case OutcomeReader.icmp6: icmpTypes[row] == 128
    default: false
    }
  }

  private static func isRefused(_ flags: UInt8, _ evidence: Evidence) -> Bool {
    let (fin, syn, rst, psh, ack): (UInt8, UInt8, UInt8, UInt8, UInt8) = (1, 2, 4, 8, 16)
    if flags & syn != 0 && flags & ack == 0 { return true }
    return flags & rst != 0 && flags & (psh | fin) == 0 && evidence.packetsSent > 0
      && evidence.answer == evidence.packetsSent
  }
}

/// The sources that state for some row of the day that something came back.
struct AnsweringSources: Sendable {
  /// Names, "" for rows without a source.
  private(set) var names: Set<String> = []

  init() {}

  /// Reads until all sources of the table's dictionary are known to answer, or to its end.
  init(_ flows: any BatchSource) throws {
    for index in 0..<flows.batchCount {
      let batch = try flows.batch(index)
      let sources = batch[Event.source]
      let packets = batch[Event.destinationPackets]
      let bytes = batch[Event.destinationBytes]
      var answers = sources.map { names.contains($0) }
      var unnamedAnswers = names.contains("")
      var missing = answers.count { !$0 }
      if missing == 0 && unnamedAnswers { return }
      if missing == 0 && sources.validity.isComplete { continue }
      for row in 0..<batch.rowCount where (packets[row] ?? 0) > 0 || (bytes[row] ?? 0) > 0 {
        guard let code = sources.codes[row] else {
          unnamedAnswers = true
          continue
        }
        if !answers[Int(code)] { missing -= 1 }
        answers[Int(code)] = true
        if missing == 0 && sources.validity.isComplete { break }
      }
      for (code, answers) in answers.enumerated() where answers {
        names.insert(sources.symbols[code] ?? "")
      }
      if unnamedAnswers { names.insert("") }
    }
  }
}

extension Coded where Symbols == Strings {
  /// What `transform` makes of each symbol, by code.
  func map<Result>(_ transform: (String) -> Result) -> [Result] {
    (0..<symbols.count).map { transform(symbols[$0] ?? "") }
  }
}
