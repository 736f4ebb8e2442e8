import Columnar
import Events
import Glibc
import Pseudonyms

extension Site {
  /// `[privacy]`: what never reaches the store, and what is replaced on its way there.
  package struct Privacy: Sendable {
    /// How addresses are encrypted; nil where they stay.
    package let method: PrefixCipher.Method?
    /// Whether names of people, hosts and devices are replaced.
    package let hidesNames: Bool
    /// Columns of the event schema that are not stored.
    package let dropped: Set<String>
    /// Columns of which a keyed digest is stored.
    package let hashed: Set<String>
    /// Whether URLs lose their queries.
    package let cutsURLs: Bool
    let keyFile: String?
    let place: TOMLPlace

    /// Stands for the query of `url_full`, which is no column.
    private static let query = "url_query"
    /// What no detector needs, or needs least, and what people write into.
    private static let droppedByDefault = [
      query, Event.userAgent.name, Event.reason.name,
    ]
    /// Columns that `ingest` fills or derives others from.
    private static let kept: Set<String> = [
      Event.time.name, Event.end.name, Event.durationMicroseconds.name, Event.timeQuality.name,
      Event.dataset.name, Event.source.name, Event.observer.name, Event.logFile.name,
      Event.logLine.name, Event.bytesKind.name,
    ]

    init(_ table: TOMLReader) throws {
      place = table.place
      method = try Privacy.choice(table, "addresses") { PrefixCipher.Method(rawValue: $0) }
      hidesNames = try Privacy.choice(table, "names") { $0 == "hmac" ? true : nil } ?? false
      keyFile = try table.string("key_file")
      let dropped = try table.strings("drop") ?? Privacy.droppedByDefault
      let hashed = try table.strings("hash") ?? []
      try table.finish()
      cutsURLs = dropped.contains(Privacy.query)
      self.dropped = Set(dropped).subtracting([Privacy.query])
      self.hashed = Set(hashed)
      for name in self.dropped.sorted() where !Privacy.columns.contains(where: { $0.name == name })
      {
        throw table.fail(
          "drop", "expected columns of the event schema or \(Privacy.query), found \"\(name)\"")
      }
      for name in hashed
      where !Privacy.columns.contains(where: { $0.name == name && $0.type.isText }) {
        throw table.fail("hash", "expected columns of text, found \"\(name)\"")
      }
      if let twice = self.hashed.intersection(self.dropped).min() {
        throw table.fail("hash", "\(twice) is dropped already; name it once")
      }
      // A digest with a known key is undone by trying all names.
      guard keyFile != nil || !needsKey else {
        throw table.fail(
          "key_file",
          "missing, expected for instance key_file = \"privacy.key\"; make one with: "
            + "ingest keygen privacy.key")
      }
    }

    package var makesPseudonyms: Bool { method != nil || hidesNames }

    /// Whether what is stored depends on a key.
    package var needsKey: Bool { makesPseudonyms || !hashed.isEmpty }

    private static var columns: [Field] {
      EventClass.allCases.flatMap(\.schema.fields).filter { !kept.contains($0.name) }
    }

    /// The value of a key that is `keep`, or one that `read` knows.
    private static func choice<Value>(
      _ table: TOMLReader, _ key: String, _ read: (String) -> Value?
    ) throws -> Value? {
      guard let text = try table.string(key), text != "keep" else { return nil }
      guard let value = read(text) else {
        let known =
          key == "names" ? ["hmac"] : PrefixCipher.Method.allCases.map(\.rawValue)
        throw table.fail(
          key, "expected \((known + ["keep"]).joined(separator: " or ")), found \"\(text)\"")
      }
      return value
    }
  }

  /// What makes the site's pseudonyms and digests; nil where it has none.
  /// - Throws: where the key is missing, is open to others, lies in the store, or is none.
  package func pseudonymiser(for store: String) throws -> Pseudonymiser? {
    guard let privacy, privacy.needsKey, let path = keyPath else { return nil }
    guard FileBytes.exists(path) else {
      throw StageError(
        "\(path): expected the key that \(privacy.place.text("key_file")) names, found none; make "
          + "one with: ingest keygen \(path)")
    }
    let mode = try FileBytes.status(of: path).st_mode
    guard mode & 0o077 == 0 else {
      throw StageError(
        "\(path): expected a key that only its owner can read, found mode "
          + "\(String(mode & 0o777, radix: 8)); run: chmod 600 \(path)")
    }
    if FileBytes.exists(store), try FileBytes.isInside(path, folder: store) {
      throw StageError("\(path): expected a key outside the store \(store); move it elsewhere")
    }
    let text = String(decoding: try FileBytes.read(path), as: UTF8.self)
    do {
      return try Pseudonymiser(
        PseudonymKey(text: text), addresses: privacy.method, hidesNames: privacy.hidesNames)
    } catch let error as PseudonymError {
      throw StageError("\(path): \(error)")
    }
  }

  /// The same for a stage that can do without: nil where the key is not at hand.
  /// - Throws: where the key is not the one that the store was made with.
  package func pseudonymiserAtHand(for store: String) throws -> Pseudonymiser? {
    guard let path = keyPath, access(path, R_OK) == 0,
      let pseudonymiser = try pseudonymiser(for: store)
    else { return nil }
    if let stored = try StoredPrivacy.read(store: store), stored.key != pseudonymiser.fingerprint {
      throw stored.mismatch(store, "key \(pseudonymiser.fingerprint)", "key \(stored.key)")
    }
    return pseudonymiser
  }

  /// What a stage says that needs real addresses and has no key; nil where it has, or needs none.
  package func missingKeyNote(for store: String, _ what: String) throws -> String? {
    guard let privacy, privacy.makesPseudonyms, try pseudonymiserAtHand(for: store) == nil else {
      return nil
    }
    return "\(what) can't be matched with the store's pseudonyms, since the key "
      + "\(keyPath ?? "") is not at hand"
  }

  private var keyPath: String? { privacy?.keyFile.map(resolve) }

  /// The site as a store shows it: its networks are those of the pseudonyms.
  package func seen(in store: String) throws -> Site {
    let stored = try StoredPrivacy.read(store: store)
    guard let privacy, privacy.needsKey else {
      if let stored { throw stored.mismatch(store, "no pseudonyms", "some") }
      return self
    }
    guard let stored else {
      // A store that is missing is said by whoever opens it.
      guard Store.exists(at: store) else { return self }
      throw StageError(
        "\(store): expected a store with pseudonyms, found one without; run ingest first")
    }
    try stored.check(privacy, store: store)
    var seen = self
    seen.networks = SiteNetworks(stored.networks)
    return seen
  }
}
