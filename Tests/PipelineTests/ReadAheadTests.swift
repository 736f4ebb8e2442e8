import StageKit
import TestSupport
import Testing

@Suite("A single file read with two threads")
struct ReadAheadTests {
  /// Rows in nfdump's shortest form.
  private static var flows: String {
    let rows = (0..<3000).map { row in
      "2026-03-02 \(10 + row / 2000):00:00.000,0.5,6,10.0.0.\(row % 250),40000,"
        + "192.0.2.1,443,3,\(100 + row),1"
    }
    return (["firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets,bytes,flows"] + rows)
      .joined(separator: "\n")
  }

  /// Records of three formats, some of a kind that none maps, and one that is broken.
  private static var events: String {
    let ends = """
      "flow_id":7,"src_ip":"10.0.0.1","src_port":40000,"dest_ip":"192.0.2.1","dest_port":443,"proto":"TCP"
      """
    return (0..<300).map { row in
      let start = "{\"timestamp\":\"2026-03-02T10:00:\(10 + row % 50).000000+0000\",\"event_type\":"
      switch row % 5 {
      case 0:
        return start + "\"flow\",\(ends),\"flow\":{\"pkts_toserver\":1,\"pkts_toclient\":1,"
          + "\"bytes_toserver\":60,\"bytes_toclient\":60,"
          + "\"start\":\"2026-03-02T10:00:00.000000+0000\",\"end\":\"2026-03-02T10:00:01.000000+0000\"}}"
      case 1:
        return start + "\"tls\",\(ends),\"tls\":{\"sni\":\"example.com\",\"version\":\"TLS 1.3\"}}"
      case 2:
        return start + "\"alert\",\(ends),\"alert\":{\"action\":\"allowed\",\"gid\":1,"
          + "\"signature_id\":5,\"rev\":1,\"signature\":\"s\",\"category\":\"c\",\"severity\":2}}"
      case 3: return start + "\"stats\",\"stats\":{\"uptime\":5}}"
      default: return row % 10 == 4 ? start : start + "\"dhcp\"}"
      }
    }.joined(separator: "\n")
  }

  @Test("gives what one thread gives", arguments: ["flows.csv", "eve.json"])
  func same(name: String) throws {
    let folder = try TemporaryFolder()
    let text = name == "flows.csv" ? Self.flows : Self.events
    try FileBytes.write((text + "\n").utf8, to: "\(folder.path)/\(name)")
    let site = """
      [site]
      name = "Test"
      timezone = "UTC"
      networks = ["10.0.0.0/8"]
      seed = "test"
      [[input]]
      source = "sensor"
      glob = "\(name)"
      zone = "UTC"
      """
    try FileBytes.write(site.utf8, to: "\(folder.path)/site.toml")
    let contents = try [1, 2].map { threads in
      let store = "\(folder.path)/store-\(threads)"
      let run = try StageRun(
        "ingest",
        ["--site", "\(folder.path)/site.toml", "--store", store, "--threads", "\(threads)"])
      #expect(run.exitCode == 0, "\(run.standardError)")
      return try StoreContent(store)
    }
    #expect(contents[0].differences(contents[1]) == [])
    let tables = contents[0].files.keys.filter { $0.contains("/rows") }
    #expect(tables.count == (name == "eve.json" ? 3 : 1), "\(tables)")
  }
}
