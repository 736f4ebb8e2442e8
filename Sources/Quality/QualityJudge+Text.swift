import Columnar
import Events
import Features

extension QualityJudge {
  /// The finding with its note and its sentence.
  func described(_ finding: DataFinding, _ today: DataDay) -> DataFinding {
    var finding = finding
    (finding.note, finding.text) = words(finding, today)
    if finding.kind != .silent, finding.since < today.wholeDay.lowerBound {
      finding.text += " So since \(calendar.day(of: finding.since))."
    }
    finding.advice = finding.kind.advice
    return finding
  }

  private func words(
    _ finding: DataFinding, _ today: DataDay
  ) -> (note: String, text: String) {
    let rows = finding.eventClass.rows
    let actual = Share.text(finding.actual)
    let usual = Share.text(finding.usual ?? 0)
    let subject = finding.subject ?? ""
    switch finding.kind {
    case .silent: return silence(finding, today)
    case .clock:
      let offset = Share.offset(finding.actual)
      return (
        "clock \(offset)",
        "Its times lie \(offset) those of \(subject), by conversations that both saw"
          + (finding.usual.map { "; usually \(Share.offset($0))." } ?? ".")
          + (finding.fault == nil ? "" : " Either clock may be the wrong one.")
      )
    case .repeated:
      return (
        "\(actual) of rows are there twice",
        "\(actual) of its \(rows) say the same as another one; on \(finding.like) usually \(usual). "
          + "They were kept, so counts and bytes are too high."
      )
    case .nulls:
      return (
        "no \(subject) in \(actual) of rows",
        "No \(subject) in \(actual) of its \(rows); on \(finding.like) usually in \(usual)."
      )
    case .rejects:
      return (
        "\(actual) of lines rejected",
        "\(actual) of its lines were rejected, most for \"\(subject)\"; on \(finding.like) usually "
          + "\(usual)."
      )
    case .duplicates:
      return (
        "\(actual) of rows sent twice",
        "\(actual) of its \(rows) came in two files and count once; on \(finding.like) usually \(usual)."
      )
    case .crowd:
      let addresses = Quantity.count(Int(finding.actual))
      return (
        "\(addresses) addresses",
        "About \(addresses) addresses within the site's networks, more than the "
          + "\(Quantity.count(Crowd.hostLimit)) that are told apart: those with at most "
          + "\(Quantity.counted(Int(finding.limit ?? 0), "conversation")) count as the Internet's, "
          + "and are judged together."
      )
    case .sweep:
      return (
        "\(Quantity.count(Int(finding.actual))) pairs of one host",
        "More addresses and ports than the \(Quantity.count(Int(finding.limit ?? 0))) that are remembered of "
          + "a host: \(subject). Its hours count them all; what asks for each of them sees those that were "
          + "drawn."
      )
    case .strangers:
      return (
        "no address of the site's networks",
        "None of the day's \(Quantity.count(Int(finding.actual))) conversations has an address within the "
          + "site's networks: all count as the Internet's, and nothing that a host does is judged."
      )
    case .volume:
      let ratio = finding.actual / max(finding.usual ?? 1, 1)
      return (
        "\(Quantity.number(ratio)) times the usual rows",
        "\(Quantity.count(Int(finding.actual))) \(rows), \(Quantity.number(ratio)) times the usual "
          + "\(Quantity.number(finding.usual ?? 0)) of \(finding.like)."
      )
    }
  }

  private func silence(
    _ finding: DataFinding, _ today: DataDay
  ) -> (note: String, text: String) {
    let usual = Quantity.number(finding.usual ?? 0)
    let rows = finding.eventClass.rows
    var later = ""
    if let after = today.sources[SourceClass(finding.source, finding.eventClass)]?.rowsAfter,
      after > 0
    {
      later = " Its files date \(Quantity.count(Int(after))) rows after this day."
    }
    if finding.window == today.wholeDay {
      return (
        "source silent all day",
        "No \(rows) all day; \(finding.like) usually bring \(usual). The last came before "
          + "\(Quantity.clock(finding.since, calendar: calendar))."
      )
    }
    let hours = clockText(finding.window)
    return (
      "source silent \(hours)",
      "No \(rows) \(hours), in which \(finding.like) usually bring \(usual)." + later
    )
  }

  /// `06:00–12:00`; a day ends at 24:00.
  private func clockText(_ window: Range<Instant>) -> String {
    func time(_ instant: Instant) -> String {
      String(Quantity.clock(instant, calendar: calendar).suffix(5))
    }
    let end = time(window.upperBound)
    return "\(time(window.lowerBound))–\(end == "00:00" ? "24:00" : end)"
  }
}

extension QualityFinding.Kind {
  /// What to look at.
  fileprivate var advice: String {
    switch self {
    case .silent:
      "See whether the exporter runs, reaches the place it exports to, and what ingest said of its "
        + "files; once they are there, make late takes them in."
    case .clock: "Set the exporter's clock, or the zone of its [[input]]; then export again."
    case .repeated:
      "See whether two exports were joined to one file, or two outputs of the exporter go to one "
        + "place."
    case .nulls: "See what changed in the exporter's settings or version, and in its format."
    case .rejects:
      "See rejects.arrow in the folders of the source's files, and ingest check on one of them."
    case .duplicates: "Nothing is wrong with the figures; stop sending files twice."
    case .crowd:
      "See whether a device sends with forged addresses, or turns to addresses that nobody has, and "
        + "whether [site] networks names your own networks only."
    case .strangers:
      "Let [site] networks name your own networks, as the addresses in the exports are."
    case .sweep: "See what the host looks for; if it is a scanner of yours, suppress scan for it."
    case .volume: "See whether an exporter, a sampling rate or the network itself was changed."
    }
  }
}

extension EventClass {
  /// What its rows are called.
  fileprivate var rows: String {
    switch self {
    case .flow: "conversations"
    case .dns: "DNS questions"
    case .http: "web requests"
    case .tls: "TLS handshakes"
    case .auth: "logons"
    case .vpn: "VPN rows"
    case .alert: "alerts"
    case .dhcp: "DHCP rows"
    }
  }
}

private enum Share {
  /// `98 %`
  static func text(_ share: Double) -> String {
    Quantity.decimal(share * 100, places: share < 0.1 ? 1 : 0) + " %"
  }

  /// `1 h after`, `45 s before`
  static func offset(_ seconds: Double) -> String {
    let hours = (abs(seconds) / 1800).rounded() / 2
    let isWhole = hours > 0 && abs(abs(seconds) - hours * 3600) < 60
    let size =
      isWhole
      ? Quantity.decimal(hours, places: 1) + " h" : Quantity.duration(seconds: abs(seconds))
    return seconds == 0 ? "with" : "\(size) \(seconds > 0 ? "after" : "before")"
  }
}
