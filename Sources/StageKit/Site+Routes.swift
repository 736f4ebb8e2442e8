import Events

extension Site {
  /// A `[[routes]]`: somebody who is told of incidents, of which, and when.
  package struct Route: Sendable {
    /// Letters, digits, `-` and `_`; it is part of messages' keys.
    package let name: String
    package let receiver: Receiver
    package let leastSeverity: Severity
    /// From this severity on, a message of its own, at any hour.
    package let immediateFrom: Severity
    /// Owners of hosts, as the assets file names them; empty for all hosts.
    package let teams: [String]
    /// Between these minutes of the site's day only immediate messages are sent.
    package let quiet: (fromMinute: Int, untilMinute: Int)?
    /// The minute of the site's day at which the rest is sent; at once where nil.
    package let digestMinute: Int?
    package let place: TOMLPlace
  }

  package enum Receiver: Sendable {
    case slack(url: Secret, proxy: String?)
    case whatsapp(
      url: String, token: Secret, to: String, template: String, language: String, proxy: String?)
    case webhook(url: String, key: Secret, proxy: String?)
    case smtp(url: String, from: String, to: [String], login: Login?, needsEncryption: Bool)
    /// `transport` is `udp` or `tcp`.
    case syslog(transport: String, host: String, port: Int)
    case file(path: String)
  }

  package struct Login: Sendable {
    package let user: String
    package let password: Secret
  }
}

extension Site.Receiver {
  /// What must be known to reach it; nil where nothing secret is.
  package var secret: Secret? {
    switch self {
    case .slack(let secret, _), .whatsapp(_, let secret, _, _, _, _), .webhook(_, let secret, _):
      secret
    case .smtp(_, _, _, let login, _): login?.password
    case .syslog, .file: nil
    }
  }
}

extension Site.Route {
  init(_ table: TOMLReader, resolve: (String) -> String) throws {
    place = table.place
    let name = try table.required("name", example: "\"it\"")
    guard !name.isEmpty, name.utf8.allSatisfy(Site.Route.isNameByte) else {
      throw table.fail("name", "expected letters, digits, - and _, found \"\(name)\"")
    }
    self.name = name
    receiver = try Site.Receiver(table, resolve: resolve)
    leastSeverity = try Site.severity(table, "least_severity") ?? .info
    immediateFrom = try Site.severity(table, "immediate_from") ?? .high
    teams = try table.strings("teams") ?? []
    digestMinute = try table.string("digest").map { text in
      guard let minute = Site.Route.minute(text) else {
        throw table.fail("digest", "expected a time such as \"08:00\", found \"\(text)\"")
      }
      return minute
    }
    quiet = try table.string("quiet").map { text in
      guard let minutes = Site.Route.minutes(text), minutes.fromMinute != minutes.untilMinute
      else {
        throw table.fail("quiet", "expected times such as \"20:00-07:00\", found \"\(text)\"")
      }
      return minutes
    }
    try table.finish()
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
      UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
      true
    default: false
    }
  }

  /// From `08:00-18:00`: minutes since midnight.
  static func minutes(_ text: String) -> (fromMinute: Int, untilMinute: Int)? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false)
      .compactMap { minute(String($0)) }
    return ends.count == 2 && text.utf8.count == 11 ? (ends[0], ends[1]) : nil
  }

  /// From `08:00`: minutes since midnight.
  private static func minute(_ text: String) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard text.utf8.count == 5, parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }),
      text.utf8.allSatisfy({ $0 == 0x3A || (0x30...0x39).contains($0) }), let hour = Int(parts[0]),
      let minute = Int(parts[1]), hour < 24, minute < 60
    else { return nil }
    return hour * 60 + minute
  }
}

extension Site.Receiver {
  private static let kinds = "slack, whatsapp, webhook, smtp, syslog or file"

  init(_ table: TOMLReader, resolve: (String) -> String) throws {
    let kind = try table.required("kind", example: "\"slack\"")
    switch kind {
    case "slack":
      self = .slack(url: try Secret(table, resolve), proxy: try table.string("proxy"))
    case "whatsapp":
      self = .whatsapp(
        url: try Site.Receiver.url(
          table, "https", example: "\"https://graph.facebook.com/v23.0/NUMBER-ID/messages\""),
        token: try Secret(table, resolve),
        to: try table.required("to", example: "\"4915112345678\""),
        template: try table.required("template", example: "\"tidemark_incident\""),
        language: try table.string("language") ?? "en", proxy: try table.string("proxy"))
    case "webhook":
      self = .webhook(
        url: try Site.Receiver.url(
          table, "https", example: "\"https://hooks.example.org/tidemark\""),
        key: try Secret(table, resolve), proxy: try table.string("proxy"))
    case "smtp":
      self = try Site.Receiver.smtp(table, resolve)
    case "syslog":
      let text = try table.required("url", example: "\"tcp://siem.example.org:601\"")
      guard let url = ReceiverURL(text), ["udp", "tcp"].contains(url.scheme), let port = url.port
      else {
        throw table.fail("url", "expected udp://host:port or tcp://host:port, found \"\(text)\"")
      }
      self = .syslog(transport: url.scheme, host: url.host, port: port)
    case "file":
      self = .file(path: resolve(try table.required("path", example: "\"alerts.cef\"")))
    default:
      throw table.fail("kind", "expected \(Site.Receiver.kinds), found \"\(kind)\"")
    }
  }

  private static func smtp(_ table: TOMLReader, _ resolve: (String) -> String) throws
    -> Site.Receiver
  {
    func address(_ key: String, _ text: String) throws -> String {
      let parts = text.split(separator: "@", omittingEmptySubsequences: false)
      guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }),
        text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && !"<>\"(),;:\\".utf8.contains($0) })
      else {
        throw table.fail(key, "expected an address such as it@example.org, found \"\(text)\"")
      }
      return text
    }
    let from = try table.required("from", example: "\"tidemark@example.org\"")
    let to = try table.stringOrStrings("to") ?? []
    guard !to.isEmpty else {
      throw table.fail("to", "missing, expected for instance to = [\"it@example.org\"]")
    }
    let text = try url(table, "smtps", plain: "smtp", example: "\"smtp://mail.example.org:587\"")
    let user = try table.string("user")
    return .smtp(
      url: text, from: try address("from", from), to: try to.map { try address("to", $0) },
      login: try user.map { Site.Login(user: $0, password: try Secret(table, resolve)) },
      needsEncryption: try table.string("tls") != "none"
        && !(ReceiverURL(text)?.isLoopback ?? false))
  }

  /// A URL that is encrypted, stays on this machine, or is said to need neither.
  /// - Parameter plain: a scheme that begins in the clear and is encrypted by STARTTLS.
  private static func url(
    _ table: TOMLReader, _ encrypted: String, plain: String? = nil, example: String
  ) throws -> String {
    let text = try table.required("url", example: example)
    let tls = try table.string("tls") ?? "required"
    guard tls == "required" || tls == "none" else {
      throw table.fail("tls", "expected \"required\" or \"none\", found \"\(tls)\"")
    }
    let schemes = [encrypted, plain ?? String(encrypted.dropLast())]
    guard let url = ReceiverURL(text), schemes.contains(url.scheme) else {
      throw table.fail("url", "expected \(encrypted)://host/…, found \"\(text)\"")
    }
    guard url.scheme == encrypted || plain != nil || url.isLoopback || tls == "none" else {
      throw table.fail(
        "url",
        "expected \(encrypted)://, since it leaves this machine; say tls = \"none\" if it may "
          + "go in the clear")
    }
    return text
  }
}
