import Columnar
import Glibc
import Randomness

extension SequenceModel {
  /// Tokens that are scored at a time, about.
  private static let batchTokenCount = 2048
  static let natsPerBit = log(2.0)

  /// −log₂ p of each judged step of each sequence, in their order.
  package func surprises(of sequences: [StepSequence], threads: Int) throws -> [[Double]] {
    let windows = sequences.map { $0.windows(shape) }
    let found = try surprises(of: windows.flatMap(\.self), threads: threads)
    var next = found.makeIterator()
    return windows.map { own in own.flatMap { _ in next.next() ?? [] } }
  }

  /// Of each judged step of each window.
  func surprises(of windows: [SequenceWindow], threads: Int) throws -> [[Double]] {
    var batches: [Range<Int>] = []
    var tokens = SequenceModel.batchTokenCount
    for (place, window) in windows.enumerated() {
      if tokens >= SequenceModel.batchTokenCount {
        batches.append(place..<place)
        tokens = 0
      }
      batches[batches.count - 1] = batches[batches.count - 1].lowerBound..<place + 1
      tokens += window.tokens.count
    }
    return try parallelMap(batches, threads: threads) { surprises(of: windows[$0]) }
      .flatMap(\.self)
  }

  private func surprises(of windows: ArraySlice<SequenceWindow>) -> [[Double]] {
    let tape = Tape()
    var generator: SeededGenerator?
    let recorded = RecordedParameters(parameters, on: tape)
    var shares = tape.value(
      scores(of: Array(windows), recorded, on: tape, dropping: &generator))
    var row = 0
    return windows.map { window in
      var bits: [Double] = []
      for next in window.next {
        if let next {
          bits.append(softmax(&shares, row: row, wanted: next) / SequenceModel.natsPerBit)
        }
        row += 1
      }
      return bits
    }
  }
}
