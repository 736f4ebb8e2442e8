import Randomness

/// A small causal transformer over the steps of an entity: how likely each step is after those
/// before it (Vaswani et al. 2017, arXiv:1706.03762; layers normalised before each part, as Xiong
/// et al. 2020, arXiv:2002.04745).
package struct SequenceModel: Equatable, Sendable {
  /// The measures of a model.
  package struct Shape: Equatable, Sendable {
    /// Kinds of steps, 0 ..< stepKindCount.
    package let stepKindCount: Int
    /// Kinds of entities, of which each sequence begins with one.
    package let entityKindCount: Int
    package var width = 64
    package var layerCount = 2
    /// Divides the width.
    package var headCount = 4
    package var hiddenWidth = 128
    /// Places that are looked back at, that of the kind of entity included.
    package var contextLength = 64

    package init(stepKindCount: Int, entityKindCount: Int) {
      self.stepKindCount = stepKindCount
      self.entityKindCount = entityKindCount
    }
  }

  package let shape: Shape
  package internal(set) var parameters: Parameters
  package internal(set) var card: TrainingCard?

  /// A model that has learned nothing yet.
  package init(shape: Shape, seed: UInt64) {
    self.shape = shape
    parameters = Parameters(shape.parameters, seed: seed)
  }

  init(shape: Shape, parameters: Parameters, card: TrainingCard) {
    self.shape = shape
    self.parameters = parameters
    self.card = card
  }

  /// The scores of the next step after each place of some windows.
  ///
  /// - Parameter generator: draws what is dropped in training; nil drops nothing.
  /// - Returns: [places × stepKindCount]
  package func scores(
    of windows: [SequenceWindow], _ parameters: RecordedParameters, on tape: Tape,
    dropping generator: inout SeededGenerator?
  ) -> Tape.Variable {
    func drop(_ matrix: Tape.Variable) -> Tape.Variable {
      guard var draws = generator else { return matrix }
      defer { generator = draws }
      return tape.drop(matrix, rate: SequenceModel.dropRate, &draws)
    }
    var ranges: [Range<Int>] = []
    for window in windows {
      let start = ranges.last?.upperBound ?? 0
      ranges.append(start..<start + window.tokens.count)
    }
    var stream = drop(
      tape.add(
        tape.rows(parameters["token"], windows.flatMap(\.tokens)),
        tape.rows(parameters["position"], windows.flatMap { Array($0.tokens.indices) })))
    for layer in 0..<shape.layerCount {
      func normal(_ name: String) -> Tape.Variable {
        tape.normalise(
          stream, scale: parameters["\(layer).\(name).scale"],
          shift: parameters["\(layer).\(name).shift"])
      }
      let taken = tape.attend(
        tape.linear(normal("before_attention"), parameters, "\(layer).projection"),
        windows: ranges, headCount: shape.headCount)
      stream = tape.add(stream, drop(tape.linear(taken, parameters, "\(layer).attention")))
      let hidden = tape.rectify(
        tape.linear(normal("before_hidden"), parameters, "\(layer).hidden"))
      stream = tape.add(stream, drop(tape.linear(hidden, parameters, "\(layer).result")))
    }
    let normal = tape.normalise(
      stream, scale: parameters["last.scale"], shift: parameters["last.shift"])
    return tape.linear(normal, parameters, "next")
  }

  private static let dropRate: Float = 0.1
}

extension SequenceModel.Shape {
  var parameters: [Parameters.Shape] {
    var shapes = [
      Parameters.Shape("token", stepKindCount + entityKindCount, width, .drawn),
      Parameters.Shape("position", contextLength, width, .drawn),
    ]
    func normal(_ name: String) {
      shapes.append(Parameters.Shape("\(name).scale", 1, width, .ones))
      shapes.append(Parameters.Shape("\(name).shift", 1, width, .zeros))
    }
    func linear(_ name: String, _ from: Int, _ to: Int) {
      shapes.append(Parameters.Shape("\(name).weight", from, to, .drawn))
      shapes.append(Parameters.Shape("\(name).bias", 1, to, .zeros))
    }
    for layer in 0..<layerCount {
      normal("\(layer).before_attention")
      linear("\(layer).projection", width, 3 * width)
      linear("\(layer).attention", width, width)
      normal("\(layer).before_hidden")
      linear("\(layer).hidden", width, hiddenWidth)
      linear("\(layer).result", hiddenWidth, width)
    }
    normal("last")
    linear("next", width, stepKindCount)
    return shapes
  }
}
