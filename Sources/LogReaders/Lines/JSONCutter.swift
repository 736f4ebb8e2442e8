/// The keys of a JSON object that a format reads, and those of the objects inside it.
final class JSONKeys {
  let names: FieldNames
  /// By position in `names`: the field, -1 where only something inside the value is read.
  let fields: [Int]
  let inner: [JSONKeys?]

  /// - Parameter paths: keys joined by dots, each with its field. A dot may also be part of a key.
  init(_ paths: [(path: String, field: Int)]) {
    var keys: [String] = []
    var fields: [Int] = []
    var rests: [[(String, Int)]] = []
    func place(_ key: String) -> Int {
      if let known = keys.firstIndex(of: key) { return known }
      keys.append(key)
      fields.append(-1)
      rests.append([])
      return keys.count - 1
    }
    for (path, field) in paths {
      fields[place(path)] = field
      for dot in path.indices where path[dot] == "." && dot > path.startIndex {
        rests[place(String(path[..<dot]))].append((String(path[path.index(after: dot)...]), field))
      }
    }
    names = FieldNames(keys)
    self.fields = fields
    inner = rests.map { $0.isEmpty ? nil : JSONKeys($0) }
  }

  @inline(__always) func index(of key: UnsafeRawBufferPointer) -> Int {
    guard let start = key.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return -1 }
    return names.index(of: FieldText(start: start, count: key.count))
  }
}

/// Cuts a JSON object into fields by path. `outer.inner` reaches into objects and into each object
/// of an array, `outer.0` into an array's first element; several texts are joined by commas.
struct JSONCutter: TextCutter {
  private let keys: JSONKeys

  init(_ names: FieldNames) {
    keys = JSONKeys(names.names.enumerated().map { ($0.element, $0.offset) })
  }

  func cut(_ text: Range<Int>, into table: FieldTable) -> RejectReason.Kind {
    var parser = JSONLineParser(
      piece: table.piece, position: text.lowerBound, end: text.upperBound)
    guard takeObject(&parser, keys, into: table, joins: false, depth: 0) else {
      return .malformedJSON
    }
    parser.skipSpace()
    return parser.isAtEnd ? .none : .malformedJSON
  }

  private func takeObject(
    _ parser: inout JSONLineParser, _ keys: JSONKeys, into table: FieldTable, joins: Bool,
    depth: Int
  ) -> Bool {
    guard depth < 16, parser.take(UInt8(ascii: "{")) else { return false }
    if parser.take(UInt8(ascii: "}")) { return true }
    repeat {
      guard let key = parser.string(), parser.take(UInt8(ascii: ":")) else { return false }
      let index = keys.index(of: parser.text(key))
      guard take(&parser, keys, index, into: table, joins: joins, depth: depth) else {
        return false
      }
    } while parser.take(UInt8(ascii: ","))
    return parser.take(UInt8(ascii: "}"))
  }

  /// Takes the value of the key at a position among those that are read; -1 for another key.
  private func take(
    _ parser: inout JSONLineParser, _ keys: JSONKeys, _ index: Int, into table: FieldTable,
    joins: Bool, depth: Int
  ) -> Bool {
    guard index >= 0 else { return parser.skipValue() }
    parser.skipSpace()
    if let inner = keys.inner[index] {
      if parser.byte == UInt8(ascii: "{") {
        return takeObject(&parser, inner, into: table, joins: joins, depth: depth + 1)
      }
      if parser.byte == UInt8(ascii: "[") {
        return takeArray(&parser, inner, into: table, depth: depth + 1)
      }
    }
    guard keys.fields[index] >= 0 else { return parser.skipValue() }
    guard let value = parser.value() else { return false }
    guard case .text(let place) = value else { return true }
    return set(keys.fields[index], place, table, joins: joins)
  }

  private func takeArray(
    _ parser: inout JSONLineParser, _ keys: JSONKeys, into table: FieldTable, depth: Int
  ) -> Bool {
    guard depth < 16, parser.take(UInt8(ascii: "[")) else { return false }
    if parser.take(UInt8(ascii: "]")) { return true }
    var number = 0
    repeat {
      let numbered = number < 10 ? keys.names.index(of: String(number)) : -1
      number += 1
      parser.skipSpace()
      if numbered >= 0 {
        guard take(&parser, keys, numbered, into: table, joins: false, depth: depth) else {
          return false
        }
      } else if parser.byte == UInt8(ascii: "{") {
        guard takeObject(&parser, keys, into: table, joins: true, depth: depth + 1) else {
          return false
        }
      } else if !parser.skipValue() {
        return false
      }
    } while parser.take(UInt8(ascii: ","))
    return parser.take(UInt8(ascii: "]"))
  }

  /// Sets a field, or adds to it; false where there is no room for so many texts.
  private func set(_ field: Int, _ place: Place, _ table: FieldTable, joins: Bool) -> Bool {
    let piece = table.piece
    guard joins, let first = table.nextField(field) else {
      table.setField(field, before: place.before, after: place.after)
      return true
    }
    let texts = [piece.text(first), piece.text(place.before + 1..<place.after)]
    let comma = [UInt8(ascii: ",")]
    guard let joined = piece.store(Array(texts.joined(separator: comma))) else { return false }
    table.setField(field, before: joined.before, after: joined.after)
    return true
  }
}
