import Glibc

/// What a stage says when it is interrupted (Ctrl-C) or asked to end, before it does.
enum Interruption {
  /// Set once, before any signal can come; a handler may not allocate.
  private nonisolated(unsafe) static var message: UnsafeMutableBufferPointer<UInt8>?

  /// The process still ends by the signal, so that a shell or make stops as well.
  static func announce(as stage: String) {
    let text = StandardError.text(
      "\(stage): interrupted; what was finished stays, and the next run goes on from there",
      level: .notice)
    let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: text.utf8.count)
    _ = bytes.initialize(from: text.utf8)
    message = bytes
    // Whoever started us may have blocked them, as Dispatch does on its threads.
    var wanted = sigset_t()
    sigemptyset(&wanted)
    for number in [SIGINT, SIGTERM] {
      sigaddset(&wanted, number)
      signal(number) { number in
        if let message = Interruption.message {
          _ = write(STDERR_FILENO, message.baseAddress, message.count)
        }
        signal(number, SIG_DFL)
        raise(number)
      }
    }
    pthread_sigmask(SIG_UNBLOCK, &wanted, nil)
  }
}
