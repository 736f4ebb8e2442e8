import Events
import Pseudonyms

/// `privacy.toml` of a store with pseudonyms: how they were made, so that all of them are by one
/// key, and which networks are the site's under them, so that later stages need no key.
struct StoredPrivacy: Equatable {
  let addresses: String
  let names: String
  /// The key's fingerprint.
  let key: String
  let networks: [Network]

  private static let keep = "keep"
  private static func path(_ store: String) -> String { store + "/privacy.toml" }

  init(_ pseudonymiser: Pseudonymiser, networks: SiteNetworks) {
    addresses = pseudonymiser.method?.rawValue ?? StoredPrivacy.keep
    names = pseudonymiser.hidesNames ? "hmac" : StoredPrivacy.keep
    key = pseudonymiser.fingerprint
    self.networks = networks.networks.map(pseudonymiser.network)
  }

  private init(path: String) throws {
    let file = try TOMLReader(path: path)
    addresses = try file.required("addresses", example: "\"ipcrypt-pfx\"")
    names = try file.required("names", example: "\"hmac\"")
    key = try file.required("key", example: "\"3f2a9c0d11e2b4a7\"")
    networks = try (file.strings("networks") ?? []).map { text in
      guard let network = Network(text) else {
        throw file.fail("networks", "expected address/prefix length, found \"\(text)\"")
      }
      return network
    }
    try file.finish()
  }

  /// Of a store; nil where it has no pseudonyms.
  static func read(store: String) throws -> StoredPrivacy? {
    FileBytes.exists(path(store)) ? try StoredPrivacy(path: path(store)) : nil
  }

  func write(store: String) throws {
    let networks = networks.map { "\"\($0)\"" }.joined(separator: ", ")
    try FileBytes.replace(
      StoredPrivacy.path(store),
      with: """
        addresses = "\(addresses)"
        names = "\(names)"
        key = "\(key)"
        networks = [\(networks)]

        """.utf8)
  }

  /// - Throws: where the site file says other than the store.
  func check(_ privacy: Site.Privacy, store: String) throws {
    let stated = (
      privacy.method?.rawValue ?? StoredPrivacy.keep,
      privacy.hidesNames ? "hmac" : StoredPrivacy.keep
    )
    if stated.0 != addresses { throw mismatch(store, "addresses \(stated.0)", addresses) }
    if stated.1 != names { throw mismatch(store, "names \(stated.1)", names) }
  }

  func mismatch(_ store: String, _ expected: String, _ found: String) -> StageError {
    StageError(
      "\(store): expected a store with \(expected), as [privacy] of the site file has it, found "
        + "\(found); undo the change there, or begin another store")
  }
}

extension Store {
  /// Notes how the site's pseudonyms are made, before the first of them is stored.
  /// - Parameter networks: the site's own, as they are.
  /// - Throws: where the store holds other pseudonyms, or real addresses.
  package func note(_ pseudonymiser: Pseudonymiser?, of site: Site) throws {
    let found = try StoredPrivacy.read(store: path)
    guard let pseudonymiser, let privacy = site.privacy else {
      if let found { throw found.mismatch(path, "no pseudonyms", "some") }
      return
    }
    let wanted = StoredPrivacy(pseudonymiser, networks: site.networks)
    guard let found else {
      guard
        try !privacy.makesPseudonyms
          || !FileBytes.names(in: ingested).contains(where: { $0.hasPrefix("source=") })
      else {
        throw wanted.mismatch(path, "pseudonyms", "real addresses and names")
      }
      return try wanted.write(store: path)
    }
    try found.check(privacy, store: path)
    if found.key != wanted.key {
      throw found.mismatch(path, "key \(wanted.key)", "key \(found.key)")
    }
    if found != wanted { try wanted.write(store: path) }
  }
}
