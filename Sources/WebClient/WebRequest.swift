/// How long a request may take, and how much of its answer is kept.
package struct WebLimits: Sendable {
  package var connectSeconds: Int
  package var totalSeconds: Int
  package var answerByteCount: Int

  package init(connectSeconds: Int = 5, totalSeconds: Int = 15, answerByteCount: Int = 65_536) {
    self.connectSeconds = connectSeconds
    self.totalSeconds = totalSeconds
    self.answerByteCount = answerByteCount
  }
}

/// One POST of HTTP. No redirect is followed, and no proxy is taken from the environment.
package struct WebRequest: Sendable {
  package var url: String
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
  /// A proxy's URL; none where nil.
  package var proxy: String?
  package var limits: WebLimits

  package init(
    url: String, headers: [(name: String, value: String)] = [], body: [UInt8],
    proxy: String? = nil, limits: WebLimits = WebLimits()
  ) {
    self.url = url
    self.headers = headers
    self.body = body
    self.proxy = proxy
    self.limits = limits
  }
}

package struct WebAnswer: Sendable {
  package let status: Int
  /// At most as much as the limits let in.
  package let body: [UInt8]
  /// What a Retry-After asks for.
  package let retryAfterSeconds: Int?
}

/// One mail, handed to a server by SMTP.
package struct MailRequest: Sendable {
  /// `smtp://host:port` or `smtps://host:port`.
  package var url: String
  /// Addresses without names or brackets.
  package var from: String
  package var to: [String]
  /// RFC 5322, its lines ended by CR LF.
  package var message: [UInt8]
  package var login: (user: String, password: String)?
  /// Whether nothing is said before STARTTLS succeeded.
  package var needsEncryption: Bool
  package var limits: WebLimits

  package init(
    url: String, from: String, to: [String], message: [UInt8],
    login: (user: String, password: String)? = nil, needsEncryption: Bool = true,
    limits: WebLimits = WebLimits()
  ) {
    self.url = url
    self.from = from
    self.to = to
    self.message = message
    self.login = login
    self.needsEncryption = needsEncryption
    self.limits = limits
  }
}

/// Why something could not be sent, or was not answered. Names hosts and ports, never a URL's path,
/// which may be a secret.
package struct WebError: Error, CustomStringConvertible {
  package let description: String
  /// The status of the receiver's last answer, where it gave one.
  package let status: Int?

  package init(_ description: String, status: Int? = nil) {
    self.description = description
    self.status = status
  }
}
