import Columnar
import Events
import TOMLKit

extension Format {
  /// Reads a format file's text; `path` names it in errors.
  package init(toml text: String, path: String) throws {
    let table: TOMLTable
    do {
      table = try TOMLTable(string: text)
    } catch let error as TOMLParseError {
      let place = error.source.begin
      throw FormatError(
        path: "\(path):\(place.line):\(place.column)", problem: error.description)
    }
    let file = TOMLSection(table, name: "", path: path)
    let format = try file.requiredSection("format")
    guard let eventClass = try format.oneOf("class", EventClass.self) else {
      throw format.error("lacks class")
    }
    id = try format.requiredText("id")
    self.eventClass = eventClass
    self.path = path
    bytesKind = try format.text("bytes_kind")
    try format.finish()
    flow = try file.section("flow").map(Flow.init)
    guard (flow != nil) == (eventClass == .flow) else {
      throw file.error("formats of class flow, and only they, state [flow] kind")
    }
    detect = try file.section("detect").map(Detect.init) ?? Detect()
    read = try Read(file.requiredSection("read"))
    skip = try file.section("skip").map(Skip.init) ?? Skip()
    totals = try file.section("totals").map { try $0.totals(of: eventClass.schema) } ?? [:]
    time = try Time(file.requiredSection("time"))
    values = try file.section("values").map(ValueTable.all) ?? [:]
    map = try ColumnMapping.all(file.requiredSection("map"), eventClass.schema, values: values)
    tests = try file.sections("test").map(Test.init)
    try file.finish()
    guard !tests.isEmpty else {
      throw file.error("lacks [[test]]: a format file holds samples with what they must become")
    }
    try check(file)
  }

  /// What only the whole file shows.
  private func check(_ file: TOMLSection) throws {
    _ = try LineRules(self)
    _ = try time.formats.map { try TimeFormat($0, path: path) }
    if read.shape == .positional || read.shape == .nfcapd {
      guard !read.columns.isEmpty else {
        throw file.error("[read] lacks columns, which a \(read.shape.rawValue) format needs")
      }
      let unknown = inputColumns.filter { !read.columns.contains($0) }
      guard unknown.isEmpty else {
        throw file.error(
          "[map] reads columns that [read] lacks: \(unknown.joined(separator: ", "))")
      }
    }
    let statesZone = time.formats.allSatisfy { TimeFormat.statesZone($0) }
    guard statesZone == (time.zone == .inText) else {
      throw file.error(
        statesZone
          ? "[time] zone: the formats state the zone themselves"
          : "[time] lacks zone: a zone's name, or \"required\" where the site must state it")
    }
  }
}

extension Format.Flow {
  fileprivate init(_ section: TOMLSection) throws {
    guard let kind = try section.text("kind").flatMap(Kind.init) else {
      throw section.error("kind: expected oneway or biflow")
    }
    self.kind = kind
    activeTimeoutSeconds = try section.int("active_timeout")
    try section.finish()
  }
}

extension Format.Detect {
  fileprivate init(_ section: TOMLSection) throws {
    name = try section.text("name")
    headerPrefixes = try section.texts("header_prefix")
    firstLine = try section.text("first_line")
    zeekPath = try section.text("path")
    jsonKeys = try section.texts("json_keys")
    magic =
      try section.text("magic").map { text in
        let bytes = text.split(separator: " ").map { UInt8($0, radix: 16) }
        guard !bytes.contains(nil) else {
          throw section.error("magic: expected hexadecimal bytes such as \"0c a5\", found \(text)")
        }
        return bytes.compactMap { $0 }
      } ?? []
    try section.finish()
    if let firstLine { _ = try Pattern(firstLine) }
  }
}

extension Format.Read {
  fileprivate init(_ section: TOMLSection) throws {
    guard let shape = try section.oneOf("shape", Format.Shape.self) else {
      throw section.error("lacks shape")
    }
    self.shape = shape
    let delimiters = try section.texts("delimiter").map { try section.byte("delimiter", $0) }
    if !delimiters.isEmpty { self.delimiters = delimiters }
    quote = try section.byte("quote")
    columns = try section.texts("columns")
    optionalColumns = try section.texts("optional_columns")
    trims = try section.bool("trim")
    switch try section.text("extra_columns") {
    case nil, "reject": break
    case "allow": allowsExtraColumns = true
    case .some(let other):
      throw section.error("extra_columns: expected allow or reject, found \"\(other)\"")
    }
    if shape == .zeek { self.delimiters = [UInt8(ascii: "\t")] }
    try section.finish()
  }
}

extension Format.Skip {
  fileprivate init(_ section: TOMLSection) throws {
    comment = try section.text("comment") ?? ""
    stopAt = try section.text("stop_at")
    lines = try section.texts("lines")
    when = try section.conditions("when")
    try section.finish()
  }
}

extension Format.Time {
  fileprivate init(_ section: TOMLSection) throws {
    field = try section.requiredText("field")
    formats = try section.texts("formats")
    guard !formats.isEmpty else { throw section.error("lacks formats") }
    switch try section.text("zone") {
    case nil: zone = .inText
    case "required": zone = .required
    case .some(let name): zone = .named(name)
    }
    try section.finish()
  }
}

extension TOMLSection {
  /// `[totals]`: names that the footer uses, and what must add up to each.
  fileprivate func totals(of schema: Schema) throws -> [String: [String]] {
    var totals: [String: [String]] = [:]
    for name in keys {
      let columns = try texts(name)
      for column in columns where column != FooterTotals.records {
        guard let index = schema.index(of: column), schema.fields[index].type == .int64 else {
          throw error(
            "\(name): expected \"records\" or columns that hold whole numbers, found \"\(column)\"")
        }
      }
      totals[name] = columns
    }
    try finish()
    return totals
  }
}

extension ValueTable {
  fileprivate static func all(_ section: TOMLSection) throws -> [String: ValueTable] {
    var tables: [String: ValueTable] = [:]
    for name in section.keys {
      guard let entries = try section.section(name) else { continue }
      var table = ValueTable(texts: [:], other: nil)
      for key in entries.keys {
        guard let text = try entries.scalar(key) else { continue }
        if key == "*" { table.other = text } else { table.texts[key] = text }
      }
      tables[name] = table
    }
    return tables
  }
}

extension Format.Test {
  fileprivate init(_ section: TOMLSection) throws {
    header = try section.text("header")
    line = try section.requiredText("line")
    zone = try section.text("zone")
    rejected = try section.text("rejected")
    isSkipped = try section.bool("skipped")
    expect = []
    if let expected = try section.section("expect") {
      for column in expected.keys {
        let text = try expected.scalar(column)
        expect.append((column, text == "null" ? nil : text))
      }
    }
    try section.finish()
    guard (expect.isEmpty ? 0 : 1) + (rejected == nil ? 0 : 1) + (isSkipped ? 1 : 0) == 1 else {
      throw section.error("states one of expect, rejected or skipped")
    }
  }
}
