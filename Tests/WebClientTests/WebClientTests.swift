import Foundation
import TestSupport
import Testing
import WebClient

private let python = ProcessInfo.processInfo.environment["TIDEMARK_PYTHON"]

/// `Fixtures/server.py` on loopback, until the last test that holds it is done.
private final class Server {
  let port: Int
  private let process = Process()

  init(_ arguments: [String] = []) throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().path
    process.executableURL = URL(filePath: try #require(python))
    process.arguments = [folder + "/Fixtures/server.py"] + arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
    port = try #require(Int(line.trimmingCharacters(in: .newlines)), "it did not start")
  }

  deinit {
    // The threads of tests, and so their children, may have other signals blocked.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  func send(
    _ path: String, _ body: String, headers: [(name: String, value: String)] = [],
    scheme: String = "http", limits: WebLimits = WebLimits()
  ) throws -> WebAnswer {
    try WebClient.send(
      WebRequest(
        url: "\(scheme)://127.0.0.1:\(port)\(path)", headers: headers,
        body: Array(body.utf8), limits: limits))
  }
}

@Suite("A web server", .enabled(if: python != nil, "set TIDEMARK_PYTHON to a python 3"))
struct WebClientTests {
  @Test("a body is posted with its headers, and empty is still posted")
  func requests() throws {
    let server = try Server()
    func said(_ body: String) throws -> String {
      let answer = try server.send("/echo", body, headers: [("X-Word", "tide")])
      #expect(answer.status == 200 && answer.retryAfterSeconds == nil)
      return String(decoding: answer.body, as: UTF8.self)
    }
    #expect(try said("sea\0ä") == "POST tide sea\0ä")
    #expect(try said("") == "POST tide ")
    let large = String(repeating: "s", count: 3_000_000)
    let answer = try server.send("/echo", large, limits: WebLimits(answerByteCount: 4_000_000))
    #expect(answer.body.count == large.utf8.count + 6)
  }

  @Test("an answer's status and Retry-After are told, and redirects are not followed")
  func statuses() throws {
    let server = try Server()
    let teapot = try server.send("/teapot", "x")
    #expect(teapot.status == 418 && teapot.retryAfterSeconds == 7)
    #expect(try server.send("/redirect", "x").status == 302)
  }

  @Test("a slow answer ends at the time limit, an endless one at its size")
  func limits() throws {
    let server = try Server()
    let began = ContinuousClock.now
    let error = #expect(throws: WebError.self) {
      try server.send("/slow", "x", limits: WebLimits(connectSeconds: 1, totalSeconds: 1))
    }
    #expect(ContinuousClock.now - began < .seconds(5))
    #expect(error?.description.contains("timed out") == true && error?.status == nil)
    let exact = try server.send("/echo", "x", limits: WebLimits(answerByteCount: 7))
    #expect(exact.body.count == 7)
    let answer = try server.send("/endless", "x", limits: WebLimits(answerByteCount: 5000))
    #expect(answer.body.count == 5000 && answer.status == 200)
  }

  @Test("a header with a line end and other schemes than the web's are errors")
  func misuse() throws {
    let server = try Server()
    #expect(throws: WebError.self) {
      try server.send("/echo", "x", headers: [("X-Word", "a\r\nX-Other: b")])
    }
    #expect(throws: WebError.self) {
      try WebClient.send(WebRequest(url: "file:///etc/hostname", body: []))
    }
  }

  @Test("no proxy is taken from the environment")
  func proxy() throws {
    setenv("http_proxy", "http://127.0.0.1:9", 1)
    defer { unsetenv("http_proxy") }
    #expect(try Server().send("/echo", "x").status == 200)
  }

  @Test("a certificate that nobody vouches for ends the request before anything is said")
  func certificate() throws {
    let temporary = try TemporaryFolder()
    defer { withExtendedLifetime(temporary) {} }
    let folder = temporary.path
    let maker = Process()
    maker.executableURL = URL(filePath: "/usr/bin/env")
    maker.arguments = [
      "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1",
      "-addext", "subjectAltName=IP:127.0.0.1", "-days", "2", "-keyout", folder + "/key", "-out",
      folder + "/certificate",
    ]
    maker.standardError = FileHandle.nullDevice
    try maker.run()
    maker.waitUntilExit()
    try #require(maker.terminationStatus == 0)
    let server = try Server([folder + "/certificate", folder + "/key"])
    let error = #expect(throws: WebError.self) { try server.send("/echo", "x", scheme: "https") }
    #expect(error?.description.contains("certificate") == true, "\(error?.description ?? "")")
  }
}
