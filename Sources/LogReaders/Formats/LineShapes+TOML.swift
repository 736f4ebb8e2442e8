extension Format.LinePattern {
  /// The patterns of a `[[pattern]]`: one for each of its texts.
  static func all(_ section: TOMLSection) throws -> [Format.LinePattern] {
    let texts = try section.texts("text")
    guard !texts.isEmpty else { throw section.error("lacks text") }
    var constants: [String: String] = [:]
    if let set = try section.section("set") {
      for name in set.keys { constants[name] = try set.scalar(name) }
      try set.finish()
    }
    let (skips, rejects) = (try section.bool("skip"), try section.bool("reject"))
    guard !(skips && rejects) else { throw section.error("states one of skip and reject") }
    try section.finish()
    return try texts.map { text in
      _ = try LineTemplate(text, path: section.path) { _ in -1 }
      return Format.LinePattern(
        text: text, constants: constants,
        outcome: skips ? .skip : rejects ? .reject : .record)
    }
  }
}

extension Format.Layout {
  init(_ section: TOMLSection) throws {
    when = try section.conditions("when")
    columns = try section.texts("columns")
    try section.finish()
    guard when.count == 1 else { throw section.error("when: expected one column and its texts") }
  }
}

extension Format.Section {
  init(_ section: TOMLSection) throws {
    tag = try section.text("tag")
    headerTag = try section.text("header_tag")
    begin = try section.text("begin")
    header = try section.text("header")
    end = try section.texts("end")
    values = try section.texts("values")
    try section.finish()
    guard (tag == nil) == (headerTag == nil), (begin == nil) == (header == nil),
      tag != nil || begin != nil
    else { throw section.error("states tag with header_tag, begin with header, or all") }
  }
}

extension Format.Cut {
  init(_ section: TOMLSection) throws {
    field = try section.requiredText("field")
    let patterns = try section.texts("patterns")
    if patterns.isEmpty {
      form = .pairs(try PairSyntax(section))
    } else {
      form = .patterns(
        try patterns.map { text in
          _ = try LineTemplate(text, path: section.path) { _ in -1 }
          return Format.LinePattern(text: text)
        })
    }
    try section.finish()
  }
}

extension PairSyntax {
  /// `separator`, `assign`, `quotes`, `escape`, `cells` and `values` of a section.
  init(_ section: TOMLSection) throws {
    if let byte = try section.byte("separator") { separator = byte }
    if let byte = try section.byte("assign") { assign = byte }
    if let text = try section.text("quotes") { quotes = Array(text.utf8) }
    if let text = try section.text("escape") {
      escape = text.isEmpty ? nil : try section.byte("escape", text)
    }
    cellDelimiter = try section.byte("cells")
    switch try section.text("values") {
    case nil, "to_separator": break
    case "to_next_key": runsOn = true
    case .some(let other):
      throw section.error("values: expected to_separator or to_next_key, found \"\(other)\"")
    }
  }
}
