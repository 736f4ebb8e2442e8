import Events
import Registry
import StageKit

extension Report {
  struct Reword: StageCommand {
    static let configuration = CommandConfiguration(
      commandName: "reword",
      abstract: "Let a language model reword days' explanations; nothing without [wording].",
      discussion: """
        Asks the site file's [wording] about the incidents to decide, keeps its answers in the store, \
        and writes the report again with what of them says nothing but what the evidence says. That \
        a model doesn't answer, or answers something else, is no failure: the report stays as it is.
        """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var days: DayOptions

    func run() throws {
      let site = try common.openSite()
      guard let wording = site.wording else { return }
      let store = try common.openStore(for: .writing)
      try store.requireInUse()
      let logger = common.logger("report")
      let reporter = try Reporter(site: site, store: store)
      let reworder = Reworder(wording: wording, store: store, reader: reporter.reader)
      for day in try days.days(in: store, area: "reports", of: site) {
        if let outcome = try store.settled(.reports, day, site: site) {
          logger.info("\(day): \(outcome)")
          continue
        }
        try store.requireReport(day)
        if let remark = try WordingFile(store: store, day: day).remark() {
          logger.warning("\(day): \(remark)")
        }
        let outcome = try reworder.ask(day)
        for failure in outcome.failures {
          logger.warning("\(day): \(wording.model): \(PlainText.visible(failure))")
        }
        logger.info("\(day): \(outcome.reworded) of \(outcome.decided) in other words")
        _ = try reporter.make(day)
        if common.json {
          print(
            "{\"day\":\"\(day)\",\"asked\":\(outcome.asked),\"answered\":\(outcome.answered),"
              + "\"decided\":\(outcome.decided),\"reworded\":\(outcome.reworded)}")
        }
      }
      try PeriodReader(site: site, store: store).writeIndex()
    }
  }
}
