import TOMLKit

/// A table of a TOML file whose keys are taken one by one; what is left over is an error.
final class TOMLSection {
  let path: String
  let name: String
  private let table: TOMLTable
  private var left: Set<String>

  init(_ table: TOMLTable, name: String, path: String) {
    self.table = table
    self.name = name
    self.path = path
    left = Set(table.keys)
  }

  func error(_ problem: String) -> FormatError {
    FormatError(path: path, problem: name.isEmpty ? problem : "\(name) \(problem)")
  }

  var keys: [String] { table.keys.sorted() }
  func has(_ key: String) -> Bool { table[key] != nil }

  private func take(_ key: String) -> (any TOMLValueConvertible)? {
    left.remove(key)
    return table[key]
  }

  private func take<T>(
    _ key: String, _ expected: String, _ get: (any TOMLValueConvertible) -> T?
  ) throws -> T? {
    guard let value = take(key) else { return nil }
    guard let result = get(value) else {
      throw error("\(key): expected \(expected), found \(value.debugDescription)")
    }
    return result
  }

  func text(_ key: String) throws -> String? { try take(key, "a string") { $0.string } }
  func bool(_ key: String) throws -> Bool { try take(key, "true or false") { $0.bool } ?? false }
  func int(_ key: String) throws -> Int? { try take(key, "a whole number") { $0.int } }

  /// A string, or several in an array.
  func texts(_ key: String) throws -> [String] {
    try take(key, "a string or an array of strings") { value in
      if let text = value.string { return [text] }
      guard let array = value.array else { return nil }
      let texts = array.compactMap(\.string)
      return texts.count == array.count ? texts : nil
    } ?? []
  }

  func requiredText(_ key: String) throws -> String {
    guard let text = try text(key) else { throw error("lacks \(key)") }
    return text
  }

  func oneOf<T: RawRepresentable & CaseIterable>(
    _ key: String, _: T.Type
  ) throws -> T? where T.RawValue == String {
    guard let text = try text(key) else { return nil }
    guard let value = T(rawValue: text) else {
      let known = T.allCases.map(\.rawValue).joined(separator: ", ")
      throw error("\(key): expected one of \(known), found \"\(text)\"")
    }
    return value
  }

  /// A byte given as a one-character string; nil for "".
  func byte(_ key: String) throws -> UInt8? {
    guard let text = try text(key), !text.isEmpty else { return nil }
    return try byte(key, text)
  }

  func byte(_ key: String, _ text: String) throws -> UInt8 {
    guard text.utf8.count == 1, let byte = text.utf8.first else {
      throw error("\(key): expected one ASCII character, found \"\(text)\"")
    }
    return byte
  }

  func section(_ key: String) throws -> TOMLSection? {
    try take(key, "a table") { $0.table }.map {
      TOMLSection($0, name: name.isEmpty ? "[\(key)]" : "\(name) \(key)", path: path)
    }
  }

  func requiredSection(_ key: String) throws -> TOMLSection {
    guard let section = try section(key) else { throw error("lacks [\(key)]") }
    return section
  }

  /// The tables of an array of tables.
  func sections(_ key: String) throws -> [TOMLSection] {
    let tables =
      try take(key, "an array of tables") { value -> [TOMLTable]? in
        guard let array = value.array else { return nil }
        let tables = array.compactMap(\.table)
        return tables.count == array.count ? tables : nil
      } ?? []
    return tables.enumerated().map {
      TOMLSection($0.element, name: "[[\(key)]] \($0.offset + 1)", path: path)
    }
  }

  /// A number, truth value or string as text.
  func scalar(_ key: String) throws -> String? {
    try take(key, "a string, number or truth value") {
      $0.string ?? $0.int.map { String($0) } ?? $0.bool.map { String($0) }
    }
  }

  /// Columns and the texts wanted in them.
  func conditions(_ key: String) throws -> [String: [String]] {
    guard let section = try section(key) else { return [:] }
    var conditions: [String: [String]] = [:]
    for column in section.keys { conditions[column] = try section.texts(column) }
    return conditions
  }

  /// - Throws: where a text is no regular expression.
  func checkPattern(_ text: String, of key: String) throws {
    do {
      _ = try Pattern(text)
    } catch {
      throw self.error("\(key): \"\(text)\" is not a regular expression: \(error)")
    }
  }

  /// - Throws: where keys were not taken.
  func finish() throws {
    guard left.isEmpty else {
      throw error("has unknown keys: \(left.sorted().joined(separator: ", "))")
    }
  }
}
