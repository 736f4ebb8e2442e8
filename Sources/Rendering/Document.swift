import Events
import Incidents

/// A page of text, figures and tables, written once and rendered as HTML and as markdown.
struct Document {
  enum Cell {
    case text(String)
    case number(String)
    case code(String)
    case severity(Severity)
    case posture(DayFacts.Posture)
    /// Links to files of the store, relative to the page, or to a part of it.
    case links([(text: String, target: String)])
  }

  enum Block {
    case heading(String, id: String?)
    case paragraph(String)
    case figures([(name: String, value: String)])
    case table(caption: String, columns: [String], rows: [[Cell]])
    /// What a drawing shows, which markdown has as text.
    case drawing(HTML, text: String)
  }

  /// "weekly report for managers"
  let kind: String
  let title: String
  let subtitle: String
  /// Where the list of all days lies; nil on that list.
  let index: String?
  let blocks: [Block]
}

extension Document {
  var html: String {
    Page.html(
      title: "\(title), \(subtitle): Tidemark", jump: ("content", "To the content"),
      header: """
        \(Page.brand(kind, index: index))
        <h1>\(title)</h1>
        <p class="date">\(subtitle)</p>
        """,
      main: "<div id=\"content\">\(blocks.map(html))</div>")
  }

  private func html(_ block: Block) -> HTML {
    switch block {
    case .heading(let text, let id):
      let id: HTML = id.map { " id=\"\($0)\"" } ?? ""
      return "<h2\(id)>\(text)</h2>\n"
    case .paragraph(let text):
      return "<p>\(text)</p>\n"
    case .figures(let figures):
      let items = figures.map { "<div><dt>\($0.name)</dt><dd>\($0.value)</dd></div>" as HTML }
      return "<dl class=\"figures row\">\(items)</dl>\n"
    case .drawing(let drawing, let text):
      return """
        <figure>\(Page.wide("Drawing", drawing))<figcaption>\(text)</figcaption></figure>

        """
    case .table(let caption, let columns, let rows):
      let numbers = columns.indices.map { column in rows.first.map { $0[column].isNumber } ?? false
      }
      let head = columns.enumerated().map { index, name -> HTML in
        numbers[index] ? "<th class=\"number\">\(name)</th>" : "<th>\(name)</th>"
      }
      let body = rows.map { "<tr>\($0.map(\.html))</tr>\n" as HTML }
      let table: HTML = """
        <table><caption>\(caption)</caption><thead><tr>\(head)</tr></thead><tbody>
        \(body)</tbody></table>
        """
      return "\(Page.wide(caption, table))\n"
    }
  }

  var markdown: String {
    let e = Markdown.escaped
    let parts = blocks.map { block -> String in
      switch block {
      case .heading(let text, _): "## \(e(text))"
      case .paragraph(let text), .drawing(_, let text): e(text)
      case .figures(let figures): Markdown.table(["", ""], figures.map { [$0.name, $0.value] })
      case .table(let caption, let columns, let rows):
        e(caption) + ":\n\n" + Markdown.table(columns, rows.map { $0.map(\.text) })
      }
    }
    return (["# \(e(title)): \(e(subtitle))"] + parts).joined(separator: "\n\n") + "\n"
  }
}

extension Document.Cell {
  fileprivate var isNumber: Bool { if case .number = self { true } else { false } }

  fileprivate var html: HTML {
    switch self {
    case .text(let text): return "<td>\(text)</td>"
    case .number(let text): return "<td class=\"number\">\(text)</td>"
    case .code(let text): return "<td class=\"mono\">\(text)</td>"
    case .severity(let severity): return "<td>\(Signs.severity(severity))</td>"
    case .posture(let posture): return "<td>\(Signs.postureWord(posture))</td>"
    case .links(let links):
      let items = links.map { "<a href=\"\($0.target)\">\($0.text)</a>" as HTML }
      return "<td>\(items.joined(separator: ", "))</td>"
    }
  }

  /// For markdown: links by the path that they lead to.
  fileprivate var text: String {
    switch self {
    case .text(let text), .number(let text), .code(let text): text
    case .severity(let severity): severity.description
    case .posture(let posture): posture.rawValue
    case .links(let links):
      links.map { $0.target.hasPrefix("#") ? $0.text : $0.target }.joined(separator: ", ")
    }
  }
}
