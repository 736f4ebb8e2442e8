import FoundationEssentials

/// JSON with members in the order of their names, so that equal values are equal bytes.
package enum JSONText {
  /// A value without a line's end, anywhere.
  package static func compact(_ value: some Encodable, snakeCase: Bool = false) throws -> String {
    try text(value, [.sortedKeys, .withoutEscapingSlashes], snakeCase)
  }

  /// A value on a line of its own.
  package static func line(_ value: some Encodable, snakeCase: Bool = false) throws -> String {
    try compact(value, snakeCase: snakeCase) + "\n"
  }

  /// A value as a file for people, too: a member a line.
  package static func file(_ value: some Encodable, snakeCase: Bool = false) throws -> String {
    try text(value, [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted], snakeCase) + "\n"
  }

  /// - Parameter snakeCase: whether names of properties in camel case become `snake_case`.
  private static func text(
    _ value: some Encodable, _ formatting: JSONEncoder.OutputFormatting, _ snakeCase: Bool
  ) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = formatting
    if snakeCase { encoder.keyEncodingStrategy = .convertToSnakeCase }
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
