import Foundation

/// Scores of learned models beside those that they must beat; evaluate_learned.py makes figures of
/// them.
///
///     learned-evaluation edges STORE FIRST [MODEL]      edges and hosts of a store's days
///     learned-evaluation edges STORE FIRST --sign-ins OTHER
///                                                       the same, with another store's sign-ins
///     learned-evaluation graph FILE FIRST               edges of a table of numbered days
///     learned-evaluation sequences STORE FIRST [MODEL]  hosts of a store's days
///     learned-evaluation products                       how fast products of matrices are
///
/// Models are trained on the days before FIRST, of which the last is held out; where the file MODEL
/// is there it is read instead, and else written. Days from the one held out on are compared. Rows
/// go to standard output, tab-separated; those that begin with `#` say what the training took.
func run(_ arguments: [String]) throws {
  let model = arguments.count == 4 ? arguments[3] : nil
  switch (arguments.first, arguments.count) {
  case ("edges", 3...4):
    let store = try Store(arguments[1])
    try EdgeComparison(
      store, signIns: nil, first: store.index(of: arguments[2]), modelPath: model
    ).run()
  case ("edges", 5) where arguments[3] == "--sign-ins":
    let store = try Store(arguments[1])
    try EdgeComparison(
      store, signIns: Store(arguments[4]), first: store.index(of: arguments[2]), modelPath: nil
    ).run()
  case ("graph", 3):
    try EdgeComparison(file: arguments[1], first: Int(arguments[2]) ?? 0).run()
  case ("sequences", 3...4):
    let store = try Store(arguments[1])
    try SequenceComparison(store, first: store.index(of: arguments[2])).run(modelPath: model)
  case ("products", 1):
    compareProducts()
  default:
    throw UsageError()
  }
}

struct UsageError: Error, CustomStringConvertible {
  let description =
    "usage: learned-evaluation edges STORE FIRST [MODEL | --sign-ins OTHER] | "
    + "graph FILE FIRST | sequences STORE FIRST [MODEL] | products"
}

do {
  try run(Array(CommandLine.arguments.dropFirst()))
} catch {
  FileHandle.standardError.write(Data("learned-evaluation: \(error)\n".utf8))
  exit(error is UsageError ? 64 : 1)
}
