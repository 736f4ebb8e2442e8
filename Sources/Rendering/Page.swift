import Events

/// A whole page: one file, no script, nothing fetched.
enum Page {
  /// - Parameters:
  ///   - title: for the browser's tab.
  ///   - jump: the id that the first link leads to, for those who use the keyboard.
  static func html(title: String, jump: (id: String, words: String), header: HTML, main: HTML)
    -> String
  {
    let page: HTML = """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" \
      content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="referrer" content="no-referrer">
      <title>\(title)</title>
      <style>\(HTML(markup: Stylesheet.text))</style>
      </head>
      <body>
      <header>
      <a class="jump" href="#\(jump.id)">\(jump.words)</a>
      \(header)
      </header>
      <main>
      \(main)
      </main>
      <footer><p>Made by Tidemark. Nothing in this page is fetched or run.</p></footer>
      </body>
      </html>

      """
    return page.source
  }

  /// What may be wider than a telephone, and is then moved sideways by itself, by keyboard too.
  static func wide(_ label: String, _ content: HTML) -> HTML {
    "<div class=\"wide\" role=\"group\" tabindex=\"0\" aria-label=\"\(label)\">\(content)</div>"
  }

  /// The product's mark and what kind of page this is.
  /// - Parameter index: where the list of all days lies from here; nil on that list.
  static func brand(_ kind: String, index: String?) -> HTML {
    let link: HTML = index.map { " <a href=\"\($0)\">All days</a>" } ?? ""
    return """
      <p class="brand"><svg viewBox="0 0 28 14" width="28" height="14" aria-hidden="true">\
      <path d="M1 5c4-5 8-5 13 0s9 5 13 0"/><path d="M1 12h26"/></svg> \
      <strong>Tidemark</strong> <span>\(kind)</span>\(link)</p>
      """
  }

  /// Text in which what stands between backquotes is code.
  static func prose(_ text: String) -> HTML {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated().map {
      index, part -> HTML in
      index % 2 == 1 ? "<code>\(String(part))</code>" : "\(String(part))"
    }.joined()
  }
}

extension String {
  /// With its first letter as a capital.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

extension CivilDate {
  /// "Wednesday, 25 March 2026"
  var inWords: String {
    let weekdays = [
      "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]
    let (year, month, day) = components
    return "\(weekdays[weekday]), \(day) \(CivilDate.months[month - 1]) \(year)"
  }

  /// "25 Mar"
  var inBrief: String {
    let (_, month, day) = components
    return "\(day) \(CivilDate.months[month - 1].prefix(3))"
  }

  static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
}
