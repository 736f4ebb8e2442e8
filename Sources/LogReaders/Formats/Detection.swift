/// Which format a file has, by the signatures of the format files alone.
package enum Detection: Sendable {
  /// The format, or all formats of a family, and which signature matched.
  case match([Format], why: String)
  case empty
  /// A kind of log of a known writer for which there is no format file.
  case unmapped(kind: String)
  /// No log at all.
  case foreign(ForeignFile)
  /// None: the nearest formats and what differs, best first.
  case unknown(nearest: [(id: String, difference: String)], firstLine: String)
  case ambiguous([String])

  /// What is wrong, for an error; nil for a match.
  package var problem: String? {
    switch self {
    case .match: nil
    case .empty: "holds no text"
    case .unmapped(let kind): "\(kind): no format file maps it"
    case .foreign(let file): file.problem
    case .ambiguous(let ids):
      "matches several formats: \(ids.joined(separator: ", ")); name one: format = \"\(ids[0])\"; or, "
        + "where it holds records of several: format = [\"\(ids.joined(separator: "\", \""))\"]"
    case .unknown(let nearest, let firstLine):
      (nearest.isEmpty
        ? "matches no format file; its first line is \"\(shown(firstLine))\""
        : "matches no format file; nearest: "
          + nearest.map { "\($0.id) (\($0.difference))" }.joined(separator: "; "))
        + "; describe it in a format file of your own and name that: format = \"my-format.toml\""
    }
  }
}

/// A file's beginning, as signatures look at it.
package struct FileHead {
  let name: String
  let bytes: [UInt8]
  let lines: [String]

  /// - Parameters:
  ///   - name: without folders.
  ///   - bytes: the first of the content, unpacked.
  package init(name: String, bytes: [UInt8]) {
    self.name = name
    self.bytes = bytes
    let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
    lines = text.prefix(64 << 10).split(separator: 0x0A, omittingEmptySubsequences: true)
      .flatMap { $0.split(separator: 0x0D, omittingEmptySubsequences: true) }
      .prefix(64).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The first lines of a file, plain or packed.
  package init(path: String) throws {
    let name = path.split(separator: "/").last.map(String.init) ?? path
    try self.init(name: name, bytes: Packing.open(path: path).first(64 << 10))
  }

  /// Which of Zeek's logs it is, by its `#path` line; of JSON, which states none, by its name.
  fileprivate var zeekPath: String? {
    if let path = directive("path")?.first { return String(path) }
    guard let line = lines.first, line.hasPrefix("{"), line.contains("\"ts\":"),
      let stem = name.split(separator: ".").first.map(String.init),
      FileHead.zeekLogs.contains(stem)
    else { return nil }
    return stem
  }

  /// Those of a default installation (docs.zeek.org, Script Reference, Log Files).
  private static let zeekLogs: Set<String> = [
    "analyzer", "broker", "capture_loss", "cluster", "config", "conn", "conn-summary", "dce_rpc",
    "dhcp", "dnp3", "dns", "dpd", "files", "ftp", "http", "intel", "irc", "kerberos", "known_certs",
    "known_hosts", "known_modbus",
    "known_services", "ldap", "ldap_search", "loaded_scripts", "modbus", "mqtt_connect",
    "mqtt_publish", "mqtt_subscribe", "mysql", "notice", "notice_alarm", "ntlm", "ntp", "ocsp",
    "packet_filter", "pe", "postgresql", "print", "prof", "quic", "radius", "rdp", "reporter",
    "rfb",
    "signatures", "sip", "smb_cmd", "smb_files", "smb_mapping", "smtp", "snmp", "socks", "software",
    "ssh", "ssl", "stats", "stderr", "stdout", "syslog", "telemetry", "traceroute", "tunnel",
    "unknown_protocols", "weird", "weird_stats", "websocket", "x509",
  ]

  /// The value of a Zeek `#` line.
  func directive(_ key: String) -> [Substring]? {
    lines.first { $0.hasPrefix("#" + key + "\t") }?.split(separator: "\t").dropFirst().map { $0 }
  }

  /// The first line that is not a comment.
  func header(comment: String) -> String? {
    lines.first { comment.isEmpty || !$0.hasPrefix(comment) }
  }
}

extension FormatLibrary {
  /// Finds the format of a file; no guesses.
  package func detect(_ head: FileHead) -> Detection {
    guard !head.bytes.isEmpty else { return .empty }
    let matches = formats.compactMap { format in
      format.detect.match(head, format).map { (format, $0) }
    }
    let strongest = matches.map { $0.1.strength }.max() ?? 0
    let best = matches.filter { $0.1.strength == strongest }
    if let (format, match) = best.first, best.allSatisfy({ $0.0.isKin(to: format) }) {
      return .match(kin(of: format), why: match.why)
    }
    if best.count > 1 { return .ambiguous(best.map { $0.0.id }) }
    if let foreign = ForeignFile(head) { return .foreign(foreign) }
    guard !head.lines.isEmpty else { return .empty }
    // One that a format maps and that doesn't fit it is an error, which says how it differs.
    if let path = head.zeekPath, !formats.contains(where: { $0.detect.zeekPath == path }) {
      return .unmapped(kind: "Zeek's \(path).log")
    }
    let nearest = formats.compactMap { $0.detect.difference(from: head, $0) }
      .sorted { ($1.shared, $0.id) < ($0.shared, $1.id) }
    return .unknown(
      nearest: nearest.filter { 4 * $0.shared >= nearest[0].shared }.prefix(3)
        .map { ($0.id, $0.difference) }, firstLine: head.lines[0])
  }
}

extension FormatLibrary {
  /// All formats of a format's family, by id; itself alone where it has none.
  private func kin(of format: Format) -> [Format] {
    format.family == nil ? [format] : formats.filter { $0.family == format.family }
  }
}

extension Format {
  fileprivate func isKin(to other: Format) -> Bool {
    id == other.id || (family != nil && family == other.family)
  }
}

extension Format.Detect {
  /// Which signature a file has and how much of it that says; nil where one does not hold.
  fileprivate func match(_ head: FileHead, _ format: Format) -> (why: String, strength: Int)? {
    var why: [String] = []
    var strength = 0
    if !magic.isEmpty {
      guard head.bytes.starts(with: magic) else { return nil }
      why.append("first bytes")
      strength += 1000
    }
    if !headerPrefixes.isEmpty {
      guard let header = head.header(comment: format.skip.comment),
        let prefix = headerPrefixes.filter({ header.hasPrefix($0) }).max(by: { $0.count < $1.count }
        )
      else { return nil }
      why.append("header starts with \(prefix)")
      strength += prefix.utf8.count
    }
    if let zeekPath, head.lines.contains(where: { $0.hasPrefix("#fields\t") }) {
      guard let path = head.directive("path"), path.first.map(String.init) == zeekPath else {
        return nil
      }
      why.append("#path \(zeekPath)")
      strength += 100
    } else if !jsonKeys.isEmpty {
      // Zeek's files hold one kind of record each, of which the first may lack what most have.
      let lines = head.lines.filter { !$0.hasPrefix("#") }.prefix(zeekPath == nil ? 1 : .max)
      guard
        lines.contains(where: { line in
          line.hasPrefix("{") && jsonKeys.allSatisfy { line.contains("\"\($0)\"") }
        })
      else { return nil }
      why.append("JSON with \(jsonKeys.joined(separator: ", "))")
      strength += jsonKeys.count
    } else if zeekPath != nil {
      return nil
    }
    if !texts.isEmpty {
      guard head.lines.contains(where: { line in texts.allSatisfy { line.contains($0) } }) else {
        return nil
      }
      why.append("a line holds \(texts.joined(separator: ", "))")
      // The same for all: a file of several kinds of records has the signs of several formats, and
      // none of them is the one.
      strength += 10
    }
    if let firstLine {
      guard let line = head.header(comment: format.skip.comment),
        let pattern = try? Pattern(firstLine), pattern.matches(line)
      else { return nil }
      why.append("first line matches \(firstLine)")
      strength += 1
    }
    if let name {
      guard globMatches(name, head.name) else { return nil }
      why.append("name matches \(name)")
      strength += 1
    }
    return why.isEmpty ? nil : (why.joined(separator: ", "), strength)
  }

  /// How a file's header differs from a format's; nil where they share no column.
  fileprivate func difference(
    from head: FileHead, _ format: Format
  ) -> (id: String, difference: String, shared: Int)? {
    guard format.read.shape != .nfcapd else { return nil }
    var found: [String] = []
    if let fields = head.directive("fields") {
      found = fields.map(String.init)
    } else if let header = head.header(comment: format.skip.comment) {
      let delimiter =
        format.read.delimiters.first { header.utf8.contains($0) } ?? UInt8(ascii: ",")
      found = header.split(
        separator: Character(UnicodeScalar(delimiter)), omittingEmptySubsequences: false
      ).map { String($0.filter { $0 != "\"" && $0 != " " }) }
    }
    let wanted = expectedColumns(format)
    let shared = Set(found).intersection(wanted).count
    guard shared > 0 else { return nil }
    let needed = format.inputColumns.filter { !format.read.optionalColumns.contains($0) }
    let missing = needed.filter { !found.contains($0) }
    if !missing.isEmpty {
      let strange = found.filter { !wanted.contains($0) }.prefix(missing.count)
      return (
        format.id,
        "lacks \(missing.joined(separator: ", "))"
          + (strange.isEmpty ? "" : ", has \(shown(strange.joined(separator: ", "))) instead"),
        shared
      )
    }
    let differing = zip(wanted, found).enumerated().first { $0.element.0 != $0.element.1 }
    let difference = differing.map {
      "column \($0.offset + 1): expected \($0.element.0), found \(shown($0.element.1))"
    }
    return (format.id, difference ?? "same first columns, another signature", shared)
  }

  private func expectedColumns(_ format: Format) -> [String] {
    guard let prefix = headerPrefixes.first, let delimiter = format.read.delimiters.first else {
      return format.read.columns.isEmpty ? format.inputColumns : format.read.columns
    }
    return prefix.split(separator: Character(UnicodeScalar(delimiter))).map(String.init)
  }
}

/// Whether a name matches a glob of `*` and `?`, in any case.
func globMatches(_ glob: String, _ name: String) -> Bool {
  func matches(_ glob: ArraySlice<UInt8>, _ name: ArraySlice<UInt8>) -> Bool {
    guard let first = glob.first else { return name.isEmpty }
    if first == UInt8(ascii: "*") {
      let rest = glob.dropFirst()
      return (name.startIndex...name.endIndex).contains { matches(rest, name[$0...]) }
    }
    guard let byte = name.first, first == UInt8(ascii: "?") || first == byte else { return false }
    return matches(glob.dropFirst(), name.dropFirst())
  }
  return matches(Array(glob.lowercased().utf8)[...], Array(name.lowercased().utf8)[...])
}
