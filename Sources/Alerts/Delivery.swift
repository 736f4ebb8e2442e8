import Columnar
import Events
import FoundationEssentials
import StageKit
import WebClient

/// One try of a message at a route's receiver.
package struct Delivery: Sendable {
  private let route: Site.Route
  private let text: MessageText
  private let limits: WebLimits

  package init(
    route: Site.Route, siteName: String, calendar: CivilCalendar, limits: WebLimits = WebLimits()
  ) {
    self.route = route
    self.limits = limits
    text = MessageText(siteName: siteName, calendar: calendar)
  }

  /// - Parameter at: the present moment, for a mail's date.
  /// - Throws: where it could not even be tried, for instance for want of a secret.
  package func send(_ message: Message, at: Instant) throws -> Reply {
    let json = ("Content-Type", "application/json; charset=utf-8")
    let identity = ("Idempotency-Key", message.key)
    switch route.receiver {
    case .slack(let secret, let proxy):
      let url = try secret.read()
      guard let parts = ReceiverURL(url), parts.scheme == "https" || parts.isLoopback else {
        throw StageError(
          "\(route.place.text()): expected the secret to be a URL https://hooks.slack.com/…")
      }
      return post(
        WebRequest(
          url: url, headers: [json, identity], body: try SlackBody.json(message, text),
          proxy: proxy, limits: limits))
    case .whatsapp(let url, let token, let to, let template, let language, let proxy):
      return post(
        WebRequest(
          url: url, headers: [json, identity, ("Authorization", "Bearer \(try token.read())")],
          body: try WhatsAppBody.json(message, to: to, template: template, language: language),
          proxy: proxy, limits: limits), isPassing: WhatsAppBody.isPassing)
    case .webhook(let url, let key, let proxy):
      let body = try WebhookBody.json(message, siteName: text.siteName)
      let signature = WebhookBody.signature(of: body, key: try key.read())
      return post(
        WebRequest(
          url: url, headers: [json, identity, ("X-Tidemark-Signature", signature)], body: body,
          proxy: proxy, limits: limits))
    case .smtp(let url, let from, let to, let login, let needsEncryption):
      let mail = MailRequest(
        url: url, from: from, to: to,
        message: MailText.bytes(message, text, from: from, to: to, at: at),
        login: try login.map { ($0.user, try $0.password.read()) },
        needsEncryption: needsEncryption, limits: limits)
      return attempt { () throws(WebError) in "SMTP \(try WebClient.send(mail))" }
    case .syslog(let transport, let host, let port):
      return syslog(message, transport, host, port)
    case .file(let path):
      let lines = CEF.lines(message).map { $0 + "\n" }.joined()
      try FileBytes.append(lines.utf8, toEndOf: path)
      return .accepted(answer: "written to \(path)")
    }
  }

  private func post(
    _ request: WebRequest, isPassing: ([UInt8]) -> Bool = { _ in false }
  ) -> Reply {
    let answer: WebAnswer
    do { answer = try WebClient.send(request) } catch {
      return .deferred(
        reason: PlainLine.of(error.description, upTo: 200), retryAfterSeconds: nil)
    }
    let said = PlainLine.of(String(decoding: answer.body, as: UTF8.self), upTo: 200)
    let reply = "HTTP \(answer.status)" + (said.isEmpty ? "" : " \(said)")
    switch answer.status {
    case 200..<300: return .accepted(answer: reply)
    case 408, 425, 429, 500...:
      return .deferred(reason: reply, retryAfterSeconds: answer.retryAfterSeconds)
    default:
      return isPassing(answer.body)
        ? .deferred(reason: reply, retryAfterSeconds: answer.retryAfterSeconds)
        : .refused(reason: reply)
    }
  }

  private func syslog(
    _ message: Message, _ transport: String, _ host: String, _ port: Int
  ) -> Reply {
    guard let transport = LineSocket.Transport(rawValue: transport) else {
      return .refused(reason: "no way to send by \(transport)")
    }
    let packets = zip(CEF.lines(message), message.notices).map { line, notice in
      Syslog.message(line, severity: notice.severity, at: message.queuedAt)
    }
    return attempt { () throws(WebError) in
      try LineSocket.send(
        transport == .tcp ? packets.map(Syslog.counted) : packets, by: transport, host: host,
        port: port, limits: limits)
      return "handed over by \(transport)"
    }
  }

  /// A server's 5xx of SMTP is a refusal; all else that goes wrong may pass.
  private func attempt(_ work: () throws(WebError) -> String) -> Reply {
    do { return .accepted(answer: try work()) } catch {
      let reason = error.status.map { "\(error) (status \($0))" } ?? "\(error)"
      return (500..<600).contains(error.status ?? 0)
        ? .refused(reason: PlainLine.of(reason, upTo: 200))
        : .deferred(reason: PlainLine.of(reason, upTo: 200), retryAfterSeconds: nil)
    }
  }
}
