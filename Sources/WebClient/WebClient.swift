import CCurl

/// Sends one request or one mail, within time limits and with certificates verified.
package enum WebClient {
  /// - Throws: where there was no answer; an answer of any status is none's fault but the caller's.
  package static func send(_ request: WebRequest) throws(WebError) -> WebAnswer {
    let session = try CurlSession(
      url: request.url, protocols: "http,https", limits: request.limits)
    try session.setProxy(request.proxy)
    try session.set(CURLOPT_POST, 1)
    try session.set(CURLOPT_POSTFIELDSIZE, request.body.count)
    try session.setBody(request.body)
    let headers = request.headers.map { "\($0.name): \($0.value)" }
    // Otherwise a large body waits a second for a leave that few servers give.
    try session.set(CURLOPT_HTTPHEADER, headers + ["Expect:"])
    return try session.perform()
  }

  /// Hands a mail to its server, for all of its receivers or none.
  /// - Returns: the server's last status, 2xx.
  /// - Throws: `WebError`, with the server's status where it said no.
  package static func send(_ mail: MailRequest) throws(WebError) -> Int {
    let session = try CurlSession(url: mail.url, protocols: "smtp,smtps", limits: mail.limits)
    try session.setProxy(nil)
    if mail.needsEncryption { try session.set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
    if let login = mail.login {
      try session.set(CURLOPT_USERNAME, login.user)
      try session.set(CURLOPT_PASSWORD, login.password)
    }
    try session.set(CURLOPT_MAIL_FROM, "<\(mail.from)>")
    try session.set(CURLOPT_MAIL_RCPT, mail.to.map { "<\($0)>" })
    try session.set(CURLOPT_UPLOAD, 1)
    try session.setBody(mail.message)
    return try session.perform().status
  }
}
