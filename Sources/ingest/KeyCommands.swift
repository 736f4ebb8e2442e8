import Columnar
import Events
import Pseudonyms
import StageKit

extension Ingest {
  struct Keygen: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "keygen",
      abstract: "Make the key of a site's pseudonyms, in a file that only you can read.",
      discussion: """
        Keep a copy in a safe place: without the key no pseudonym is turned back, and no further day \
        fits the store.

          ingest keygen privacy.key
        """)

    @Argument(help: "The file, which must not be there yet.")
    var file: String

    func run() throws {
      try FileBytes.createPrivate(PseudonymKey.newText().utf8, at: file)
    }
  }

  struct Reveal: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "reveal",
      abstract: "Turn pseudonyms of addresses back, for those who have the key.",
      discussion: """
        Prints each address with the one behind it. With --hide it is the other way about: the \
        pseudonym of each address or name, to find it in a report. Names can't be turned back; who is \
        behind one is found by hiding the names that come into question.

          ingest reveal --site site.toml --store data/store 10.83.201.7
          ingest reveal --site site.toml --store data/store --hide 10.0.0.7 anna
        """)

    @OptionGroup var common: CommonOptions

    @Flag(help: "Print the pseudonyms of real addresses and names.")
    var hide = false

    @Argument(help: "Addresses; with --hide names of users and hosts too.")
    var names: [String]

    func run() throws {
      let site = try common.openStatedSite()
      _ = try common.openStore(for: .writing)  // Who asked is in the audit log.
      guard let pseudonymiser = try site.pseudonymiserAtHand(for: common.store) else {
        throw StageError(
          try site.missingKeyNote(for: common.store, "pseudonyms")
            ?? "\(common.site): expected [privacy] with addresses or names, found none")
      }
      for name in names {
        for line in try lines(name, pseudonymiser) { print("\(name)\t\(line)") }
      }
    }

    private func lines(_ name: String, _ pseudonymiser: Pseudonymiser) throws -> [String] {
      if let address = Address(name) {
        return [(hide ? pseudonymiser.address : pseudonymiser.original)(address).description]
      }
      guard hide else { return ["can't be turned back: names are hashed"] }
      return [pseudonymiser.user(name), pseudonymiser.host(name)]
    }
  }
}
