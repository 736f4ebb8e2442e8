import Columnar
import Events

/// How signing in to a host goes.
enum SignInOutcome: Sendable { case success, failure }

/// Writes a day of the domain controller's log of sign-ins: a row where a person's machine opens a
/// session for which its person signs in to the other end.
struct SignInExport {
  static let header = "Time,User,From,To,Result"
  /// Secure shell, Kerberos, SMB, remote desktop and WinRM.
  private static let ports: Set<UInt16> = [22, 88, 445, 3389, 5985]

  let zone: TimeZoneRules
  private let personAt: [UInt32: Person]
  private let outcomes: [Int32: SignInOutcome?]

  init(zone: TimeZoneRules, firm: Firm, plan: AttackPlan) {
    self.zone = zone
    personAt = Dictionary(
      firm.personal.compactMap { host in firm.person(at: host).map { (host.address, $0) } },
      uniquingKeysWith: { first, _ in first })
    outcomes = Dictionary(
      plan.attacks.map { (Int32($0.scope.number), $0.signIns) },
      uniquingKeysWith: { first, _ in first })
  }

  /// Who signs in by a conversation, and whether in vain; nil where nobody does.
  func signIn(_ conversation: Conversation) -> (person: Person, outcome: SignInOutcome)? {
    guard conversation.transport == .tcp, conversation.payloadReceived > 0,
      SignInExport.ports.contains(conversation.serverPort),
      Addressing.isInternal(conversation.server), let person = personAt[conversation.client]
    else { return nil }
    let outcome = conversation.attack.map { outcomes[$0] ?? nil } ?? .success
    return outcome.map { (person, $0) }
  }

  /// - Parameter conversations: that began on the day, by start.
  func text(_ conversations: [Conversation]) -> (text: TextBuffer, rowCount: Int) {
    var buffer = TextBuffer()
    buffer.append(SignInExport.header + "\n")
    var times = LocalTimes(zone)
    var rowCount = 0
    for conversation in conversations {
      guard let (person, outcome) = signIn(conversation) else { continue }
      times.append(conversation.start, to: &buffer)
      buffer.append("," + person.name + ",")
      buffer.append(address: conversation.client)
      buffer.append("," as Unicode.Scalar)
      buffer.append(address: conversation.server)
      buffer.append(outcome == .success ? ",success\n" : ",failure\n" as StaticString)
      rowCount += 1
    }
    return (buffer, rowCount)
  }
}

extension SiteFiles {
  static func signInInput(exported zone: String) -> String {
    """

    # The domain controller's sign-ins.
    [[input]]
    source = "domain-controller"
    glob = "sign-ins/sign-ins.*.csv*"
    format = "sign-ins.toml"
    zone = "\(zone)"

    """
  }

  /// Maps the domain controller's CSV; its samples are lines as `SignInExport` writes them.
  static let signInFormat = """
    # The domain controller's log of sign-ins.
    [format]
    id = "domain.sign-ins"
    class = "auth"

    [detect]
    header_prefix = "\(SignInExport.header)"

    [read]
    shape = "delimited"
    delimiter = ","

    [time]
    field = "Time"
    formats = ["yyyy-MM-dd HH:mm:ss"]
    zone = "required"

    [map]
    user_name      = "User"
    source_ip      = { from = "From", type = "ip" }
    destination_ip = { from = "To", type = "ip" }
    event_action   = "Result"

    [[test]]
    header = "\(SignInExport.header)"
    line = "2026-03-02 08:15:10,anna.adler,10.20.20.11,10.20.10.10,success"
    zone = "Europe/Berlin"
    expect = { event_time = "2026-03-02T07:15:10Z", user_name = "anna.adler", source_ip = "10.20.20.11", destination_ip = "10.20.10.10", event_action = "success" }

    """
}
