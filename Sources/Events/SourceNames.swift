/// Names of sources as one text, as tables of hosts have them. A source's name has no spaces.
package enum SourceNames {
  package static func text(_ names: Set<String>) -> String {
    names.filter { !$0.isEmpty }.sorted().joined(separator: " ")
  }

  package static func names(_ text: String) -> Set<String> {
    Set(text.split(separator: " ").map(String.init))
  }
}
