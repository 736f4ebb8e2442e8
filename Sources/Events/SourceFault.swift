import Columnar

/// Why the rows of a source and class don't say, for some hours, what they usually say.
package struct SourceFault: Hashable, Sendable {
  package enum Kind: String, Sendable, CaseIterable {
    /// There are none: what hosts did is unknown, not nothing.
    case silent
    /// They are there more than once: counts and bytes are too high.
    case repeated
    /// Bytes are missing.
    case bytes
    /// Addresses, ports, protocols or names are missing.
    case keys
    /// Their times are hours off.
    case clock
  }
  package let source: String
  package let eventClass: EventClass
  package let kind: Kind
  package let window: Range<Instant>
  /// A few words for people.
  package let note: String

  package init(
    source: String, eventClass: EventClass, kind: Kind, window: Range<Instant>, note: String
  ) {
    self.source = source
    self.eventClass = eventClass
    self.kind = kind
    self.window = window
    self.note = note
  }
}
