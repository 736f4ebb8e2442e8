import Columnar
import Events
import Foundation
import LogReaders

extension ReaderSettings {
  /// For texts of any format: all that a site may have to say is said.
  package static func ofAnyFormat() throws -> ReaderSettings {
    var settings = ReaderSettings { name in
      let file = try Data(contentsOf: URL(fileURLWithPath: "/usr/share/zoneinfo/" + name))
      return try TimeZoneRules(name: name, tzif: Array(file))
    }
    settings.zone = try settings.zoneRules("Europe/Berlin")
    settings.year = 2026
    settings.source = "any"
    settings.digest = { "digest of \($0.count) bytes" }
    return settings
  }
}

extension FormatLibrary {
  /// The formats that come with the repository.
  package static func ofRepository() throws -> FormatLibrary {
    let repository = #filePath.split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 }
    return try FormatLibrary(directories: [repository + "/pipelines/formats"])
  }
}
