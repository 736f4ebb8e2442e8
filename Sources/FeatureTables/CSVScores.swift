import ArrowFile
import Events
import Glibc

/// Writes scores as comma-separated text, to a file that appears when it is complete, or to stdout:
/// `row` and `score`, `untouched_score` and `p_value` where there are any, and for each
/// contribution, the greatest first, `feature_1` and `contribution_1` and on.
package final class CSVScores: ScoreSink {
  static let delimiter = UInt8(ascii: ",")

  private var file: AtomicFile?
  private let layout: ScoreLayout
  private let quotedNames: [String]
  private var text: [UInt8] = []

  /// - Parameter path: nil for stdout.
  package init(path: String?, layout: ScoreLayout) throws {
    if let path { file = try AtomicFile(path: path) }
    self.layout = layout
    quotedNames = layout.featureNames.map(CSVText.quoted)
    text += "row,score".utf8
    if layout.hasUntouchedScores { text += ",untouched_score".utf8 }
    if layout.hasPValues { text += ",p_value".utf8 }
    for rank in 0..<layout.explainedCount {
      text += ",feature_\(rank + 1),contribution_\(rank + 1)".utf8
    }
    text.append(UInt8(ascii: "\n"))
  }

  package func write(_ rows: ScoredRows) throws -> Bool {
    text.reserveCapacity(text.count + 32 * rows.scores.count)
    for (index, score) in rows.scores.enumerated() {
      text += "\(rows.numbers[index]),\(score)".utf8
      if layout.hasUntouchedScores { text += ",\(rows.untouchedScores[index])".utf8 }
      if layout.hasPValues { text += ",\(rows.pValues[index])".utf8 }
      for contributions in rows.contributions {
        let contribution = contributions[index]
        text += ",\(quotedNames[contribution.feature]),\(Float(contribution.edges))".utf8
      }
      text.append(UInt8(ascii: "\n"))
    }
    return try flush()
  }

  package func finish() throws {
    _ = try flush()
    try file?.commit()
  }

  private func flush() throws -> Bool {
    defer { text.removeAll(keepingCapacity: true) }
    return try text.withUnsafeBytes { bytes in
      guard file == nil else {
        try file?.append([bytes])
        return true
      }
      return try Self.writeToStdout(bytes)
    }
  }

  /// false where the reader has closed the pipe.
  private static func writeToStdout(_ bytes: UnsafeRawBufferPointer) throws -> Bool {
    var offset = 0
    while offset < bytes.count {
      let count = Glibc.write(
        STDOUT_FILENO, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
      if count < 0, errno == EINTR { continue }
      if count < 0, errno == EPIPE { return false }
      guard count >= 0 else {
        throw TableError(
          "stdout", expected: "to write", found: String(cString: strerror(errno)).lowercased())
      }
      offset += count
    }
    return true
  }
}
