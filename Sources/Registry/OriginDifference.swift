import Events
import StageKit

/// That two stores' folders of an area were made by other programs, settings or inputs.
package struct OriginDifference: Equatable, Sendable {
  package let area: Area
  /// `algorithm`, an option's name, or that of an input from beside the store.
  package let subject: String
  /// What each store's manifest says of it on the first of the days.
  package let a: String
  package let b: String
  package let firstDay: CivilDate
  package let dayCount: Int

  /// Gathers them day by day.
  struct Gatherer {
    private struct Key: Hashable {
      let area: Area
      let subject: String
    }
    private var order: [Key] = []
    private var found: [Key: OriginDifference] = [:]

    var differences: [OriginDifference] { order.compactMap { found[$0] } }

    mutating func add(_ area: Area, _ day: CivilDate, _ a: Manifest, _ b: Manifest) {
      let (inA, inB) = (OriginDifference.origin(a), OriginDifference.origin(b))
      for subject in Set(inA.keys).union(inB.keys).sorted() where inA[subject] != inB[subject] {
        let key = Key(area: area, subject: subject)
        let known = found[key]
        if known == nil { order.append(key) }
        let (ofA, ofB) = OriginDifference.parts(inA[subject], inB[subject])
        found[key] = OriginDifference(
          area: area, subject: subject, a: known?.a ?? ofA, b: known?.b ?? ofB,
          firstDay: known?.firstDay ?? day, dayCount: (known?.dayCount ?? 0) + 1)
      }
    }
  }

  /// What decided a folder's content, but for other folders of its own store.
  private static func origin(_ manifest: Manifest) -> [String: String] {
    var origin = manifest.options
    origin["algorithm"] = "\(manifest.algorithm)"
    var files: [Manifest.Input] = []
    for input in manifest.inputs {
      let area = input.name.split(separator: "/").first.flatMap { Area(rawValue: String($0)) }
      if area == .ingested {
        files.append(input)
      } else if area == nil {
        origin[input.name] = "SHA-256 \(input.sha256.prefix(16))…"
      }
    }
    if !files.isEmpty {
      let hash = ContentHasher.hash(files.map { "\($0.name) \($0.sha256)" }.joined(separator: "\n"))
      origin["exports"] = "\(Quantity.counted(files.count, "file")), SHA-256 \(hash.prefix(16))…"
    }
    return origin
  }

  private static let shownLength = 200

  /// Of long settings only the parts that differ.
  private static func parts(_ a: String?, _ b: String?) -> (a: String, b: String) {
    func pieces(_ text: String) -> [String] {
      // `beacon:floor=1,ceiling=2;scan:…`, as stages write settings of several parts.
      text.split(separator: ";").flatMap { part -> [String] in
        let halves = part.split(separator: ":", maxSplits: 1).map(String.init)
        guard halves.count == 2, halves[1].contains("=") else { return [String(part)] }
        return halves[1].split(separator: ",").map { "\(halves[0]) \($0)" }
      }
    }
    guard let a, let b else { return (a ?? "none", b ?? "none") }
    func shown(_ text: String, without other: String) -> String {
      let others = Set(pieces(other))
      let own = pieces(text).filter { !others.contains($0) }
      let shown = own.isEmpty ? text : own.joined(separator: ", ")
      return shown.count > shownLength ? shown.prefix(shownLength) + "…" : shown
    }
    return (shown(a, without: b), shown(b, without: a))
  }
}
