import Columnar
import Dispatch
import Events
import Glibc
import Testing

@testable import LogReaders

/// Real exports, where TIDEMARK_SAMPLES names the folder that holds them.
private let samples = getenv("TIDEMARK_SAMPLES").map { String(cString: $0) } ?? ""

@Suite("Real exports", .enabled(if: !samples.isEmpty))
struct SampleTests {
  private func library() throws -> FormatLibrary { try knownFormats.get() }

  private func read(_ path: String, as id: String? = nil) throws -> ReadSummary {
    let path = samples + "/" + path
    let library = try library()
    let formats: [Format]
    if let id {
      formats = [try library.format(id)]
    } else {
      let detection = try library.detect(FileHead(path: path))
      guard case .match(let found, _) = detection else {
        throw InputError(path, detection.problem ?? "")
      }
      formats = found
    }
    let summary = try LogReader(formats, sampleSettings()).read(
      path: path, rows: formats.map { _ in TableSink() }, rejects: TableSink())
    #expect(summary.counts.isBalanced, "\(path)")
    return summary
  }

  /// For logs that state neither zone nor year.
  private func sampleSettings() throws -> ReaderSettings {
    var settings = try settings()
    settings.year = 2026
    return settings
  }

  /// Runs a body that waits for a subprocess.
  private func onThread<R: Sendable>(_ body: @escaping @Sendable () throws -> R) async throws -> R {
    try await withCheckedThrowingContinuation { continuation in
      DispatchQueue.global().async { continuation.resume(with: Result { try body() }) }
    }
  }

  /// Lines of a file, unpacked, by what `isRecord` says; counted without the readers.
  private func lineCount(_ path: String, _ isRecord: (Substring) -> Bool) throws -> Int {
    let stream = try Packing.open(path: samples + "/" + path)
    var bytes: [UInt8] = []
    while case let piece = try stream.first(1 << 20), !piece.isEmpty { bytes += piece }
    let text = String(decoding: bytes, as: UTF8.self)
    return text.split(whereSeparator: \.isNewline).filter(isRecord).count
  }

  @Test(
    "nfdump CSV gives as many rows as its own summary says",
    arguments: [
      ("formats/nfdump/bro.1.6.25_csv.txt", "nfdump.csv48", 26),
      ("formats/nfdump/smb2.1.7.1_csv.txt", "nfdump.csv48", 2),
      ("formats/nfdump/icmp.1.7.1_csv.txt", "nfdump.csv48", 12),
      ("formats/nfdump/smb2.1.7.1_bidir_csv.txt", "nfdump.csv48", 1),
      ("formats/nfdump/smb2.1.7.8_csv.txt", "nfdump.csv10", 2),
      ("formats/nfdump/icmp.1.7.8_csv.txt", "nfdump.csv10", 12),
      ("formats/nfdump/bro.org.1.7.8_csv-fast.txt", "nfdump.csv-fast", 26),
      ("formats/nfdump/icmp.1.7.8_csv-fast.txt", "nfdump.csv-fast", 12),
      ("data/fixtures/nfdump-csv/slips-test1.nfdump-1.7.1.csv.zst", "nfdump.csv48", 4593),
    ])
  func nfdump(path: String, format: String, rows: Int) throws {
    let summary = try read(path)
    #expect(summary.format == format)
    #expect(summary.counts.rows == rows)
    #expect(summary.counts.rejects == 0)
  }

  @Test("durations that overflowed are rejected, not stored")
  func overflow() throws {
    let path =
      "data/fixtures/flow-exports/2017-06-29-UPS-themed-Kovter.softflowd-v10.nfdump.csv.zst"
    let summary = try read(path)
    let overflowed = try lineCount(path) { $0.contains(",18446744073") }
    #expect(overflowed > 0)
    #expect(summary.counts.rejects == overflowed)
    #expect(summary.counts.rows + summary.counts.rejects == 1091)
  }

  @Test(
    "files of nfcapd give as many rows as they state, and those that nfdump gives",
    arguments: [
      ("formats/nfdump/smb2.nfcapd.201112062015", 2),
      ("formats/nfdump/icmp.nfcapd.201106270320", 12),
      ("formats/nfdump/bro16.nfcapd.201401141700", 26),
      ("data/fixtures/slips/test1-malicious.nfdump", 4593),
      ("data/fixtures/flow-exports/nfcapd/softflowd-v5/nfcapd.202611210231", 1091),
      ("data/fixtures/flow-exports/nfcapd/softflowd-v9/nfcapd.202611210231", 1091),
    ])
  func nfcapd(path: String, rows: Int) async throws {
    let summary = try await onThread { try read(path) }
    #expect(summary.format == "nfcapd")
    #expect(summary.counts.rows + summary.counts.rejects == rows)
    #expect(summary.remarks.first?.hasPrefix("read directly") == true)
    #expect(try await onThread { try self.nfcapdRowsAgree(path) })
  }

  /// Whether nfdump gives the same rows of a file as the direct reader.
  private func nfcapdRowsAgree(_ path: String) throws -> Bool {
    let path = samples + "/" + path
    let format = try library().format("nfcapd")
    let reader = try LogReader(format, settings())
    let (direct, printed) = (TableSink(), TableSink())
    _ = try reader.read(path: path, rows: direct, rejects: TableSink())
    let flows = FlowCountingSink(printed)
    _ = try NfdumpReader(format: format, path: path).read(
      observe: nil, flowCount: { flows.count }
    ) { try reader.read($0, name: path, rows: flows, rejects: TableSink()) }
    return direct.batches.flatMap { texts($0) } == printed.batches.flatMap { texts($0) }
  }

  @Test(
    "Argus flows are taken, by comma and by tab, and other records counted",
    arguments: [
      "test2-malicious", "test3-mixed", "test4-malicious", "test5-mixed", "test11-portscan",
    ])
  func argus(name: String) throws {
    for folder in ["formats/argus_binetflow", "data/fixtures/slips"] {
      let path = "\(folder)/\(name).binetflow"
      let summary = try read(path)
      let flows = try lineCount(path) { !$0.hasPrefix("StartTime") }
      let other = try lineCount(path) { line in
        ["man", "arp", "llc"].contains { line.contains(",\($0),") || line.contains("\t\($0)\t") }
      }
      #expect(summary.counts.skippedRecords == other)
      #expect(summary.counts.rows + summary.counts.rejects == flows - other)
      let early = try lineCount(path) { line in
        line.hasPrefix("1970/") && !["arp", "llc"].contains { line.contains("\t\($0)\t") }
      }
      #expect(summary.counts.rejects == early, "\(summary.rejectsByReason)")
    }
  }

  @Test(
    "AWS VPC flow logs give rows for all but NODATA and SKIPDATA",
    arguments: [
      ("accept-reject-traffic", "aws.vpc-flow", 4), ("ipv6", "aws.vpc-flow-v2", 1),
      ("no-data-skip-data", "aws.vpc-flow-v2", 0), ("tcp-flag-sequence", "aws.vpc-flow", 3),
      ("test-extra-samples", "aws.vpc-flow-v2", 3),
    ])
  func aws(name: String, format: String, rows: Int) throws {
    let summary = try read("formats/aws_vpc_flow/\(name).log")
    #expect(summary.format == format)
    #expect(summary.counts.rows == rows)
    #expect(summary.counts.rejects == 0)
  }

  @Test(
    "Zeek logs give a row a record",
    arguments: [
      ("formats/zeek_tsv/zat_conn.log", "zeek.conn"), ("formats/zeek_tsv/zat_dns.log", "zeek.dns"),
      ("formats/zeek_tsv/zat_http.log", "zeek.http"), ("formats/zeek_tsv/zat_ssl.log", "zeek.ssl"),
      ("formats/zeek_tsv/wrccdc_dns.log", "zeek.dns"),
      ("formats/zeek_tsv/wrccdc_ssl.log", "zeek.ssl"),
      ("formats/zeek_tsv/ctu_sme11_conn.log.labeled", "zeek.conn"),
      ("formats/zeek_json/test-conn.log", "zeek.conn"),
      ("formats/zeek_json/test-dns.log", "zeek.dns"),
      ("formats/zeek_json/test-http.log", "zeek.http"),
      ("formats/zeek_json/test-ssl.log", "zeek.ssl"),
      ("formats/zeek_json/rita_allfields_conn.log", "zeek.conn"),
      ("formats/zeek_json/zat_conn.json.log", "zeek.conn"),
    ])
  func zeek(path: String, format: String) throws {
    let summary = try read(path)
    #expect(summary.format == format)
    // A search head's wrapper around one record in two of the files.
    let wrapped = try lineCount(path) { $0.hasPrefix("{\"preview\"") }
    #expect(try summary.counts.rows == lineCount(path) { !$0.hasPrefix("#") } - wrapped)
    #expect(summary.counts.rejects == wrapped, "\(summary.rejectsByReason)")
  }

  @Test("Zeek's own test files, with times blotted out, are rejected line by line")
  func blotted() throws {
    let path = "formats/zeek_tsv/btest_core.local-flip__conn.log"
    let summary = try read(path)
    #expect(summary.counts.rows == 0)
    #expect(
      summary.rejectsByReason.map(\.reason).contains { $0.contains("event_time: not a time") })
  }

  @Test(
    "logs of firewalls, sensors and clouds give as many rows as they hold records of the kind",
    arguments: [
      ("cisco_asa/test-asa.log", "cisco.asa", 56, 0),
      ("cisco_asa/test-sample.log", "cisco.asa", 29, 0),
      ("cisco_asa/test-anyconnect-messages.log", "cisco.asa-vpn", 5, 0),
      ("fortinet/traffic.log", "fortigate.traffic", 6, 0),
      ("paloalto/test-panw-panos-traffic-sample.log", "paloalto.traffic", 85, 0),
      ("paloalto/test-panw-panos-threat-sample.log", "paloalto.threat", 56, 0),
      ("paloalto/test-panw-panos-threat-sample.log", "paloalto.url", 38, 0),
      ("pfsense_opnsense/test-pfsense-bsd.log", "pfsense.filterlog", 10, 0),
      ("pfsense_opnsense/test-pfsense-syslog.log", "pfsense.filterlog", 8, 0),
      ("iptables_ufw/test-iptables-raw.log", "linux.netfilter", 12, 0),
      ("checkpoint/test-checkpoint.log", "checkpoint.firewall", 9, 0),
      ("juniper_srx/test-flow.log", "juniper.srx", 5, 0),
      ("sonicwall/test-sonicos70-aws.log", "sonicwall.firewall", 44, 0),
      ("sophos/test-xg-firewall-new.log", "sophos.firewall", 9, 0),
      ("meraki/test-flows.log", "meraki.flows", 7, 0),
      ("sshd_auth/OpenSSH_2k.log", "linux.sshd", 293, 0),
      ("squid/test-access1.log", "squid.access", 50, 0),
      ("suricata_eve/test6-malicious.suricata.json", "suricata.flow", 74, 0),
      ("suricata_eve/test6-malicious.suricata.json", "suricata.alert", 344, 0),
      ("suricata_fast/sv_fast.log", "snort.fast", 28, 0),
      ("azure_vnet_flow/PT1H.json", "azure.vnet-flow", 7, 0),
      ("gcp_vpc_flow/test-vpcflow.log", "gcp.vpc-flow", 108, 0),
      ("okta/test-okta-system-events.log", "okta.system", 11, 0),
      ("entra/test-managed-identity-sample.log", "entra.signin", 17, 0),
      ("windows_firewall/windows_firewall.log", "windows.firewall", 11, 0),
      ("w3c_elff/iis10_edge_cases.log", "iis.w3c", 15, 0),
      ("openvpn/server3.status", "openvpn.status", 5, 0),
      ("umbrella_csv/test-umbrella-dnslogs.log", "umbrella.dns", 7, 1),
      ("azure_firewall/test-networkrules-raw.log", "azure.firewall", 4, 0),
      ("bind/bind9-logs.log", "bind.queries", 6, 0),
      ("fortinet/test-fortinet.log", "fortigate.dns", 2, 0),
      ("nfdump/bro.org.1.7.8_ndjson.txt", "nfdump.ndjson", 26, 0),
      ("pulse_secure/test-log-vpn.log", "pulse.connect-secure", 4, 0),
      ("snort/test-log-csv.log", "snort.csv", 4, 0),
      ("sophos/test-xg-cfilter-new.log", "sophos.web", 24, 0),
    ])
  func records(path: String, format: String, rows: Int, rejects: Int) throws {
    let summary = try read("formats/" + path, as: format)
    #expect(summary.counts.rows == rows)
    #expect(summary.counts.rejects == rejects, "\(summary.rejectsByReason)")
  }

  @Test("the honeypot's firewall CSV gives all its rows, through carriage returns alone")
  func honeypot() throws {
    let path = "data/demo/aws-honeypot-firewall/AWS_Honeypot_2013-03_06.csv.zst"
    let summary = try read(path)
    #expect(summary.format == "honeypot.firewall")
    #expect(summary.counts.rows + summary.counts.rejects == 252_702)
    #expect(summary.counts.lines == 252_703)
    #expect(summary.counts.rejects == 0, "\(summary.rejectsByReason)")
  }

  @Test("another file's header is refused, and the nearest formats are named")
  func wrongHeader() throws {
    for path in ["UNSW-NB15_1.wrong-header.csv.zst", "netflow-4col.csv.zst"] {
      let path = samples + "/data/fixtures/dirty/" + path
      guard case .unknown = try library().detect(FileHead(path: path)) else {
        Issue.record("\(path) was taken for a known format")
        continue
      }
    }
    let header = "firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,flags\n"
    let detection = try library().detect(FileHead(name: "x.csv", bytes: Array(header.utf8)))
    #expect(
      detection.problem?.contains("nfdump.csv10 (lacks bytes, packets") == true, "\(detection)")
  }

  @Test("a corrupt gzip file is an error that names it")
  func corrupt() throws {
    #expect(throws: InputError.self) {
      try read("data/fixtures/zeek-zat-edgecases/http.log.corrupt.gz", as: "zeek.http")
    }
  }

  @Test("no sample file crashes detection or reading")
  func everything() async throws {
    try await onThread { try readAll() }
  }

  private func readAll() throws {
    let library = try library()
    for folder in try samples.files(in: "/formats") {
      for path in try folder.files(in: "") {
        guard case .match(let formats, _) = try library.detect(FileHead(path: path)) else {
          continue
        }
        do {
          let summary = try LogReader(formats, sampleSettings()).read(
            path: path, rows: formats.map { _ in TableSink() }, rejects: TableSink())
          #expect(summary.counts.isBalanced, "\(path)")
        } catch let error as InputError {
          #expect(error.description.contains(path))
        }
      }
    }
  }
}

extension String {
  /// Paths of what a folder holds.
  fileprivate func files(in folder: String) throws -> [String] {
    guard let stream = opendir(self + folder) else { return [] }
    defer { closedir(stream) }
    var paths: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if !name.hasPrefix(".") { paths.append(self + folder + "/" + name) }
    }
    return paths.sorted()
  }
}
