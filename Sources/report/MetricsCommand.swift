import Exchange
import StageKit

extension Report {
  struct Metrics: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "metrics",
      abstract: "Write what a monitoring system asks, in the Prometheus exposition format.",
      discussion: """
        For the textfile collector of node_exporter; the article "Running it every morning" explains the \
        metrics.

          report metrics --site site.toml --store data/store --output tidemark.prom
        """)

    @OptionGroup var common: CommonOptions

    @Option(help: "The file to write, which every account may read, instead of stdout.")
    var output: String?

    func run() throws {
      let reader = MetricsReader(
        site: try common.openSite(), store: try common.openStore(), logger: common.logger("report"))
      let text = try reader.metrics().text
      guard let output else { return print(text, terminator: "") }
      // The collector runs under another account.
      try FileBytes.replace(output, with: text.utf8, mode: 0o644)
    }
  }
}
