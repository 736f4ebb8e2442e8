import ArrowFile
import Columnar
import Events
import Foundation
import StageKit
import TestSupport
import Testing

/// A simulated site's exports, read twice: as they are, and with pseudonyms.
private struct TwoStores: Sendable {
  let site: SimulatedSite
  let plain: String
  let hidden: String

  static let made = Result { try TwoStores() }

  private static let format = """
    [format]
    id = "test.portal"
    class = "auth"

    [detect]
    header_prefix = "time,client,machine"

    [read]
    shape = "delimited"

    [time]
    field = "time"
    formats = ["iso8601"]

    [map]
    source_ip = "client"
    source_host = "machine"
    user_name = "user"
    user_agent = "agent"
    event_reason = "note"
    auth_method = "method"
    event_action = "result"

    [[test]]
    header = "time,client,machine,user,agent,note,method,result"
    line = "2026-03-02T09:00:00Z,10.20.1.7,ws01,anna,x,y,z,success"
    expect = { user_name = "anna" }
    """

  /// Texts of the portal's log that no store may hold: the second record's time is broken.
  static let secrets = [
    "anna.private", "corp-secret", "secret-laptop", "Browser/99.5", "called from home",
    "password-hunter2", "zq-host", "zq-owner",
  ]
  private static let log = """
    time,client,machine,user,agent,note,method,result
    2026-03-02T09:00:00Z,10.20.1.7,secret-laptop,CORP-SECRET\\anna.private,Browser/99.5,called from home,password-hunter2,success
    broken,10.20.1.7,secret-laptop,corp-secret\\anna.private,Browser/99.5,called from home,password-hunter2,success
    2026-03-02T09:00:05Z,10.20.1.7,secret-laptop,anna.private@corp-secret,Browser/99.5,called from home,password-hunter2,failure
    2026-03-02T09:01:00Z,198.51.100.77,,anna.private,Browser/99.5,called from home,password-hunter2,success

    """

  static let privacy = """

    [privacy]
    addresses = "ipcrypt-pfx"
    names = "hmac"
    key_file = "privacy.key"
    hash = ["auth_method"]

    """

  private init() throws {
    site = try SimulatedSite(dayCount: 5, step: 4, attacks: "all")
    (plain, hidden) = (site.folder.path + "/plain", site.folder.path + "/hidden")
    try FileBytes.write(TwoStores.format.utf8, to: site.exports + "/portal.toml")
    try FileBytes.write(TwoStores.log.utf8, to: site.exports + "/portal.csv")
    // Names that are nothing else's.
    let assets = String(decoding: try FileBytes.read(site.exports + "/assets.csv"), as: UTF8.self)
      .split(separator: "\n").map { $0.split(separator: ",") }
    let named = assets.dropFirst().map { row in
      "\(row[0]),zq-host-\(row[1]),zq-owner-\(row[2]),\(row[3]),\(row[4])\n"
    }
    try FileBytes.write(
      (assets[0].joined(separator: ",") + "\n" + named.joined()).utf8,
      to: site.exports + "/assets.csv")
    let stated =
      String(decoding: try FileBytes.read(site.exports + "/site.toml"), as: UTF8.self)
      + "\n[[input]]\nsource = \"portal\"\nglob = \"portal.csv\"\nformat = \"portal.toml\"\n"
    try FileBytes.write(stated.utf8, to: site.exports + "/site.toml")
    try FileBytes.write((stated + TwoStores.privacy).utf8, to: site.exports + "/private.toml")
    let keygen = try StageRun("ingest", ["keygen", site.exports + "/privacy.key"])
    try #require(keygen.exitCode == 0, "\(keygen.standardError)")
    try site.run(store: plain)
    try site.run(store: hidden, site: "private.toml")
  }

  /// What `ingest reveal` says of each.
  func revealed(_ names: [String]) throws -> [String: String] {
    let run = try StageRun(
      "ingest",
      ["reveal", "--site", site.exports + "/private.toml", "--store", hidden] + names)
    try #require(run.exitCode == 0, "\(run.standardError)")
    let pairs = run.standardOutput.split(separator: "\n").map { $0.split(separator: "\t") }
    return Dictionary(uniqueKeysWithValues: pairs.map { (String($0[0]), String($0[1])) })
  }

  /// The entities of a day by rank.
  func entities(_ store: String, _ day: CivilDate) throws -> [Entity] {
    let store = try Store(path: store)
    let table = try store.requiredTable(EntityScore.schema, in: store.scores(day))
    var entities: [Entity] = []
    for index in 0..<table.batchCount {
      let batch = try table.batch(index)
      for row in 0..<batch.rowCount {
        entities.append(
          Entity(
            name: batch[EntityScore.entity][row] ?? "",
            decision: batch[EntityScore.decision][row] ?? "",
            detector: batch[EntityScore.leadingDetector][row] ?? "",
            votes: batch[EntityScore.votes].value(row),
            pValue: batch[EntityScore.pValue].value(row),
            statistic: batch[EntityScore.statistic].value(row)))
      }
    }
    return entities
  }

  struct Entity: Hashable {
    var name: String
    let decision: String
    let detector: String
    let votes: UInt32
    let pValue: Double
    let statistic: Double
  }
}

@Suite("A store with pseudonyms")
struct PrivacyTests {
  private let made: TwoStores
  private var exports: String { made.site.exports }

  init() throws { made = try TwoStores.made.get() }

  @Test("ranks hosts as one without: the same p-values and decisions, once names are turned back")
  func ranking() throws {
    var entityCount = 0
    for day in made.site.days.compactMap({ CivilDate($0) }) {
      let plain = try made.entities(made.plain, day)
      var hidden = try made.entities(made.hidden, day)
      let real = try made.revealed(hidden.map(\.name).filter { Address($0) != nil } + ["::1"])
      for index in hidden.indices {
        hidden[index].name = real[hidden[index].name] ?? hidden[index].name
      }
      #expect(Set(hidden) == Set(plain), "\(day)")
      // Hosts of the same p-value and statistic may change places.
      #expect(hidden.map(\.pValue) == plain.map(\.pValue), "\(day)")
      #expect(hidden.map(\.statistic) == plain.map(\.statistic), "\(day)")
      entityCount += plain.count
    }
    #expect(entityCount > 20)
  }

  @Test("holds nothing of what is dropped, hashed or replaced, in rows, rejects or reports")
  func secrets() throws {
    let assets = String(decoding: try FileBytes.read(exports + "/assets.csv"), as: UTF8.self)
      .split(separator: "\n").dropFirst().map { $0.split(separator: ",").map(String.init) }
    let addresses = try assets.map { try #require(Address($0[0])) }
    // As columns store them.
    let numbers = addresses.map { address in
      [address.high, address.low].flatMap { word in
        (0..<8).map { String(UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)), radix: 16) }
      }.map { "\\x" + ($0.count < 2 ? "0" : "") + $0 }.joined()
    }
    let searches = [
      ["-F"] + TwoStores.secrets.flatMap { ["-e", $0] },
      ["-Fw"] + addresses.flatMap { ["-e", $0.description] },
      ["-P", numbers.joined(separator: "|")],
    ]
    for search in searches {
      #expect(try files(with: search, in: made.hidden) == [])
      #expect(try !files(with: search, in: made.plain).isEmpty)
    }
    for secret in TwoStores.secrets {
      #expect(try !files(with: ["-F", secret], in: made.plain).isEmpty, "\(secret)")
    }
  }

  /// The files of a store in which `grep` finds something.
  private func files(with search: [String], in store: String) throws -> [String] {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = ["LC_ALL=C", "grep", "-rla"] + search + ["."]
    process.currentDirectoryURL = URL(filePath: store)
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus < 2)
    return text.split(separator: "\n").map(String.init)
  }

  @Test("keeps where and why a record was rejected, and a digest in place of its line")
  func rejects() throws {
    let store = try Store(path: made.hidden)
    let folders = try FileBytes.names(in: store.ingested + "/source=portal")
    let folder = "\(store.ingested)/source=portal/\(try #require(folders.first))"
    let rows = try ArrowReader(path: folder + "/rows.arrow")
    #expect(rows.schema.index(of: Event.userAgent.name) == nil)
    #expect(rows.schema.index(of: Event.reason.name) == nil)
    let rejects = try ArrowReader(path: folder + "/rejects.arrow").batch(0)
    let line = ColumnKey<Strings>("line")
    let reason = ColumnKey<Coded<Strings>>("reason")
    #expect(rejects.rowCount == 1)
    #expect(rejects[line][0]?.count == 32)
    #expect(rejects[reason][0]?.hasPrefix("event_time: not a time") == true)
    let users = try rows.batch(0)[Event.userName]
    let parts = try #require(users[0]).split(separator: "\\").map(String.init)
    #expect(parts.count == 2 && parts[0].hasPrefix("domain-") && parts[1].hasPrefix("user-"))
    #expect(users[1] == "\(parts[1])@\(parts[0])")
  }

  @Test("needs its key for new files alone, and never takes another or none")
  func keys() throws {
    let folder = try TemporaryFolder()
    let store = folder.path + "/store"
    let sites = folder.path + "/exports"
    try FileManager.default.copyItem(atPath: made.hidden, toPath: store)
    try FileManager.default.copyItem(atPath: exports, toPath: sites)
    func run(_ stage: String, _ options: [String] = [], site: String = "private.toml") throws
      -> StageRun
    {
      try StageRun(stage, ["--site", "\(sites)/\(site)", "--store", store] + options)
    }
    func expect(_ run: StageRun, says text: String) {
      #expect(run.exitCode == 1 && run.standardError.contains(text), "\(run.standardError)")
    }
    let key = sites + "/privacy.key"
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: key)
    expect(try run("ingest"), says: "expected a key that only its owner can read")
    try FileBytes.remove(key)
    expect(try run("ingest"), says: "expected the key that")
    let baseline = try run("baseline", ["--day", made.site.days[0]])
    #expect(baseline.exitCode == 0, "\(baseline.standardError)")
    let report = try run("report", ["--day", made.site.days[0]])
    #expect(report.exitCode == 0)
    #expect(report.standardError.contains("assets can't be matched"))
    expect(
      try run("normalize", ["--day", made.site.days[0]], site: "site.toml"),
      says: "expected a store with no pseudonyms, as [privacy]")
    #expect(try StageRun("ingest", ["keygen", key]).exitCode == 0)
    #expect(try FileBytes.status(of: key).st_mode & 0o777 == 0o600)
    #expect(try StageRun("ingest", ["keygen", key]).exitCode == 1)
    expect(try run("ingest"), says: "expected a store with key")
    try FileBytes.move(key, to: store + "/privacy.key")
    try FileManager.default.createSymbolicLink(
      atPath: key, withDestinationPath: store + "/privacy.key")
    expect(try run("ingest"), says: "expected a key outside the store")
    expect(
      try StageRun("ingest", ["--site", "\(exports)/private.toml", "--store", made.plain]),
      says: "found real addresses and names")
  }

  @Test("finds listed addresses with the key, and says that it can't without")
  func indicators() throws {
    // The simulation's own Internet lies in a shared block, which no list may name.
    let address = "198.51.100.77"
    let list = made.site.folder.path + "/list.txt"
    try FileBytes.write("\(address)\n".utf8, to: list)
    func hunt(_ site: String, _ store: String) throws -> StageRun {
      try StageRun(
        "score",
        ["hunt", list, "--site", "\(exports)/\(site)", "--store", store, "--format", "csv"])
    }
    let (expected, found) = (
      try hunt("site.toml", made.plain), try hunt("private.toml", made.hidden)
    )
    #expect(found.exitCode == 0, "\(found.standardError)")
    func rowCount(_ run: StageRun) -> Int {
      run.standardOutput.split(whereSeparator: \.isNewline).count - 1
    }
    #expect(rowCount(expected) == 1 && rowCount(found) == 1)
    #expect(!found.standardOutput.contains(address))
    let keyless = exports + "/keyless.toml"
    let stated = String(decoding: try FileBytes.read(exports + "/private.toml"), as: UTF8.self)
    try FileBytes.write(
      stated.replacing("privacy.key", with: "elsewhere.key").utf8, to: keyless)
    let blind = try hunt("keyless.toml", made.hidden)
    #expect(blind.standardError.contains("addresses in lists can't be matched"))
    #expect(rowCount(blind) == 0)
  }

  private func report(_ arguments: [String], _ store: String, site: String) throws -> StageRun {
    try StageRun(
      "report",
      arguments + [
        "--site", "\(exports)/\(site)", "--store", store, "--from", made.site.days[0], "--to",
        made.site.days[made.site.days.count - 1],
      ])
  }

  @Test("tells a route of the hosts of its teams, as one without pseudonyms does")
  func teams() throws {
    let folder = try TemporaryFolder()
    let owners = try String(decoding: FileBytes.read(exports + "/assets.csv"), as: UTF8.self)
      .split(separator: "\n").dropFirst().map { String($0.split(separator: ",")[2]) }
    var told: [[String]] = []
    for (store, name) in [(made.plain, "site.toml"), (made.hidden, "private.toml")] {
      let copy = folder.path + "/" + name + ".store"
      try FileManager.default.copyItem(atPath: store, toPath: copy)
      let route = """

        [[routes]]
        name = "owners"
        kind = "file"
        path = "\(folder.path)/\(name).cef"
        teams = [\(Set(owners).sorted().map { "\"\($0)\"" }.joined(separator: ", "))]

        """
      let site = "routes-" + name
      let stated = String(decoding: try FileBytes.read(exports + "/" + name), as: UTF8.self)
      try FileBytes.write((stated + route).utf8, to: exports + "/" + site)
      let notified = try report(["notify", "--at", "2026-03-09T10:00:00Z"], copy, site: site)
      #expect(notified.exitCode == 0, "\(notified.standardError)")
      let alerts = "\(folder.path)/\(name).cef"
      told.append(
        FileBytes.exists(alerts)
          ? String(decoding: try FileBytes.read(alerts), as: UTF8.self).split(separator: "\n")
            .map { String($0.split(separator: "|")[4]) }.sorted() : [])
    }
    #expect(!told[0].isEmpty && told[1] == told[0])
  }

  @Test("is told to others only where no pseudonym passes for an address, and when confirmed")
  func exportsForOthers() throws {
    let csv = try report(["export", "--format", "csv"], made.hidden, site: "private.toml")
      .standardOutput
    let id = try #require(
      csv.split { $0.isNewline }.map { String($0.prefix(36)) }
        .first { UUID(uuidString: $0) != nil })
    // As lists show it.
    let export = ["export", "--format", "misp", "--incident", String(id.prefix(8))]
    let keyless = exports + "/keyless-export.toml"
    let stated = String(decoding: try FileBytes.read(exports + "/private.toml"), as: UTF8.self)
    try FileBytes.write(
      stated.replacing("privacy.key", with: "elsewhere.key").utf8, to: keyless)
    for (more, site, code, said) in [
      ([], "private.toml", 1, "expected one that is labelled as a true positive"),
      (["--unconfirmed"], "private.toml", 0, ""),
      (["--unconfirmed", "--include-internal"], "private.toml", 1, "holds pseudonyms"),
      (["--unconfirmed"], "keyless-export.toml", 1, "bring the key"),
      (["--incident", "x"], "private.toml", 1, "--incident x: expected an incident of these days"),
    ] {
      let run = try report(export + more, made.hidden, site: site)
      #expect(run.exitCode == Int32(code) && (said.isEmpty || run.standardError.contains(said)))
      #expect(run.standardOutput.isEmpty == (code == 1), "\(run.standardError)")
    }
  }

  @Test("tells what is behind an address, and only the way there for names")
  func reveal() throws {
    func lines(_ arguments: [String]) throws -> [String] {
      try StageRun(
        "ingest",
        ["reveal", "--site", exports + "/private.toml", "--store", made.hidden] + arguments
      ).standardOutput.split(separator: "\n").map(String.init)
    }
    let hidden = try lines(["--hide", "10.20.1.7", "anna"])
    #expect(hidden.count == 3)
    let pseudonym = try #require(hidden[0].split(separator: "\t").last.map(String.init))
    #expect(pseudonym.hasPrefix("10.") && pseudonym != "10.20.1.7")
    #expect(try lines([pseudonym]) == ["\(pseudonym)\t10.20.1.7"])
    #expect(hidden[1].hasPrefix("anna\tuser-") && hidden[2].hasPrefix("anna\thost-"))
    #expect(
      try lines(["user-0011223344556677"])[0].hasSuffix("can't be turned back: names are hashed"))
  }
}
