import ArrowFile
import Glibc

/// What rows are scored with, what their scores are held against, and how it all came to be.
package struct ScoringModel: Sendable {
  package enum Scorer: Sendable {
    case forest(IsolationForest)
    case ensemble(ForestEnsemble)
  }

  package let scorer: Scorer
  /// Scores of rows that were held out of training; nil where none were.
  package private(set) var reference: ScoreReference?
  /// nil where the model does not say what it is of.
  package private(set) var card: ModelCard?

  package init(_ scorer: Scorer, reference: ScoreReference? = nil, card: ModelCard?) {
    self.scorer = scorer
    self.reference = reference
    self.card = card
  }

  package var featureNames: [String] {
    switch scorer {
    case .forest(let forest): forest.featureNames
    case .ensemble(let ensemble): ensemble.featureNames
    }
  }

  /// nil for an ensemble.
  package var forest: IsolationForest? {
    if case .forest(let forest) = scorer { forest } else { nil }
  }

  /// Each row's score; higher is stranger.
  ///
  /// - Throws: `ForestError.features` if the matrix has not the model's features.
  package func scores(_ matrix: FeatureMatrix, threads: Int) throws(ForestError) -> [Float] {
    switch scorer {
    case .forest(let forest): try forest.scores(matrix, threads: threads)
    case .ensemble(let ensemble): try ensemble.scores(matrix, threads: threads)
    }
  }
}

extension ScoringModel {
  private static let referenceKey = "reference.scores"

  /// Writes a forest to a file, an ensemble to the files of a folder.
  package func write(to path: String) throws(ArrowFileError) {
    var metadata = card?.metadata ?? []
    if let reference { metadata.append((Self.referenceKey, reference.text)) }
    switch scorer {
    case .forest(let forest): try forest.write(to: path, metadata: metadata)
    case .ensemble(let ensemble):
      try ensemble.write(
        toFolder: path, metadata: metadata, memberMetadata: card?.ofMember.metadata ?? [])
    }
  }

  /// Reads a forest's file, or an ensemble's folder.
  ///
  /// - Throws: `ArrowFileError` for what holds no such tables, `ForestError.file` for tables that
  ///   make no model.
  package init(path: String) throws {
    var status = stat()
    let isFolder = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    let scorer: Scorer =
      isFolder
      ? .ensemble(try ForestEnsemble(folder: path)) : .forest(try IsolationForest(path: path))
    let main = isFolder ? ForestEnsemble.mainFile(in: path) : path
    let metadata = try ArrowReader(path: main).metadata
    do throws(ForestError) {
      try self.init(scorer, metadata: metadata)
    } catch {
      throw ForestError.file(path: main, error)
    }
  }

  private init(_ scorer: Scorer, metadata: [String: String]) throws(ForestError) {
    self.init(scorer, card: nil)
    card = try ModelCard(metadata: metadata, featureCount: featureNames.count)
    reference = try metadata[Self.referenceKey].map { text throws(ForestError) in
      try ScoreReference(key: Self.referenceKey, text: text)
    }
  }
}
