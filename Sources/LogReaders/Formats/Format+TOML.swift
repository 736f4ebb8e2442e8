import Columnar
import Events
import TOMLKit

extension Format {
  /// Reads a format file's text; `path` names it in errors.
  package init(toml text: String, path: String) throws {
    if let fault = TOMLText.fault(in: text) {
      throw FormatError(path: "\(path):\(fault.line):\(fault.column)", problem: fault.problem)
    }
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
    guard id.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != 0x2F && $0 != 0x2C }) else {
      throw format.error("id: expected a name without spaces, commas and slashes, found \"\(id)\"")
    }
    self.eventClass = eventClass
    self.path = path
    bytesKind = try format.text("bytes_kind")
    family = try format.text("family")
    kindFields = try format.texts("kind")
    try format.finish()
    flow = try file.section("flow").map(Flow.init)
    guard (flow != nil) == (eventClass == .flow) else {
      throw file.error("formats of class flow, and only they, state [flow] kind")
    }
    detect = try file.section("detect").map(Detect.init) ?? Detect()
    read = try Read(file.requiredSection("read"))
    patterns = try file.sections("pattern").flatMap(LinePattern.all)
    cuts = try file.sections("cut").map(Cut.init)
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
    _ = try time.readFormats(path: path)
    if read.shape == .positional || read.shape == .nfcapd {
      guard !read.columns.isEmpty else {
        throw file.error("[read] lacks columns, which a \(read.shape.rawValue) format needs")
      }
    }
    guard (read.shape == .pattern) == !patterns.isEmpty else {
      throw file.error("formats of shape pattern, and only they, state [[pattern]]")
    }
    guard family == nil || isCutByLine else {
      throw file.error("[format] family: records of the shape \(read.shape.rawValue) share no file")
    }
    guard family == nil || isReadWithOthers else {
      throw file.error(
        "[format] family: a file that formats share has no [skip] comment, lines or stop_at: "
          + "leave out records by unless or when")
    }
    guard kindFields.isEmpty || isCutByLine else {
      throw file.error("[format] kind is not for the shape \(read.shape.rawValue)")
    }
    if takesLines, [.delimited, .zeek, .document, .nfcapd].contains(read.shape) {
      throw file.error(
        "[read] envelope, layout and merge_delimiters and [[cut]] are not for the shape "
          + read.shape.rawValue)
    }
    let unlisted = read.layouts.flatMap(\.when.keys).filter { !read.columns.contains($0) }
    guard unlisted.isEmpty else {
      throw file.error(
        "[[read.layout]] depends on columns that [read] lacks: "
          + unlisted.sorted().joined(separator: ", "))
    }
    if let known = knownFields {
      let unknown = inputColumns.filter { !known.contains($0) }
      guard unknown.isEmpty else {
        throw file.error(
          "[map] reads columns that [read] lacks: \(unknown.joined(separator: ", "))")
      }
    }
    if time.isEnd, !map.contains(where: { $0.column == Event.durationMicroseconds.name }) {
      throw file.error("[time] at: the start is not known without duration_us in [map]")
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
    texts = try section.texts("line_holds")
    magic =
      try section.text("magic").map { text in
        let bytes = text.split(separator: " ").map { UInt8($0, radix: 16) }
        guard !bytes.contains(nil) else {
          throw section.error("magic: expected hexadecimal bytes such as \"0c a5\", found \(text)")
        }
        return bytes.compactMap { $0 }
      } ?? []
    try section.finish()
    if let firstLine { try section.checkPattern(firstLine, of: "first_line") }
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
    nulls = try section.texts("null")
    minimumColumns = try section.int("min_columns")
    layouts = try section.sections("layout").map(Format.Layout.init)
    switch try section.text("envelope") {
    case nil: break
    case "syslog": isEnveloped = true
    case .some(let other): throw section.error("envelope: expected syslog, found \"\(other)\"")
    }
    switch try section.text("from") {
    case nil: break
    case SyslogEnvelope.Field.message.rawValue: break
    case SyslogEnvelope.Field.data.rawValue: opensStructuredData = true
    case .some(let other):
      throw section.error("from: expected syslog.message or syslog.data, found \"\(other)\"")
    }
    if shape == .keyvalue { pairs = try PairSyntax(section) }
    switch try section.text("unmatched") {
    case nil, "reject": break
    case "skip": skipsUnmatched = true
    case .some(let other):
      throw section.error("unmatched: expected reject or skip, found \"\(other)\"")
    }
    takesParagraphs = try section.bool("paragraphs")
    guard !takesParagraphs || (shape == .pattern && !isEnveloped) else {
      throw section.error("paragraphs is for the shape pattern without an envelope")
    }
    recordPaths = try section.texts("records")
    guard (shape == .document) == !recordPaths.isEmpty else {
      throw section.error("records: formats of shape document, and only they, state it")
    }
    mergesDelimiters = try section.bool("merge_delimiters")
    self.section = try section.section("section").map(Format.Section.init)
    guard (shape == .sectioned) == (self.section != nil) else {
      throw section.error("section: formats of shape sectioned, and only they, state it")
    }
    if shape == .elff {
      mergesDelimiters = true
      if delimiters.isEmpty { self.delimiters = [UInt8(ascii: " ")] }
      if quote == nil { quote = UInt8(ascii: "\"") }
      allowsExtraColumns = true
      nulls.append("-")
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
    unless = try section.conditions("unless")
    try section.finish()
    if let stopAt { try section.checkPattern(stopAt, of: "stop_at") }
    for line in lines { try section.checkPattern(line, of: "lines") }
  }
}

extension Format.Time {
  fileprivate init(_ section: TOMLSection) throws {
    fields = try section.texts("field")
    guard !fields.isEmpty else { throw section.error("lacks field") }
    formats = try section.texts("formats")
    guard !formats.isEmpty else { throw section.error("lacks formats") }
    switch try section.text("zone") {
    case nil: zone = .inText
    case "required": zone = .required
    case .some(let name): zone = .named(name)
    }
    if let text = try section.text("epoch_base") {
      guard let day = CivilDate(text) else {
        throw section.error("epoch_base: expected a day such as 2026-01-01, found \"\(text)\"")
      }
      guard formats.allSatisfy({ $0.hasPrefix("epoch") && $0 != "epoch_any" }) else {
        throw section.error("epoch_base is for formats such as epoch and epoch_ms alone")
      }
      epochBase = Int64(day.dayNumber) * 86_400_000_000
    }
    switch try section.text("at") {
    case nil, "start": break
    case "end": isEnd = true
    case .some(let other): throw section.error("at: expected start or end, found \"\(other)\"")
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
