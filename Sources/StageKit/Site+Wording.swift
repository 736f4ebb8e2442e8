extension Site {
  /// `[wording]`: a language model that may say explanations in other words.
  package struct Wording: Sendable {
    /// A chat-completions URL.
    package let endpoint: String
    package let model: String
    /// For each incident.
    package let timeoutSeconds: Int
  }
}

extension Site.Wording {
  init(_ table: TOMLReader) throws {
    endpoint = try table.required(
      "endpoint", example: "\"http://127.0.0.1:11434/v1/chat/completions\"")
    model = try table.required("model", example: "\"llama3.2\"")
    timeoutSeconds = try table.int("timeout_seconds") ?? 60
    // Said once more, so that a host put into the endpoint by mistake is asked nothing.
    let remote = try table.string("remote_host")
    let tls = try table.string("tls") ?? "required"
    guard let url = ReceiverURL(endpoint), ["http", "https"].contains(url.scheme) else {
      throw table.fail(
        "endpoint", "expected http://host/… or https://host/…, found \"\(endpoint)\"")
    }
    guard !model.isEmpty else { throw table.fail("model", "expected the model's name, found none") }
    guard (1...600).contains(timeoutSeconds) else {
      throw table.fail("timeout_seconds", "expected 1 to 600, found \(timeoutSeconds)")
    }
    guard url.isLoopback || remote == url.host else {
      throw table.fail(
        "endpoint",
        "expected this machine, found \(url.host); say remote_host = \"\(url.host)\" if what is "
          + "asked may leave it")
    }
    guard tls == "required" || tls == "none" else {
      throw table.fail("tls", "expected \"required\" or \"none\", found \"\(tls)\"")
    }
    guard url.isLoopback || url.scheme == "https" || tls == "none" else {
      throw table.fail(
        "endpoint",
        "expected https://, since it leaves this machine; say tls = \"none\" if it may go in the "
          + "clear")
    }
    try table.finish()
  }
}
