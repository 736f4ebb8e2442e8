import Foundation

// Runs what a script of Tests/Evaluation evaluates: forest-evaluation COMMAND FOLDER OPTIONS…

let commands: [String: ([String]) throws -> Void] = [
  "attribution": evaluateAttribution,
  "feedback": evaluateFeedback,
  "variants": evaluateVariants,
]

let arguments = Array(CommandLine.arguments.dropFirst())
guard let name = arguments.first, let command = commands[name] else {
  let names = commands.keys.sorted().joined(separator: " | ")
  FileHandle.standardError.write(Data("usage: forest-evaluation \(names) FOLDER …\n".utf8))
  exit(64)
}
do {
  try command(Array(arguments.dropFirst()))
} catch {
  FileHandle.standardError.write(Data("forest-evaluation: \(error)\n".utf8))
  exit(error is UsageError ? 64 : 1)
}
