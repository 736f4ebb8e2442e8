import Foundation
import StageKit
import TestSupport

/// What may become of a file on a disk, or by a hand.
enum Damage: String, CaseIterable, Sendable {
  case flippedBit = "bit flipped"
  case cut, emptied
  case folder = "made a folder"
  case removed

  /// - Returns: what was done; nil where that changes nothing.
  func apply(to path: String, _ random: inout SplitMix) throws -> String? {
    var bytes = try FileBytes.read(path)
    guard !bytes.isEmpty else { return nil }
    // The file has other names, which stay as they are.
    try FileBytes.remove(path)
    switch self {
    case .flippedBit:
      let bit = Int.random(in: 0..<8 * bytes.count, using: &random)
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      try FileBytes.write(bytes, to: path)
      return "bit \(bit) flipped"
    case .cut:
      let byteCount = Int.random(in: 0..<bytes.count, using: &random)
      try FileBytes.write(bytes.prefix(byteCount), to: path)
      return "cut to \(byteCount) of \(bytes.count) bytes"
    case .emptied:
      try FileBytes.write([], to: path)
    case .folder:
      try FileBytes.makeFolder(path)
    case .removed: break
    }
    return rawValue
  }
}

/// Files of a store that are alike but for day, source and content.
struct FileKind: Hashable, Sendable {
  let name: String

  /// - Parameter path: within the store.
  init(_ path: String) {
    name = path.split(separator: "/").map { part in
      part.firstIndex(of: "=").map { part[...$0] + "…" } ?? part
    }.joined(separator: "/")
  }

  /// The files of a store by kind, in order.
  static func all(of store: String) throws -> [(kind: FileKind, paths: [String])] {
    let paths = try FileManager.default.subpathsOfDirectory(atPath: store).sorted().filter {
      !FileBytes.isFolder("\(store)/\($0)") && !$0.hasSuffix(".lock")
    }
    return Dictionary(grouping: paths, by: FileKind.init).sorted { $0.key.name < $1.key.name }
      .map { ($0.key, $0.value) }
  }

  var isLog: Bool { name.hasSuffix(".jsonl") }
}
