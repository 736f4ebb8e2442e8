/// Why an Arrow file could not be read or written.
package struct ArrowFileError: Error, Hashable, CustomStringConvertible {
  package let path: String
  /// Where in the file; nil where no place in it is to blame.
  package let byteOffset: Int?
  package let expected: String
  package let found: String

  package init(path: String, byteOffset: Int? = nil, expected: String, found: String) {
    self.path = path
    self.byteOffset = byteOffset
    self.expected = expected
    self.found = found
  }

  package var description: String {
    let place = byteOffset.map { "\(path): byte \($0)" } ?? path
    return "\(place): expected \(expected), found \(found)"
  }
}
