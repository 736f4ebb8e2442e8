import Events

/// Small inline drawings. Each has a title for those who can't see it, and none needs colour to be
/// understood.
enum Charts {
  static let width = 720.0
  static let left = 64.0
  static let bottom = 22.0

  /// A number for SVG: at most two digits after the point, without the commas that part thousands,
  /// which SVG would read as two numbers.
  static func n(_ value: Double) -> String {
    Quantity.decimal(value, places: 2).split(separator: ",").joined()
  }

  static func frame(width: Double = width, height: Double, title: String, _ content: [HTML])
    -> HTML
  {
    """
    <svg class="chart" viewBox="0 0 \(n(width)) \(n(height))" width="\(n(width))" \
    height="\(n(height))" role="img" aria-label="\(title)"><title>\(title)</title>\(content)</svg>
    """
  }

  static func text(
    _ x: Double, _ y: Double, _ words: String, anchor: String = "middle", style: String? = nil
  ) -> HTML {
    let style: HTML = style.map { " class=\"\($0)\"" } ?? ""
    return "<text\(style) x=\"\(n(x))\" y=\"\(n(y))\" text-anchor=\"\(anchor)\">\(words)</text>"
  }

  static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String = "axis")
    -> HTML
  {
    """
    <line class="\(style)" x1="\(n(x1))" y1="\(n(y1))" x2="\(n(x2))" y2="\(n(y2))"/>
    """
  }

  static func bar(
    _ x: Double, _ y: Double, _ w: Double, _ h: Double, _ what: String, style: String = "bar"
  ) -> HTML {
    """
    <rect class="\(style)" x="\(n(x))" y="\(n(y))" width="\(n(w))" height="\(n(h))">\
    <title>\(what)</title></rect>
    """
  }
}
