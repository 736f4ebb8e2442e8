import Columnar
import Forest
import Foundation

/// Plays sessions of questions and answers, for evaluate_feedback.py:
/// FOLDER FEATURES SEED QUESTIONS adjusted|shared THREADS.
///
/// FOLDER holds rows.f32 and answers.f32, 1 for rows that would be called anomalies; it gets the
/// rows asked for in asked.i32, and scores of all rows before and after in untouched.f32 and
/// adjusted.f32. Each question is about the strangest row not asked for yet, by the adjusted
/// forest or, with `shared`, by both forests in turn. Prints the seconds of the last adjustment.
func evaluateFeedback(_ arguments: [String]) throws {
  guard arguments.count == 6, let featureCount = Int(arguments[1]), let seed = UInt64(arguments[2]),
    let questionCount = Int(arguments[3]), ["adjusted", "shared"].contains(arguments[4]),
    let threads = Int(arguments[5])
  else {
    throw UsageError(
      expected: "feedback FOLDER FEATURES SEED QUESTIONS adjusted|shared THREADS")
  }
  let folder = EvaluationFolder(arguments[0])
  let rows = try folder.matrix("rows", featureCount: featureCount)
  let answers = try folder.array("answers.f32", of: Float.self)
  let forest = try IsolationForest.train(rows, options: ForestOptions(seed: seed), threads: threads)
  let line = try forest.pathLength(ofShortest: 0.03, of: rows, threads: threads)
  let untouched = try forest.scores(rows, threads: threads)
  let untouchedRanking = ranking(byScore: untouched)

  var adjusted = untouched
  var asked: [Int] = []
  var lastSeconds = 0.0
  for question in 0..<questionCount {
    let isShared = arguments[4] == "shared" && question % 2 == 1
    let order = isShared ? untouchedRanking : ranking(byScore: adjusted)
    guard let row = order.first(where: { !asked.contains($0) }) else { break }
    asked.append(row)
    let verdicts = Verdicts(
      rows: FeatureMatrix(
        names: rows.names, columns: rows.columns.map { column in asked.map { column[$0] } }),
      isAnomaly: asked.map { answers[$0] == 1 },
      knownAt: asked.indices.map { Instant(microseconds: Int64($0)) })
    let (changed, seconds) = try timed {
      try forest.adjusted(
        by: verdicts, asOf: Instant(microseconds: .max), options: FeedbackOptions(line: line))
    }
    lastSeconds = seconds
    adjusted = try changed.scores(rows, threads: threads)
  }
  try folder.write(asked.map(Int32.init), to: "asked.i32")
  try folder.write(untouched, to: "untouched.f32")
  try folder.write(adjusted, to: "adjusted.f32")
  print(lastSeconds)
}
