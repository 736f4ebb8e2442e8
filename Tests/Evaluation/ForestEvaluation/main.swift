import Foundation

// What evaluate_forest.py asks of the forest library:
//   forest-evaluation variants FOLDER FEATURES THREADS SEED…

func fail(_ message: String) -> Never {
  FileHandle.standardError.write(Data("forest-evaluation: \(message)\n".utf8))
  exit(64)
}

let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "variants": try evaluateVariants(arguments.dropFirst())
default: fail("expected variants, found \(arguments.first ?? "no command")")
}
