/// What to do about a detector's findings: the sections of `pipelines/playbooks/<detector>.md`. A
/// section that the file lacks is empty.
package struct Playbook: Sendable, Equatable {
  package let meaning: String
  /// Steps, the first thing to do first.
  package let checks: [String]
  package let benignCauses: [String]
  package let containment: String
  package let whomToTell: String

  /// - Parameter markdown: paragraphs and lists under headings of the second level.
  package init(markdown: String) {
    var sections: [Substring: [String]] = [:]
    var heading: Substring = ""
    for line in markdown.split(separator: "\n", omittingEmptySubsequences: true) {
      if line.hasPrefix("## ") {
        heading = line.dropFirst(3)
      } else if let item = Playbook.item(line) {
        sections[heading, default: []].append(item)
      } else if let last = sections[heading]?.indices.last {
        sections[heading]?[last] += " " + line.drop { $0 == " " }
      } else {
        sections[heading] = [String(line)]
      }
    }
    func text(_ heading: Substring) -> String { (sections[heading] ?? []).joined(separator: " ") }
    meaning = text("What it means")
    checks = sections["How to check"] ?? []
    benignCauses = sections["Usual benign causes"] ?? []
    containment = text("Containment")
    whomToTell = text("Whom to tell")
  }

  /// The text behind `- ` or `1. `; nil for other lines.
  private static func item(_ line: Substring) -> String? {
    if line.hasPrefix("- ") { return String(line.dropFirst(2)) }
    let digits = line.prefix { $0.isNumber }
    let rest = line.dropFirst(digits.count)
    return !digits.isEmpty && rest.hasPrefix(". ") ? String(rest.dropFirst(2)) : nil
  }
}
