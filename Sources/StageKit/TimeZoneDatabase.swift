import Events

/// The system's time zone rules.
package enum TimeZoneDatabase {
  package static let folder = "/usr/share/zoneinfo"

  /// Rules of a zone such as `Europe/Berlin`.
  package static func rules(named name: String) throws -> TimeZoneRules {
    if name == "UTC" { return .utc }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    let isPlain = parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." }
    guard isPlain, FileBytes.exists("\(folder)/\(name)"), !FileBytes.isFolder("\(folder)/\(name)")
    else {
      throw StageError("expected a zone such as \"Europe/Berlin\" or \"UTC\", found \"\(name)\"")
    }
    return try TimeZoneRules(name: name, tzif: try FileBytes.read("\(folder)/\(name)"))
  }

  /// The release of the rules, for manifests; `unknown` where the system doesn't say.
  package static var version: String {
    guard let text = try? FileBytes.read(folder + "/tzdata.zi") else { return "unknown" }
    let first = String(decoding: text.prefix { $0 != 0x0A }, as: UTF8.self)
    return first.split(separator: " ").last.map(String.init) ?? "unknown"
  }
}
