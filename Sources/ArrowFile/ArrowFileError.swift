/// Why an Arrow file could not be read or written.
package struct ArrowFileError: Error, Hashable, CustomStringConvertible {
  package let path: String
  /// Where in the file; nil where no place in it is to blame.
  package let byteOffset: Int?
  package let expected: String
  package let found: String
  /// Whether the file is whole, but another version of Tidemark wrote it.
  package let isOtherVersion: Bool

  package init(
    path: String, byteOffset: Int? = nil, expected: String, found: String,
    isOtherVersion: Bool = false
  ) {
    self.path = path
    self.byteOffset = byteOffset
    self.expected = expected
    self.found = found
    self.isOtherVersion = isOtherVersion
  }

  package var description: String {
    let place = byteOffset.map { "\(path): byte \($0)" } ?? path
    return "\(place): expected \(expected), found \(found)"
  }
}
