import LogReaders

/// Takes a text for a format file and runs its samples.
package enum FormatCheck {
  /// What came out wrong, in words; nil where nothing did, or the text was refused.
  package static func fault(_ text: String, _ settings: ReaderSettings) -> String? {
    do {
      let format = try Format(toml: text, path: "format.toml")
      let failures = format.runTests(zoneRules: settings.zoneRules)
      return failures.first { $0.problem == "lines are not accounted for" }?.description
    } catch is FormatError {
      return nil
    } catch {
      return "\(error)"
    }
  }
}
