import Columnar
import Events
import FoundationEssentials

/// A message as a mail: RFC 5322 with a subject as of RFC 2047 and a body in base64 (RFC 2045).
package enum MailText {
  /// - Parameter at: the date of the mail.
  package static func bytes(
    _ message: Message, _ text: MessageText, from: String, to: [String], at: Instant
  ) -> [UInt8] {
    var body: [String] = []
    for notice in message.notices {
      body += text.lines(notice).map { PlainLine.of($0, upTo: 1000) } + [""]
    }
    body.append(PlainLine.of(text.closing(message)))
    let domain = from.split(separator: "@").last ?? "localhost"
    let headers = [
      "Date: \(date(at))", "From: Tidemark <\(from)>", "To: \(to.joined(separator: ",\r\n "))",
      "Subject: \(encoded(PlainLine.of(text.headline(message), upTo: 300)))",
      "Message-ID: <\(message.key)@\(domain)>", "Auto-Submitted: auto-generated",
      "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: base64",
    ]
    let data = Data((body.joined(separator: "\r\n") + "\r\n").utf8)
    let lines = data.base64EncodedString(
      options: [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed])
    return Array((headers.joined(separator: "\r\n") + "\r\n\r\n" + lines + "\r\n").utf8)
  }

  /// "Sun, 29 Mar 2026 07:00:00 +0000" (RFC 5322 §3.3).
  static func date(_ instant: Instant) -> String {
    let date = CivilCalendar().day(of: instant)
    let (year, month, day) = date.components
    let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let clock = Quantity.timestamp(instant).dropFirst(11).dropLast()
    return "\(weekdays[date.weekday]), \(day) \(months[month - 1]) \(year) \(clock) +0000"
  }

  /// Encoded words of at most 75 characters (RFC 2047 §2), a line each; no character is cut
  /// through.
  static func encoded(_ text: String) -> String {
    var words: [String] = []
    var word = ""
    for scalar in text.unicodeScalars {
      // 75 less `=?UTF-8?B?` and `?=` are 60 digits, which are 45 bytes.
      if word.utf8.count + String(scalar).utf8.count > 45 {
        words.append(word)
        word = ""
      }
      word.unicodeScalars.append(scalar)
    }
    words.append(word)
    return words.map { "=?UTF-8?B?\(Data($0.utf8).base64EncodedString())?=" }
      .joined(separator: "\r\n ")
  }
}
