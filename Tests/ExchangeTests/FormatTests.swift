import Columnar
import Events
import Foundation
import Incidents
import StageKit
import Testing

@testable import Exchange

@Test("every format is written as expected, byte by byte")
func expectedFiles() throws {
  let isWriting = ProcessInfo.processInfo.environment["TIDEMARK_WRITE_EXPECTED"] != nil
  for (name, text) in try Samples.files() {
    let path = Samples.fixtures + "expected/" + name
    if isWriting { try FileBytes.write(text.utf8, to: path) }
    #expect(try FileBytes.read(path) == Array(text.utf8), "\(name)")
  }
}

@Test("hostile text comes back from JSON as it was, and ends no line")
func hostileText() throws {
  let incidents = try Samples.incidents()
  let lines = Samples.lines(try ECSAlert.lines(incidents, siteName: Samples.site))
  #expect(lines.count == 3)
  let alert = try Samples.json(lines[0])
  #expect(alert["message"] as? String == incidents[0].incident.title)
  #expect((alert["organization"] as? [String: Any])?["name"] as? String == Samples.site)
  #expect(lines.allSatisfy { $0.utf8.allSatisfy { $0 >= 0x20 } })
}

@Test(
  "Python's json reads every file",
  .enabled(if: ProcessInfo.processInfo.environment["TIDEMARK_PYTHON"] != nil, "set TIDEMARK_PYTHON")
)
func python() throws {
  let program = """
    import json, sys
    for path in sys.argv[1:]:
        text = open(path, encoding="utf-8", newline="").read()
        for part in text.split("\\n")[:-1] if path.endswith(".jsonl") else [text]:
            assert isinstance(json.loads(part), dict)
    print("read", len(sys.argv) - 1)
    """
  let process = Process()
  process.executableURL = URL(
    filePath: try #require(ProcessInfo.processInfo.environment["TIDEMARK_PYTHON"]))
  let names = try Samples.files().map(\.name).filter { !$0.hasSuffix(".csv") }
  process.arguments = ["-c", program] + names.map { Samples.fixtures + "expected/" + $0 }
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  #expect(text == "read 6\n")
}

@Test("an alert has only fields of ECS 8.17, each of its type")
func ecsFields() throws {
  var fields: [String: (type: String, isArray: Bool)] = [:]
  let csv = try FileBytes.read(Samples.fixtures + "ecs-8.17.0.csv")
  for line in Samples.lines(String(decoding: csv, as: UTF8.self)) {
    let parts = line.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    fields[parts[0]] = (parts[1], parts[2] == "array")
  }
  func check(_ object: [String: Any], _ place: String) {
    for (name, value) in object where name != "labels" {
      if let below = value as? [String: Any] {
        check(below, "\(place)\(name).")
        continue
      }
      let field = fields[place + name]
      #expect(field != nil, "\(place)\(name) is no field")
      let items = value as? [Any] ?? [value]
      #expect((value is [Any]) == (field?.isArray ?? false), "\(place)\(name)")
      let isNumber = field?.type == "long"
      #expect(items.allSatisfy { isNumber ? $0 is Int : $0 is String }, "\(place)\(name)")
    }
  }
  for line in Samples.lines(try ECSAlert.lines(Samples.incidents(), siteName: Samples.site)) {
    check(try Samples.json(line), "")
  }
}

@Test("a layer counts decided incidents, shows what was silent, and disables what was blind")
func navigator() throws {
  let layer = NavigatorLayer(
    try Samples.incidents().map(\.incident), coverage: Samples.coverage, siteName: "s",
    days: try Samples.day()...Samples.day())
  func of(_ id: String) throws -> NavigatorLayer.Technique {
    try #require(layer.techniques.first { $0.techniqueID == id })
  }
  #expect(try of("T1041").score == 1)
  #expect(try of("T1041").enabled, "it ran on one source of two")
  #expect(try of("T1046").score == 0)
  #expect(try of("T1046").comment == "ran: scan")
  #expect(try of("T1568.002").enabled == false)
  #expect(try of("T1568.002").score == nil)
  #expect(try of("T1573").comment == "ran: tls; blind: beacon")
  #expect(layer.techniques.map(\.techniqueID).contains("T1021") == false, "no such detector ran")
}

/// As the library stix2 3.0.2 of OASIS computes them.
@Test(
  "observables have the identifiers that STIX prescribes",
  arguments: [
    ("198.51.100.3", "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4"),
    ("2001:db8::1", "ipv6-addr--6469e3a9-b053-5e34-a025-9396ae051d26"),
    ("example.com", "domain-name--bedb4899-d24b-5401-bc86-8f6b4cc18ec7"),
  ])
func stixIdentifiers(value: String, id: String) throws {
  let findings = [try Samples.finding("10.0.0.7", "beacon", peer: value)]
  let incident = ExportedIncident(
    try Samples.incident(1, "10.0.0.7", findings: findings, title: "t"), findings: findings)
  let bundle = try STIXBundle(
    [incident], siteName: "s", redaction: try Samples.redaction(includesInternal: true))
  #expect(bundle.objects.filter { $0.value == value }.map(\.id) == [id])
}

@Test("every reference of a bundle is to an object in it")
func stixReferences() throws {
  let bundle = try STIXBundle(
    Array(try Samples.incidents().prefix(3)), siteName: Samples.site,
    redaction: try Samples.redaction())
  let ids = bundle.objects.map(\.id)
  #expect(Set(ids).count == ids.count)
  for object in bundle.objects {
    let references = (object.objectRefs ?? []) + (object.createdByRef.map { [$0] } ?? [])
    #expect(references.allSatisfy(ids.contains), "\(object.id)")
  }
  #expect(bundle.objects.filter { $0.type == "grouping" }.count == 3)
}

@Test("files for others name no address, host or user of the site, unless they are to")
func redaction() throws {
  let asked = Array(try Samples.incidents().prefix(3))
  func texts(_ redaction: Redaction) throws -> [String] {
    [
      try STIXBundle.file(asked, siteName: "s", redaction: redaction),
      try MISPEvent.file(asked, siteName: "s", redaction: redaction),
    ]
  }
  let internals = ["10.0.0.", "laptop", "alice", "office.example.com", "evil"]
  for text in try texts(Samples.redaction()) {
    for word in internals { #expect(!text.contains(word), "\(word)") }
    for word in ["8.8.4.4", "2620:fe::9", "t.attacker.net"] { #expect(text.contains(word)) }
  }
  for text in try texts(Samples.redaction(includesInternal: true)) {
    for word in internals { #expect(text.contains(word), "\(word)") }
  }
}

@Test("identifiers in files for others are the site's secret's, not what addresses give")
func identifiers() throws {
  let incidents = [try Samples.incidents()[0]]
  let id = incidents[0].incident.id
  func texts(_ redaction: Redaction) throws -> [String] {
    [
      try STIXBundle.file(incidents, siteName: "s", redaction: redaction),
      try MISPEvent.file(incidents, siteName: "s", redaction: redaction),
    ]
  }
  // All that is derived from the incident's own identifier, as anybody can derive it.
  let open = [
    id, IncidentIdentity.uuid(["stix", "grouping", id]),
    IncidentIdentity.uuid(["stix", "observed-data", id]),
    IncidentIdentity.uuid(["misp", id, "ip-dst", "8.8.4.4"]),
  ]
  let (one, other) = (try texts(Samples.redaction()), try texts(Samples.redaction(secret: 8)))
  for text in one + other { for id in open { #expect(!text.contains(id)) } }
  #expect(one == (try texts(Samples.redaction())))
  for (a, b) in zip(one, other) { #expect(a != b) }
  let whole = try texts(Samples.redaction(includesInternal: true)).joined()
  for id in open { #expect(whole.contains(id)) }
}

@Test("pseudonyms are turned back to the addresses that others know")
func originals() throws {
  let redaction = Redaction(
    includesInternal: false, networks: SiteNetworks([try #require(Network("10.0.0.0/8"))]),
    hosts: [], secret: 7
  ) { Address(ipv4: ($0.ipv4 ?? 0) + 1) }
  let findings = try ["8.8.4.4:443/tcp", "10.0.0.9:22/tcp"].map {
    try Samples.finding("10.0.0.7", "tls", peer: $0)
  }
  let incident = ExportedIncident(
    try Samples.incident(1, "10.0.0.7", findings: findings, title: "t"), findings: findings)
  #expect(try redaction.others(incident).map(\.text) == ["8.8.4.5"])
}

@Test("a score without a ceiling, or without bounds, is told without it")
func infinite() throws {
  let finding = try Samples.finding("10.0.0.7", "scan", ceiling: .infinity)
  let line = try JSONText.line(OCSF.Evidence(finding), snakeCase: true)
  let data = try #require(try Samples.json(line)["data"] as? [String: Any])
  #expect(data["ceiling"] == nil && data["raw_score"] as? Double == 7.5)
}

@Test(
  "names that may be the site's are not told",
  arguments: [
    ("t.attacker.net", true), ("example.org", true), ("files.office.example.com", false),
    ("FILES.office.example.com", false), ("new.office.example.com", false),
    ("printer.local", false), ("nas.lan", false), ("laptop-7", false), ("example.com", true),
    ("1.0.0.10.in-addr.arpa", false),
  ])
func tellableNames(name: String, isTellable: Bool) throws {
  #expect(try Samples.redaction().allows(name: name) == isTellable)
}

@Test("no attribute of an event is meant for blocking")
func mispAttributes() throws {
  let text = try MISPEvent.file(
    Samples.incidents(), siteName: "s", redaction: Samples.redaction())
  let response = try #require(try Samples.json(text)["response"] as? [[String: Any]])
  #expect(response.count == 4)
  for item in response {
    let event = try #require(item["Event"] as? [String: Any])
    let attributes = try #require(event["Attribute"] as? [[String: Any]])
    #expect(attributes.allSatisfy { $0["to_ids"] as? Bool == false })
  }
}
