import Foundation
import StageKit
import TestSupport
import Testing

/// What `make install` puts into a folder, with small programs in place of the stages.
private struct Installation {
  static let stages = ["ingest", "normalize", "baseline", "score", "report", "triage"]

  let folder: TemporaryFolder
  var root: String { folder.path + "/root" }

  init() throws {
    folder = try TemporaryFolder()
    let built = folder.path + "/static/release"
    try FileManager.default.createDirectory(atPath: built, withIntermediateDirectories: true)
    for stage in Installation.stages {
      try FileManager.default.copyItem(atPath: "/bin/true", toPath: "\(built)/\(stage)")
    }
  }

  func make(_ target: String) throws {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments = [
      "make", "--silent", "-C", repository.path, target, "DESTDIR=\(root)",
      "STATIC=\(folder.path)/static",
    ]
    try process.run()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "make \(target)")
  }

  var files: [String] {
    get throws {
      try FileManager.default.subpathsOfDirectory(atPath: root).filter {
        !FileBytes.isFolder("\(root)/\($0)")
      }.sorted()
    }
  }

  func text(_ name: String) throws -> String {
    String(decoding: try FileBytes.read("\(root)/\(name)"), as: UTF8.self)
  }

  /// The values of a key in a unit, in order.
  func values(_ key: String, _ unit: String) throws -> [String] {
    try text("usr/local/lib/systemd/system/\(unit)").split(separator: "\n")
      .filter { $0.hasPrefix("\(key)=") }.map { String($0.dropFirst(key.utf8.count + 1)) }
  }
}

@Suite("Tidemark as a service")
struct ServiceTests {
  private let installed: Installation
  private static let services = ["alerts", "day", "ingest", "periods"].map {
    "tidemark-\($0).service"
  }

  init() throws {
    installed = try Installation()
    try installed.make("install")
  }

  @Test("all that stages need is installed, and no folder is left to be filled in")
  func files() throws {
    let files = try installed.files
    for folder in ["formats", "detectors", "playbooks", "quality"] {
      let names = try FileBytes.names(in: repository.path + "/pipelines/" + folder)
      #expect(!names.isEmpty)
      for name in names { #expect(files.contains("usr/local/share/tidemark/\(folder)/\(name)")) }
    }
    for stage in Installation.stages {
      let path = "\(installed.root)/usr/local/libexec/tidemark/\(stage)"
      #expect(try FileBytes.status(of: path).st_mode & 0o777 == 0o755)
    }
    for name in files where !name.contains("libexec") && !name.contains("share/") {
      let text = try installed.text(name)
      #expect(!text.contains("dir@") && !text.contains(installed.root), "\(name)")
    }
  }

  @Test("a site file that is there stays, through another installation and a removal")
  func siteFile() throws {
    let site = "etc/tidemark/site.toml"
    #expect(try installed.text(site) == installed.text("usr/local/share/tidemark/site.toml"))
    try FileBytes.write("mine".utf8, to: "\(installed.root)/\(site)")
    try FileBytes.write("".utf8, to: "\(installed.root)/usr/local/share/tidemark/formats/old.toml")
    try installed.make("install")
    #expect(try installed.text(site) == "mine")
    #expect(
      try !installed.files.contains { $0.hasSuffix("/old.toml") }, "an old format would be read")
    try installed.make("uninstall")
    #expect(try installed.files == [site])
  }

  @Test("each unit starts installed stages, with options that these take")
  func commandLines() throws {
    var stages: Set<String> = []
    for service in ServiceTests.services {
      for line in try installed.values("ExecStart", service) {
        let words = line.split(separator: " ").map(String.init)
        #expect(FileBytes.exists(installed.root + words[0]), "\(line)")
        stages.insert(FileBytes.name(of: words[0]))
        // The site file is looked for once the command line is understood.
        let run = try StageRun(
          FileBytes.name(of: words[0]), words.dropFirst() + ["--site", "/nowhere/site.toml"])
        #expect(run.standardError.contains("/nowhere/site.toml: no such site file"), "\(line)")
      }
    }
    #expect(stages == Set(Installation.stages))
    let tidemark = try installed.text("usr/local/bin/tidemark")
    for stage in stages {
      #expect(tidemark.contains(" \(stage) |") || tidemark.contains(" \(stage))"))
    }
  }

  @Test("alerts have a network, and nothing else does")
  func network() throws {
    for service in ServiceTests.services {
      let isAlerts = service == "tidemark-alerts.service"
      #expect(try installed.values("PrivateNetwork", service) == (isAlerts ? [] : ["yes"]))
      let families = try installed.values("RestrictAddressFamilies", service)
      #expect(families.count == 1)
      #expect(families[0].contains("AF_INET") == isAlerts, "\(service)")
    }
    let sandbox = try installed.text(
      "usr/local/lib/systemd/system/tidemark-.service.d/sandbox.conf")
    for line in ["User=tidemark", "ProtectSystem=strict", "NoNewPrivileges=yes", "UMask=0027"] {
      #expect(sandbox.split(separator: "\n").contains(line[...]), "\(line)")
    }
  }

  @Test("what a run can't mend by itself is not tried again")
  func restarts() throws {
    let codes = [StageExitCode.usage, .badData].map { "\($0.rawValue)" }.joined(separator: " ")
    for service in ["tidemark-day.service", "tidemark-ingest.service"] {
      #expect(try installed.values("Restart", service) == ["on-failure"])
      #expect(try installed.values("RestartPreventExitStatus", service) == [codes])
    }
  }

  @Test(
    "systemd takes the units, and finds them sealed off",
    .enabled(
      if: FileBytes.exists("/usr/bin/systemd-analyze"), "install systemd to have its units checked")
  )
  func systemd() throws {
    func exposure(_ service: String) throws -> Double {
      let process = Process()
      process.executableURL = URL(filePath: "/usr/bin/systemd-analyze")
      process.arguments = [
        "security", "--offline=yes", "--no-pager", "--root=\(installed.root)", service,
      ]
      let pipe = Pipe()
      process.standardOutput = pipe
      try process.run()
      let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      let line = try #require(text.split(separator: "\n").last { $0.contains("exposure level") })
      return try #require(line.split(separator: " ").compactMap { Double($0) }.first, "\(line)")
    }
    for service in ServiceTests.services {
      #expect(try exposure(service) <= (service == "tidemark-alerts.service" ? 1.5 : 0.5))
    }
  }

  @Test("an installed stage finds what it needs, wherever it runs")
  func anywhere() throws {
    let stage = installed.root + "/usr/local/libexec/tidemark/ingest"
    try FileManager.default.removeItem(atPath: stage)
    try FileManager.default.copyItem(
      at: builtPrograms().appending(path: "ingest").resolvingSymlinksInPath(),
      to: URL(filePath: stage))
    // A folder of the same name where it runs is none of its own.
    let elsewhere = try TemporaryFolder()
    try FileBytes.makeFolder(elsewhere.path + "/pipelines/formats")
    let process = Process()
    process.executableURL = URL(filePath: stage)
    process.arguments = ["formats"]
    process.currentDirectoryURL = URL(filePath: elsewhere.path)
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let formats = try FileBytes.names(in: repository.path + "/pipelines/formats")
    #expect(text.split(separator: "\n").count >= formats.count)
  }
}

@Test("in the journal lines have their level, the site and the store are those of the service")
func journalOfService() throws {
  let folder = try TemporaryFolder()
  try FileBytes.write("".utf8, to: folder.file("stderr"))
  let status = try FileBytes.status(of: folder.file("stderr"))
  let store = folder.path + "/store"
  func lines(stream: String) throws -> String {
    try FileBytes.write("".utf8, to: folder.file("stderr"))
    let process = Process()
    process.executableURL = try builtPrograms().appending(path: "normalize")
    process.arguments = ["--until", "2026-03-29"]
    // Of this process's own, what sanitizers are told.
    process.environment = [
      "JOURNAL_STREAM": stream, "TIDEMARK_STORE": store,
      "TIDEMARK_SITE": repository.path + "/pipelines/site.toml",
    ].merging(ProcessInfo.processInfo.environment.filter { $0.key == "ASAN_OPTIONS" }) { $1 }
    process.standardError = try FileHandle(forWritingTo: URL(filePath: folder.file("stderr")))
    try process.run()
    process.waitUntilExit()
    return String(decoding: try FileBytes.read(folder.file("stderr")), as: UTF8.self)
  }
  let journal = "\(status.st_dev):\(status.st_ino)"
  let missing =
    "normalize: \(store): expected a store, found none; run ingest first, or name yours "
  #expect(try lines(stream: journal) == "<3>\(missing)with --store\n")
  #expect(try lines(stream: "1:2") == "\(missing)with --store\n")
  _ = try Store(path: store)
  #expect(
    try lines(stream: journal)
      == "<4>normalize: warning: \(store)/ingested: no rows yet; run ingest first\n")
}
