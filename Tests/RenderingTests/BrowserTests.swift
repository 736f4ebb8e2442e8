import Foundation
import Incidents
import TestSupport
import Testing

@testable import Rendering

/// A python with html5lib and axe-core.
private let python = ProcessInfo.processInfo.environment["TIDEMARK_PYTHON"]
private let chromium = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].first {
  FileManager.default.isExecutableFile(atPath: $0)
}

@Test(
  "a browser finds no script, fetches nothing and shows hostile names as text",
  .enabled(if: chromium != nil, "chromium is not installed; make test-tools installs it"))
func inBrowser() throws {
  let temporary = try TemporaryFolder()
  defer { withExtendedLifetime(temporary) {} }
  let folder = URL(filePath: temporary.path)
  let page = folder.appendingPathComponent("report.html")
  try HTMLReport(try SamplePage.facts()).render().write(to: page, atomically: true, encoding: .utf8)
  let log = folder.appendingPathComponent("net.json")
  let process = Process()
  process.executableURL = URL(fileURLWithPath: try #require(chromium))
  process.arguments = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-component-update", "--no-first-run", "--user-data-dir=\(folder.path)/profile",
    "--enable-logging=stderr", "--log-net-log=\(log.path)", "--dump-dom", page.absoluteString,
  ]
  let (output, errors) = (Pipe(), folder.appendingPathComponent("stderr"))
  try Data().write(to: errors)
  process.standardOutput = output
  process.standardError = try FileHandle(forWritingTo: errors)
  try process.run()
  let dom = String(
    decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  #expect(dom.contains("<h1>"))
  #expect(dom.contains("&lt;script&gt;document.title"))
  #expect(!dom.contains("<script"))
  let console = try String(contentsOf: errors, encoding: .utf8)
  #expect(!console.contains("CONSOLE"), "\(console)")
  let requests = try String(contentsOf: log, encoding: .utf8)
  // What the browser asks for by itself is not the page's doing.
  let own = ["google.com/", "googleapis.com/service/", "gvt1.com/"]
  let fetched = requests.components(separatedBy: "\"url\":\"").dropFirst()
    .compactMap { $0.components(separatedBy: "\"").first }
    .filter { url in
      !url.hasPrefix("file://\(folder.path)") && url.contains("://")
        && !own.contains { url.contains($0) }
    }
  #expect(fetched.isEmpty, "\(fetched)")
}

/// What `Fixtures/check_page.py` says of a page.
private func check(_ page: String) throws -> String {
  let temporary = try TemporaryFolder()
  defer { withExtendedLifetime(temporary) {} }
  let folder = URL(filePath: temporary.path)
  let file = folder.appendingPathComponent("page.html")
  try page.write(to: file, atomically: true, encoding: .utf8)
  let (python, browser) = (try #require(python), try #require(chromium))
  let process = Process()
  process.executableURL = URL(fileURLWithPath: python)
  process.arguments = [
    URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures/check_page.py",
    browser, file.path, folder.path,
  ]
  let output = Pipe()
  process.standardOutput = output
  try process.run()
  let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return said
}

@Test(
  "pages are valid, accessible by axe-core in light and dark, and fit a telephone",
  .enabled(
    if: chromium != nil && python != nil,
    "needs chromium, and TIDEMARK_PYTHON with html5lib and axe-core-python"))
func outsideChecks() throws {
  let facts = try SamplePage.facts()
  let said = try check(HTMLReport(facts).render())
  #expect(said == "checked\n", "\(said)")
  let week = try SampleWeek.facts()
  let index = ReportIndex(
    siteName: "Example", days: week.days.map(\.headline), periods: ["week=2026-W13"],
    otherDayCount: 1)
  for (name, text) in PeriodReport(week).files + [("index.html", index.html)]
  where name.hasSuffix(".html") {
    let said = try check(text)
    #expect(said == "checked\n", "\(name): \(said)")
  }
  let broken = HTMLReport(facts).render().replacing(
    "<h2>Decide today</h2>", with: "<h2><img src=x></h2><p style=\"width:700px\"><b>a</p>")
  let faults = try check(broken)
  for fault in ["html5lib: ", "axe: image-alt", "wide: "] {
    #expect(faults.contains(fault), "\(fault)")
  }
}
