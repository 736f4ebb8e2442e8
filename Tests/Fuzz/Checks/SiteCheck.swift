import StageKit

/// Takes a text for a site file: it is taken, or what is wrong with it is said, the same each time.
enum SiteCheck {
  static func fault(_ input: [UInt8]) throws -> String? {
    let path = try ScratchFile(input, name: "site.toml")
    let problems = Site.problems(path: path.path)
    guard Site.problems(path: path.path) == problems else { return "other problems" }
    do {
      let site = try Site(path: path.path)
      _ = site.networksText
      return problems.isEmpty ? nil : "taken, though \(problems[0])"
    } catch let error as StageError {
      return "\(error)" == problems.first ? nil : "refused for \(error), not for \(problems)"
    }
  }
}
