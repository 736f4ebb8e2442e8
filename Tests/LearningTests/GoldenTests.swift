import Foundation
import Randomness
import Testing

@testable import Learning

/// Held against PyTorch: Golden/make_golden.py.
@Suite struct GoldenTests {
  private struct Golden: Decodable {
    struct Sequences: Decodable {
      let loss: Float
      let surprises: [Float]
      let gradients: [[Float]]
      let losses: [Float]
      let outputAfterSteps: [Float]
      let tokensAfterSteps: [Float]
    }
    struct Edges: Decodable {
      let loss: Float
      let scores: [Float]
      let gradients: [String: [Float]]
    }
    let sequences: Sequences
    let edges: Edges

    static func read() throws -> Golden {
      let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden/golden.json")
      return try JSONDecoder().decode(Golden.self, from: Data(contentsOf: path))
    }
  }

  /// As the script's.
  private func fill(_ parameters: inout Parameters) {
    for number in parameters.matrices.indices {
      for place in parameters.matrices[number].numbers.indices {
        let whole = (number + 1) * (place + 1) * 7919 % 2003
        parameters.matrices[number].numbers[place] = Float((Double(whole) / 2003 - 0.5) * 0.8)
      }
    }
  }

  private func isClose(_ found: [Float], _ expected: [Float], _ tolerance: Float) -> Bool {
    found.count == expected.count
      && zip(found, expected).allSatisfy { abs($0 - $1) <= tolerance * max(1, abs($1)) }
  }

  private var sequenceModel: SequenceModel {
    var shape = SequenceModel.Shape(stepKindCount: 5, entityKindCount: 2)
    (shape.width, shape.layerCount, shape.headCount) = (8, 2, 2)
    (shape.hiddenWidth, shape.contextLength) = (12, 6)
    var model = SequenceModel(shape: shape, seed: 1)
    fill(&model.parameters)
    return model
  }

  private let sequences = [(0, [1, 4, 2, 2, 0, 3]), (1, [3, 1]), (1, [0, 0, 4, 1])].map {
    StepSequence(
      entityKind: $0.0, steps: $0.1.map { StepSequence.Step(kind: $0, isJudged: true) })
  }

  private func sequenceLoss(_ model: SequenceModel) -> (loss: Float, gradients: [Matrix]) {
    let windows = sequences.flatMap { $0.windows(model.shape) }
    let tape = Tape()
    let recorded = RecordedParameters(model.parameters, on: tape)
    var generator: SeededGenerator?
    let scores = model.scores(of: windows, recorded, on: tape, dropping: &generator)
    let loss = tape.crossEntropy(scores, classes: windows.flatMap(\.next))
    tape.differentiate(loss)
    return (tape.value(loss).numbers[0], recorded.gradients(tape))
  }

  @Test("a transformer's surprises and gradients are PyTorch's")
  func transformer() throws {
    let golden = try Golden.read().sequences
    let model = sequenceModel
    let bits = try model.surprises(of: sequences, threads: 1).flatMap(\.self)
    #expect(isClose(bits.map { Float($0 * log(2)) }, golden.surprises, 2e-6))
    let (loss, gradients) = sequenceLoss(model)
    #expect(abs(loss - golden.loss) < 2e-6)
    #expect(gradients.count == golden.gradients.count)
    for (name, (found, expected)) in zip(
      model.parameters.names, zip(gradients, golden.gradients))
    {
      #expect(isClose(found.numbers, expected, 2e-6), "\(name)")
    }
  }

  @Test("Adam's steps are PyTorch's")
  func adam() throws {
    let golden = try Golden.read().sequences
    var model = sequenceModel
    var adam = Adam(stepLength: 0.01)
    for expected in golden.losses {
      let (loss, gradients) = sequenceLoss(model)
      #expect(abs(loss - expected) < 2e-5)
      adam.step(&model.parameters, gradients: gradients)
    }
    let matrices = Dictionary(
      uniqueKeysWithValues: zip(model.parameters.names, model.parameters.matrices))
    #expect(isClose(matrices["next.weight"]?.numbers ?? [], golden.outputAfterSteps, 2e-4))
    #expect(isClose(matrices["token"]?.numbers ?? [], golden.tokensAfterSteps, 2e-4))
  }

  @Test("an edge model's scores and gradients are PyTorch's, features included")
  func edges() throws {
    let golden = try Golden.read().edges
    let days = [
      [(0, 1, 0, 3, 9), (0, 1, 0, 1, 10), (2, 1, 0, 5, 23), (3, 4, 2, 1, 0)],
      [(0, 4, 1, 2, 8), (2, 1, 0, 7, 12), (3, 4, 2, 2, 4), (4, 1, 1, 1, 5)],
    ].map { day in
      day.map {
        GraphHistory.Activity(
          .init(source: $0.0, target: $0.1, service: $0.2), conversations: $0.3, hour: $0.4)
      }
    }
    let edges = [(0, 1, 0), (3, 4, 2), (2, 4, 1), (5, 1, 0), (0, 4, 0)].map {
      GraphHistory.Edge(source: $0.0, target: $0.1, service: $0.2)
    }
    let graph = GraphSnapshot(
      GraphHistory(serviceCount: 3, days: days), before: 2, nodeCount: 6)
    var model = EdgeModel(serviceCount: 3, seed: 1)
    fill(&model.parameters)
    let tape = Tape()
    let recorded = RecordedParameters(model.parameters, on: tape)
    let scores = model.scores(
      of: edges, in: graph, isHidden: [false, true, false, false, false], recorded, on: tape)
    let loss = tape.logisticLoss(scores, isThere: [true, true, false, false, true])
    tape.differentiate(loss)
    #expect(isClose(tape.value(scores).numbers, golden.scores, 5e-6))
    #expect(abs(tape.value(loss).numbers[0] - golden.loss) < 5e-6)
    let steps = ["first.weight": 53, "second.weight": 17, "decoder.weight": 11]
    for (name, variable) in zip(model.parameters.names, recorded.variables) {
      let all = tape.gradient(variable).numbers
      let found = stride(from: 0, to: all.count, by: steps[name] ?? 1).map { all[$0] }
      #expect(isClose(found, golden.gradients[name] ?? [], 5e-6), "\(name)")
    }
  }
}
