import Foundation
import StageKit
import TestSupport
import Testing

/// A small site, whose works are disturbed. Each test has its own, so that several run at a time.
struct TortureSite: Sendable {
  /// Three days: the stages.
  static func short() throws -> TortureSite { try TortureSite(dayCount: 3, step: 24) }
  /// Twelve days, on the last of which a host scans: what people and timers do, and pruning.
  static func fortnight() throws -> TortureSite { try TortureSite(dayCount: 12, step: 96) }

  let site: SimulatedSite
  let place: TorturePlace

  private init(dayCount: Int, step: Int) throws {
    site = try SimulatedSite(dayCount: dayCount, step: step)
    place = TorturePlace(
      owner: site.folder, folder: site.folder.path + "/place", site: site.exports + "/site.toml")
    guard dayCount > 7 else { return }
    try FileBytes.makeFolder(site.exports + "/made")
    try FileBytes.write(LongSite.format.utf8, to: site.exports + "/made.toml")
    let last = site.days[dayCount - 1]
    let scan = (1...200).map { number in
      "\(last) 12:00:\(10 + number % 50),10.20.20.11,10.20.1.\(number),50000,445,tcp,60,0\n"
    }
    try FileBytes.write(
      ("start,from,to,port,service,protocol,sent,received\n" + scan.joined()).utf8,
      to: site.exports + "/made/scan.csv")
    let stated = String(decoding: try FileBytes.read(place.site), as: UTF8.self)
    try FileBytes.write((stated + moreSettings).utf8, to: place.site)
  }

  private var moreSettings: String {
    """

    [baseline]
    days = 7

    [retention]
    ingested_days = 8
    features_days = 14
    baseline_days = 7

    [[input]]
    source = "router"
    glob = "made/*.csv"
    format = "made.toml"
    zone = "Europe/Berlin"

    [[routes]]
    name = "siem"
    kind = "file"
    path = "\(place.folder)/\(TorturePlace.alerts)"

    """
  }

  private func copy(_ name: String) throws -> String {
    let copy = "\(site.folder.path)/\(name)"
    try TorturePlace.copy(place.folder, to: copy)
    return copy
  }

  /// Runs a command on the place as it is.
  private func work(
    _ name: String, _ program: String, _ arguments: [String], ending: TortureWork.Ending = .again
  ) throws -> TortureWork {
    let before = try copy("before \(name)")
    let start = ContinuousClock.now
    try place.run(program, arguments)
    return TortureWork(
      name: name, program: program, arguments: arguments + place.arguments, ending: ending,
      place: place, before: before, after: try StoreContent(place.folder),
      duration: ContinuousClock.now - start)
  }

  /// Each stage over new days, and again over days that late rows change.
  func stages() throws -> (fresh: [TortureWork], late: [TortureWork]) {
    let late = site.exports + "/netflow/nfdump.\(site.days[1]).csv"
    let hidden = site.folder.path + "/late.csv"
    func works(_ name: String, _ days: [String]) throws -> [TortureWork] {
      try SimulatedSite.stages.map {
        try work("\($0), \(name)", $0, $0 == "ingest" ? [] : days)
      }
    }
    try FileBytes.remove(place.folder)
    try FileBytes.makeFolder(place.folder)
    let all = ["--from", site.days[0], "--to", site.days[site.days.count - 1]]
    let fresh = try works("new days", all)
    try FileBytes.remove(place.folder)
    try FileBytes.move(late, to: hidden)
    for stage in SimulatedSite.stages { try place.run(stage, stage == "ingest" ? [] : all) }
    try FileBytes.move(hidden, to: late)
    let again = try works("late rows", ["--existing"])
    #expect(fresh.last.map { again.last?.after.differences($0.after) } == [])
    return (fresh, again)
  }

  /// What is done with a store that is up to date.
  func others() throws -> [TortureWork] {
    let (first, last) = (site.days[site.days.count - 3], site.days[site.days.count - 1])
    try FileBytes.remove(place.folder)
    for stage in SimulatedSite.stages {
      try place.run(stage, stage == "ingest" ? [] : ["--from", site.days[0], "--to", last])
    }
    try place.run(
      "triage",
      ["suppress", "--host", "10.20.20.13", "--detector", "beacon", "--expires", "2026-04-01"]
        + ["--reason", "known", "--as", "anna", "--at", "2026-03-13T08:00:00Z"])
    let finished = try copy("finished")
    func alone(
      _ name: String, _ program: String, _ arguments: [String],
      ending: TortureWork.Ending = .again
    ) throws -> TortureWork {
      try place.fill(from: finished)
      return try work(name, program, arguments, ending: ending)
    }
    let decide = [
      "suppress", "--host", "10.20.20.12", "--detector", "beacon", "--expires", "2026-04-01",
      "--reason", "known", "--as", "anna", "--at", "2026-03-14T08:00:00Z",
    ]
    let at = ["--at", "2026-03-14T08:00:00Z"]
    var works = [
      try alone("triage suppress", "triage", decide, ending: .decision),
      try alone("triage sync", "triage", ["sync"]),
      try alone("triage prune", "triage", ["prune", "--remove", "--as", "anna"] + at),
      try alone("report period", "report", ["period", "--day", last]),
      try alone("report notify", "report", ["notify", "--day", last] + at, ending: .messages),
      try alone(
        "score rescore", "score",
        ["rescore", "--from", first, "--to", last, "--into", place.otherStore]
          + ["--detectors", try otherSettings()], ending: .newStore),
    ]
    try place.fill(from: finished)
    try place.run("report", ["notify", "--later", "--day", last] + at)
    works.append(try work("report deliver", "report", ["deliver"] + at, ending: .messages))
    #expect(works.last?.after.files[TorturePlace.alerts]?.isEmpty == false, "there is news")
    return works
  }

  /// A folder of detectors' settings, one of them another.
  private func otherSettings() throws -> String {
    let folder = site.folder.path + "/detectors"
    try FileManager.default.copyItem(
      atPath: repository.path + "/pipelines/detectors", toPath: folder)
    let text = String(decoding: try FileBytes.read(folder + "/scan.toml"), as: UTF8.self)
    try FileBytes.write(
      text.replacing(/(?m)^floor = .*$/, with: "floor = 100000").utf8, to: folder + "/scan.toml")
    return folder
  }
}
