import CCurl

/// One use of libcurl, freed with the session.
final class CurlSession {
  private let handle: UnsafeMutableRawPointer
  private var lists: [UnsafeMutablePointer<curl_slist>] = []
  private var received: [UInt8] = []
  private var isWhole = true
  private let limits: WebLimits
  private var outgoing: ArraySlice<UInt8> = []

  /// The library's own set-up, once for the process.
  private static let start = curl_start()

  init(url: String, protocols: String, limits: WebLimits) throws(WebError) {
    guard CurlSession.start == CURLE_OK, let handle = curl_easy_init() else {
      throw WebError("libcurl cannot be started")
    }
    self.handle = handle
    self.limits = limits
    try set(CURLOPT_URL, url)
    try set(CURLOPT_PROTOCOLS_STR, protocols)
    try set(CURLOPT_NOSIGNAL, 1)
    try set(CURLOPT_FOLLOWLOCATION, 0)
    try set(CURLOPT_CONNECTTIMEOUT, limits.connectSeconds)
    try set(CURLOPT_TIMEOUT, limits.totalSeconds)
    try set(CURLOPT_SSL_VERIFYPEER, 1)
    try set(CURLOPT_SSL_VERIFYHOST, 2)
    try set(CURLOPT_USERAGENT, "Tidemark")
  }

  deinit {
    curl_easy_cleanup(handle)
    for list in lists { curl_slist_free_all(list) }
  }

  func set(_ option: CURLoption, _ text: String) throws(WebError) {
    // libcurl would read it up to the NUL.
    guard !text.utf8.contains(0) else { throw WebError("a setting holds a NUL byte") }
    try check(curl_set_text(handle, option, text))
  }

  func set(_ option: CURLoption, _ number: Int) throws(WebError) {
    try check(curl_set_number(handle, option, number))
  }

  func set(_ option: CURLoption, _ items: [String]) throws(WebError) {
    var list: UnsafeMutablePointer<curl_slist>?
    for item in items {
      guard !item.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
        throw WebError("a header or an address holds a control character")
      }
      guard let longer = curl_slist_append(list, item) else {
        throw WebError("libcurl has no memory left")
      }
      list = longer
    }
    guard let list else { return }
    lists.append(list)
    try check(curl_set_pointer(handle, option, list))
  }

  /// - Parameter proxy: for every host; none where nil. The environment is heeded for neither.
  func setProxy(_ proxy: String?) throws(WebError) {
    try set(CURLOPT_PROXY, proxy ?? "")
    try set(CURLOPT_NOPROXY, "")
  }

  /// What is handed over, by POST or as a mail.
  func setBody(_ bytes: [UInt8]) throws(WebError) {
    outgoing = bytes[...]
    let context = Unmanaged.passUnretained(self).toOpaque()
    try check(
      curl_set_reader(
        handle,
        { buffer, size, count, context in
          guard let buffer, let context else { return 0 }
          let session = Unmanaged<CurlSession>.fromOpaque(context).takeUnretainedValue()
          return session.give(
            UnsafeMutableRawBufferPointer(
              start: UnsafeMutableRawPointer(buffer), count: size * count))
        }, context))
  }

  private func give(_ buffer: UnsafeMutableRawBufferPointer) -> Int {
    let piece = outgoing.prefix(buffer.count)
    buffer.copyBytes(from: piece)
    outgoing = outgoing.dropFirst(piece.count)
    return piece.count
  }

  /// - Throws: where no whole answer came within the limits.
  func perform() throws(WebError) -> WebAnswer {
    let context = Unmanaged.passUnretained(self).toOpaque()
    try check(
      curl_set_writer(
        handle,
        { bytes, size, count, context in
          guard let bytes, let context else { return 0 }
          let session = Unmanaged<CurlSession>.fromOpaque(context).takeUnretainedValue()
          return session.take(
            UnsafeRawBufferPointer(start: UnsafeRawPointer(bytes), count: size * count))
        }, context))
    let reason = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    reason.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
    defer { reason.deallocate() }
    try check(curl_set_pointer(handle, CURLOPT_ERRORBUFFER, reason))
    let code = curl_easy_perform(handle)
    _ = curl_set_pointer(handle, CURLOPT_ERRORBUFFER, nil)
    let status = curl_answer_status(handle)
    // A body past its limit ends the transfer, as if it could not be written.
    guard code == CURLE_OK || (code == CURLE_WRITE_ERROR && !isWhole) else {
      let said = String(cString: reason)
      throw WebError(
        said.isEmpty ? String(cString: curl_easy_strerror(code)) : said,
        status: status == 0 ? nil : status)
    }
    let seconds = curl_retry_after(handle)
    return WebAnswer(
      status: status, body: received,
      retryAfterSeconds: seconds > 0 ? seconds : nil)
  }

  private func take(_ bytes: UnsafeRawBufferPointer) -> Int {
    let room = limits.answerByteCount - received.count
    received.append(contentsOf: bytes.prefix(room))
    isWhole = bytes.count <= room
    return isWhole ? bytes.count : 0
  }

  private func check(_ code: CURLcode) throws(WebError) {
    guard code == CURLE_OK else { throw WebError(String(cString: curl_easy_strerror(code))) }
  }
}
