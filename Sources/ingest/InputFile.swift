import StageKit

/// A file that the site file names.
struct InputFile: Sendable {
  let path: String
  /// Its path below the part of the glob that has no pattern.
  let logName: String
  let input: Site.Input

  /// All inputs' files, and a failure for each input that matches none. A file that several inputs
  /// of a source match is the first one's.
  static func all(of site: Site) throws -> (files: [InputFile], missing: [FileResult]) {
    var seen: Set<String> = []
    var files: [InputFile] = []
    var missing: [FileResult] = []
    for input in site.inputs {
      let pattern = site.resolve(input.glob)
      let paths = try Glob.files(matching: pattern)
      guard !paths.isEmpty else {
        var result = FileResult(path: pattern, source: input.source)
        result.state = .failed(
          "\(input.place.text("glob")): no file matches \(pattern); correct it, or take the "
            + "[[input]] out")
        missing.append(result)
        continue
      }
      let base = fixedFolder(of: pattern)
      for path in paths where seen.insert("\(input.source)\n\(path)").inserted {
        let name = path.hasPrefix(base + "/") ? String(path.dropFirst(base.count + 1)) : path
        files.append(InputFile(path: path, logName: name, input: input))
      }
    }
    return (files, missing)
  }

  /// Files of a source that are equally long, and so may be the same, together: the first of them
  /// in order is the one that is kept, however many threads there are.
  static func groups(_ files: [InputFile]) throws -> [[InputFile]] {
    struct Key: Hashable {
      let source: String
      let size: Int
    }
    var places: [Key: Int] = [:]
    var groups: [[InputFile]] = []
    for file in files {
      // A file that is gone by now is reported when it is read.
      let size = FileBytes.exists(file.path) ? try FileBytes.size(of: file.path) : -1
      let key = Key(source: file.input.source, size: size)
      if let place = places[key] {
        groups[place].append(file)
      } else {
        places[key] = groups.count
        groups.append([file])
      }
    }
    return groups
  }

  /// The folder above the first part of a glob that holds a pattern, or above the file.
  private static func fixedFolder(of pattern: String) -> String {
    if FileBytes.isFolder(pattern) {
      return pattern.hasSuffix("/") ? String(pattern.dropLast()) : pattern
    }
    var folder = FileBytes.parent(of: pattern)
    while folder.contains(where: { "*?[".contains($0) }) { folder = FileBytes.parent(of: folder) }
    return folder
  }
}
