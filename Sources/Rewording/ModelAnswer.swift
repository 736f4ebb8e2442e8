import FoundationEssentials

/// Why nothing can be taken from a model's answer.
package struct AnswerError: Error, CustomStringConvertible, Equatable {
  package let description: String
}

/// What a model answered: sentences that nobody has checked.
package struct ModelAnswer: Sendable {
  package struct Sentence: Decodable, Sendable {
    package let finding: String
    package let text: String
    package let cites: [String]
  }

  /// Bytes of an answer that are read at most.
  package static let maximumByteCount = 65_536
  static let maximumSentencesOfFinding = 3

  package let sentences: [Sentence]

  private struct Completion: Decodable {
    struct Choice: Decodable {
      struct Message: Decodable {
        let content: String?
      }
      let message: Message
      let finishReason: String?

      enum CodingKeys: String, CodingKey {
        case message
        case finishReason = "finish_reason"
      }
    }
    let choices: [Choice]
  }

  private struct Content: Decodable {
    let sentences: [Sentence]
  }

  /// The text that a model wrote, out of what an endpoint answered.
  /// - Throws: `AnswerError`
  package static func text(ofCompletion bytes: [UInt8]) throws -> String {
    guard bytes.count <= maximumByteCount else {
      throw AnswerError(
        description: "expected at most \(maximumByteCount) bytes, found \(bytes.count)")
    }
    let completion: Completion
    do { completion = try JSONDecoder().decode(Completion.self, from: Data(bytes)) } catch {
      throw AnswerError(
        description: "expected a chat completion as JSON, found \(bytes.count) other bytes")
    }
    guard let choice = completion.choices.first, let content = choice.message.content else {
      throw AnswerError(description: "expected choices[0].message.content, found none")
    }
    guard choice.finishReason != "length" else {
      throw AnswerError(
        description: "expected a whole answer, found one cut off at its limit of tokens")
    }
    return content
  }

  init(sentences: [Sentence]) { self.sentences = sentences }

  /// - Throws: `AnswerError`
  package init(text: String) throws {
    guard text.utf8.count <= ModelAnswer.maximumByteCount else {
      throw AnswerError(
        description:
          "expected at most \(ModelAnswer.maximumByteCount) bytes, found \(text.utf8.count)")
    }
    do {
      sentences = try JSONDecoder().decode(Content.self, from: Data(text.utf8)).sentences
    } catch {
      throw AnswerError(
        description: "expected JSON with sentences of finding, text and cites, found other text")
    }
  }
}
