import Events
import Registry
import StageKit

extension Report {
  struct Diff: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "diff",
      abstract: "What the reports of two stores say differently, and what made them differ.",
      discussion: """
        Ends with 0 whether or not they differ; the last line says which. With --format csv, a record for
        each incident that differs; what made the stores differ is on stderr.

          report diff data/store data/tried
          report diff data/store data/tried --from 2026-03-02 --to 2026-03-08 --format csv
        """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
      case text, csv
    }

    @Argument(help: "A store, called A.") var a: String
    @Argument(help: "The store to compare it with, called B.") var b: String
    @OptionGroup var period: PeriodOptions
    @Option(help: "How it is printed.") var format = Format.text

    func run() throws {
      let (first, last) = (try period.first, try period.last)
      let comparison = try StoreComparison(try open(a), try open(b)) { day in
        first.map { $0 <= day } ?? true && last.map { day <= $0 } ?? true
      }
      switch format {
      case .text: for line in comparison.lines { print(PlainText.visible(line)) }
      case .csv:
        for line in comparison.originLines + [comparison.summary] {
          StandardError.write("report: " + PlainText.visible(line))
        }
        print(comparison.csv, terminator: "")
      }
    }

    private func open(_ path: String) throws -> Store {
      guard Store.exists(at: path) else {
        throw StageError("\(path): expected a store, found none", code: .usage)
      }
      return try Store(path: path)
    }
  }
}
