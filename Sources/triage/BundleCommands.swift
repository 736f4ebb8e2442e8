import Events
import Evidence
import Incidents
import Registry
import StageKit

extension Triage {
  struct Keygen: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "keygen",
      abstract:
        "Make the key that bundles are signed with, where the site file says; prints its public part."
    )

    @OptionGroup var common: CommonOptions
    @OptionGroup var actor: ActorOptions

    func run() throws {
      let casebook = try Casebook(common, actor, to: .approve)
      let key = try EvidenceKey.make(
        at: casebook.site.evidenceKeyPath, outside: casebook.store)
      print(key.publicKey.pem)
    }
  }

  struct Bundle: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "bundle",
      abstract: "Write what an incident rests on to a folder, signed, so that any change shows.",
      discussion: """
          triage keygen > public.pem
          triage bundle 3f2a --to evidence-3f2a
          triage verify-bundle evidence-3f2a --key public.pem
        """)

    @OptionGroup var options: IncidentOptions
    @Option(help: "The day; by default the last on which it was seen.") var day: String?
    @Option(help: "The folder to write: a new one, in a folder that exists.") var to: String

    func validate() throws {
      if let day, CivilDate(day) == nil {
        throw ValidationError("--day: expected a date such as 2026-03-29, found \(day)")
      }
    }

    func run() throws {
      let casebook = try Casebook(options.common, options.actor, to: .view, for: .writing)
      let item = try casebook.find(options.incident)
      let bundle = try EvidenceBundle.write(
        incident: item.latest.id, day: day.flatMap { CivilDate($0) } ?? item.latest.day,
        site: casebook.site, store: casebook.store,
        key: try EvidenceKey(path: casebook.site.evidenceKeyPath), to: to)
      let logger = options.common.logger("triage")
      for table in bundle.rows where table.written < table.found {
        logger.warning(
          "\(table.table): the first \(table.written) of \(table.found) rows are in the bundle")
      }
      print(to)
    }
  }

  struct VerifyBundle: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "verify-bundle",
      abstract: "Check that a bundle is as it was written; needs neither site nor store.")

    @Argument(help: "The bundle's folder.") var folder: String
    @Option(help: "The public key that must have signed it, as keygen printed it.") var key: String?

    func run() throws {
      let found = try EvidenceBundle.verify(folder: folder, publicKey: key)
      for problem in found.problems { print(PlainText.visible(problem.description)) }
      guard found.isIntact else {
        throw StageError(
          "\(folder): not as it was written: \(Quantity.counted(found.problems.count, "fault"))")
      }
      print("\(folder): \(found.fileCount) files are as they were signed")
      if key == nil {
        print("the key is the bundle's own: name the signer's with --key to know who signed it")
      }
    }
  }
}
