import FoundationEssentials

/// A JSON document, for lists whose shape varies.
indirect enum JSONValue: Decodable {
  case object([String: JSONValue])
  case array([JSONValue])
  case text(String)
  case number(Double)
  case flag(Bool)
  case nothing

  init(parsing bytes: [UInt8]) throws {
    self = try JSONDecoder().decode(JSONValue.self, from: Data(bytes))
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .nothing
    } else if let text = try? container.decode(String.self) {
      self = .text(text)
    } else if let flag = try? container.decode(Bool.self) {
      self = .flag(flag)
    } else if let number = try? container.decode(Double.self) {
      self = .number(number)
    } else if let array = try? container.decode([JSONValue].self) {
      self = .array(array)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// What a decoder found wrong, in the same words each time: errors' own descriptions have members
  /// in any order.
  static func reason(_ error: any Error) -> String {
    guard case DecodingError.dataCorrupted(let context) = error else {
      return "found another document"
    }
    let cause = (context.underlyingError as? CocoaError)?.userInfo["NSDebugDescription"]
    return cause as? String ?? context.debugDescription
  }

  subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members[key]
  }

  var elements: [JSONValue] {
    guard case .array(let elements) = self else { return [] }
    return elements
  }

  /// Text, or a number as text.
  var string: String? {
    switch self {
    case .text(let text): text
    case .number(let number): "\(Int64(exactly: number.rounded()) ?? 0)"
    default: nil
    }
  }

  var isTrue: Bool {
    if case .flag(let flag) = self { flag } else { string == "1" }
  }
}

extension JSONValue {
  /// The objects of a STIX bundle, of one alone, or of several in an array.
  private var stixObjects: [JSONValue] {
    if case .array(let elements) = self { return elements.flatMap(\.stixObjects) }
    return self["objects"]?.elements ?? [self]
  }

  /// Whether it is a STIX bundle, or holds objects that have a STIX pattern.
  var isSTIX: Bool { self["objects"] != nil || stixObjects.contains { $0["pattern"] != nil } }

  /// The indicators of STIX 2.0 or 2.1: comparisons by `=` of addresses, domains, URLs and
  /// fingerprints, joined by OR alone. Of a pattern that asks for more, no part says enough.
  var stixEntries: [IndicatorFile.Entry] {
    var entries: [IndicatorFile.Entry] = []
    for object in stixObjects {
      guard object["type"]?.string == "indicator", !(object["revoked"]?.isTrue ?? false),
        let pattern = object["pattern"]?.string
      else { continue }
      for value in StixPattern(pattern).values {
        entries.append(
          IndicatorFile.Entry(
            text: value, from: object["valid_from"]?.string, until: object["valid_until"]?.string,
            note: (object["name"] ?? object["description"])?.string))
      }
    }
    return entries
  }

  private static let mispTypes: Set<String> = [
    "ip-dst", "ip-src", "ip-dst|port", "ip-src|port", "domain", "hostname", "domain|ip",
    "hostname|port", "url", "uri", "ja3-fingerprint-md5", "ja4",
  ]

  /// The attributes, at any depth, that MISP marks as good for detection.
  var mispEntries: [IndicatorFile.Entry] { mispEntries(of: nil) }

  /// - Parameter event: what the event around them is about.
  private func mispEntries(of event: String?) -> [IndicatorFile.Entry] {
    switch self {
    case .array(let elements): return elements.flatMap { $0.mispEntries(of: event) }
    case .object(let members):
      let event = members["info"]?.string ?? event
      let own = (members["Attribute"]?.elements ?? []).filter {
        $0["to_ids"]?.isTrue ?? false && !($0["deleted"]?.isTrue ?? false)
          && JSONValue.mispTypes.contains($0["type"]?.string ?? "")
      }.flatMap { attribute in
        let isPort = attribute["type"]?.string?.hasSuffix("|port") ?? false
        let parts = (attribute["value"]?.string ?? "").split(separator: "|")
        let comment = attribute["comment"]?.string ?? ""
        return (isPort ? parts.prefix(1) : parts[...]).map {
          IndicatorFile.Entry(
            text: String($0),
            from: attribute["first_seen"]?.string ?? attribute["timestamp"]?.string,
            note: comment.isEmpty ? event : comment)
        }
      }
      return own
        + members.keys.sorted().filter { $0 != "Attribute" }.flatMap {
          members[$0]?.mispEntries(of: event) ?? []
        }
    default: return []
    }
  }
}

/// The comparisons of a STIX pattern (STIX 2.1, section 9), as far as each stands for the whole.
struct StixPattern {
  private(set) var values: [String] = []

  private static let paths = [
    "ipv4-addr:value", "ipv6-addr:value", "domain-name:value", "url:value", "ja3", "ja4",
    "dst_ref.value", "src_ref.value",
  ]

  init(_ pattern: String) {
    var outside = ""
    var quoted: String?
    var isEscaped = false
    var all: [String] = []
    for character in pattern {
      if quoted == nil {
        if character == "'" { quoted = "" } else { outside.append(character) }
      } else if isEscaped {
        quoted?.append(character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == "'" {
        let words = outside.split { " []()".contains($0) }
        let comparison = words.last.map { word in
          word.hasSuffix("=") ? String(word.dropLast()) : ""
        }
        let path = comparison == "" ? words.dropLast().last.map(String.init) : comparison
        guard let last = words.last, last.hasSuffix("="),
          !["!=", "<=", ">="].contains(where: last.hasSuffix),
          words.allSatisfy({ !["AND", "FOLLOWEDBY", "NOT"].contains($0) })
        else { return }
        if let path, StixPattern.paths.contains(where: { path.hasSuffix($0) }), let quoted {
          all.append(quoted)
        }
        quoted = nil
        outside = ""
      } else {
        quoted?.append(character)
      }
    }
    // Comparisons with numbers have no quotes.
    guard quoted == nil, !outside.contains(where: { "=<>".contains($0) }),
      !["AND", "FOLLOWEDBY", "NOT"].contains(where: outside.contains)
    else { return }
    values = all
  }
}
