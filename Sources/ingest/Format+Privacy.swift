import Columnar
import Events
import LogReaders
import Pseudonyms
import StageKit

extension Format {
  /// The format with what a site keeps from its store: columns dropped, hashed or to be replaced,
  /// and no line of the file in the rejects.
  func kept(from store: Site.Privacy, _ replacement: EventReplacement) -> Format {
    var format = self
    format.hidesRecords = true
    for index in map.indices {
      let name = map[index].column
      guard let field = eventClass.schema.fields.first(where: { $0.name == name }) else { continue }
      if store.dropped.contains(name) {
        format.map[index].privacy = .drop
      } else if map[index].privacy == nil {
        format.map[index].privacy =
          store.hashed.contains(name) ? .hash : replacement.replaces(field) ? .replace : nil
      }
    }
    return format
  }
}

extension Site.Privacy {
  /// All that decides what is stored of a file; lists in order.
  func text(_ pseudonymiser: Pseudonymiser?) -> String {
    let key = pseudonymiser.map { " key \($0.fingerprint)" } ?? ""
    return "addresses \(method?.rawValue ?? "keep"), names \(hidesNames ? "hmac" : "keep"),"
      + " urls \(cutsURLs ? "cut" : "keep"), drop \(dropped.sorted().joined(separator: " ")),"
      + " hash \(hashed.sorted().joined(separator: " "))" + key
  }
}
