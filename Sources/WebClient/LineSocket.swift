import Glibc

/// Sends bytes by UDP or TCP, within time limits.
package enum LineSocket {
  package enum Transport: String, Sendable {
    case udp, tcp
  }

  /// Each of `packets` is a datagram, or they follow each other on one connection.
  ///
  /// Neither UDP nor syslog over TCP answers. That nobody listens shows where the host says so;
  /// with TCP the connection's orderly end stands for a receipt.
  package static func send(
    _ packets: [[UInt8]], by transport: Transport, host: String, port: Int,
    limits: WebLimits = WebLimits()
  ) throws(WebError) {
    let place = "\(host) port \(port)"
    let deadline = ContinuousClock.now + .seconds(limits.totalSeconds)
    let descriptor = try connection(to: host, port, transport, limits, until: deadline)
    defer { close(descriptor) }
    for packet in packets {
      var offset = 0
      while offset < packet.count {
        guard wait(for: POLLOUT, descriptor, until: deadline) else {
          throw WebError("\(place): not taken within \(limits.totalSeconds) s")
        }
        let count = packet[offset...].withUnsafeBytes {
          Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        if count < 0, errno == EINTR || errno == EAGAIN { continue }
        guard count > 0 else { throw failure(place) }
        offset += count
      }
    }
    if transport == .tcp { shutdown(descriptor, Int32(SHUT_WR)) }
    // A refusal of a datagram comes at once if at all; a connection's end, once all was read.
    let patience = transport == .udp ? Duration.milliseconds(100) : .seconds(2)
    while wait(for: POLLIN, descriptor, until: min(deadline, .now + patience)) {
      var piece = [UInt8](repeating: 0, count: 512)
      let count = recv(descriptor, &piece, piece.count, 0)
      if count == 0 { return }
      if count < 0, errno != EINTR, errno != EAGAIN { throw failure(place) }
    }
  }

  private static func failure(_ place: String) -> WebError {
    WebError("\(place): \(String(cString: strerror(errno)))")
  }

  /// A connected socket that doesn't block: the host's addresses are tried in turn.
  private static func connection(
    to host: String, _ port: Int, _ transport: Transport, _ limits: WebLimits,
    until end: ContinuousClock.Instant
  ) throws(WebError) -> Int32 {
    var wanted = addrinfo()
    wanted.ai_socktype = Int32((transport == .udp ? SOCK_DGRAM : SOCK_STREAM).rawValue)
    var found: UnsafeMutablePointer<addrinfo>?
    let code = getaddrinfo(host, "\(port)", &wanted, &found)
    guard code == 0 else { throw WebError("\(host): \(String(cString: gai_strerror(code)))") }
    defer { freeaddrinfo(found) }
    var problem = WebError("\(host): has no address")
    var next = found
    while let address = next {
      next = address.pointee.ai_next
      let descriptor = socket(
        address.pointee.ai_family,
        address.pointee.ai_socktype | Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
      guard descriptor >= 0 else {
        problem = failure(host)
        continue
      }
      if connect(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 {
        return descriptor
      }
      var error = errno
      if error == EINPROGRESS {
        let deadline = min(end, .now + .seconds(limits.connectSeconds))
        var size = socklen_t(MemoryLayout<Int32>.size)
        if !wait(for: POLLOUT, descriptor, until: deadline) {
          error = ETIMEDOUT
        } else if getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) != 0 {
          error = errno
        }
        if error == 0 { return descriptor }
      }
      close(descriptor)
      problem = WebError("\(host) port \(port): \(String(cString: strerror(error)))")
    }
    throw problem
  }

  /// Whether a socket can be read or written, or has failed, before the deadline.
  private static func wait(
    for event: Int32, _ descriptor: Int32, until deadline: ContinuousClock.Instant
  ) -> Bool {
    while true {
      let left = ContinuousClock.now.duration(to: deadline)
      let milliseconds =
        left.components.seconds * 1000
        + left.components.attoseconds / 1_000_000_000_000_000
      guard milliseconds > 0 else { return false }
      var state = pollfd(fd: descriptor, events: Int16(event), revents: 0)
      let count = poll(&state, 1, Int32(milliseconds))
      if count > 0 { return true }
      if count < 0, errno != EINTR { return true }
    }
  }
}
