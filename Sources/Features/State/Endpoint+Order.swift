import Columnar
import Events

/// A host, destination or name with its place in the order of stored tables: addresses by number,
/// then names by their bytes.
package struct NamedEndpoint: Hashable, Comparable, Sendable {
  package let text: String
  private let address: Address?

  package init(_ bytes: UnsafeRawBufferPointer) {
    text = String(decoding: bytes, as: UTF8.self)
    address = Address(parsing: bytes)
  }

  /// A name that was asked for, and takes its place among names even where it reads as an address.
  init(name bytes: UnsafeRawBufferPointer) {
    text = String(decoding: bytes, as: UTF8.self)
    address = nil
  }

  package init(_ text: String) {
    self.text = text
    address = Address(text)
  }

  package static func == (a: NamedEndpoint, b: NamedEndpoint) -> Bool { a.text == b.text }

  package func hash(into hasher: inout Hasher) { hasher.combine(text) }

  package static func < (a: NamedEndpoint, b: NamedEndpoint) -> Bool {
    switch (a.address, b.address) {
    case (let first?, let second?): first < second
    case (.some, nil): true
    case (nil, .some): false
    case (nil, nil): a.text.utf8.lexicographicallyPrecedes(b.text.utf8)
    }
  }
}
