import Events
import FoundationEssentials
import StageKit

extension Ingest {
  struct Files: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "files", abstract: "Lists the files that the site file's inputs match.",
      discussion: """
        Prints a JSON object for each file or, of files of a source that are equally long and so may be the
        same, for all of them together: the first of them is the one that is kept, so who hands files to
        several runs of ingest --file hands such to the same run. What is read has neither another length
        nor another time than when the store got it.
        """)

    @OptionGroup var common: CommonOptions

    private struct Line: Encodable {
      let source: String
      /// Of each of the files.
      let bytes: Int
      let paths: [String]
      let read: Bool
    }

    func run() throws {
      let site = try common.openStatedSite()
      let ledger =
        Store.exists(at: common.store) ? try Ledger(store: common.openStore()) : nil
      for files in try InputFile.groups(InputFile.all(of: site).files) {
        // Some may be gone since the folders were listed.
        let files = files.filter { FileBytes.exists($0.path) }
        guard let first = files.first else { continue }
        let isRead = try files.allSatisfy { file in
          try ledger?.entry(for: file, status: FileBytes.status(of: file.path)) != nil
        }
        let line = Line(
          source: first.input.source, bytes: try FileBytes.size(of: first.path),
          paths: files.map(\.path), read: isRead)
        print(try JSONText.compact(line))
      }
    }
  }
}
