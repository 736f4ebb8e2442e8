import Incidents

/// How something moved from host to host, as findings of `edges` tell it.
struct MovementPaths {
  /// Paths drawn; more are only counted.
  private static let shownPaths = 6

  /// The hosts of each path in turn, the last with the service that was reached; each path once.
  let paths: [[String]]
  private let entity: String

  init(_ incident: Incident) {
    entity = incident.entity
    var seen: Set<[String]> = []
    paths = incident.findings.filter { $0.detector == "edges" }.compactMap(\.peer).map { peer in
      let hosts = peer.split(separator: "→").map {
        $0.trimmingPrefix { $0 == " " }.split(separator: " ").joined(separator: " ")
      }
      return hosts.count > 1 ? hosts : [incident.entity] + hosts
    }.filter { seen.insert($0).inserted }
  }

  /// "10.0.0.7 → 10.0.0.9 → 10.0.0.2:445/tcp"
  var texts: [String] { paths.map { $0.joined(separator: " → ") } }

  /// A row for each path: hosts in boxes, the incident's own with a thick frame, arrows between.
  var drawing: HTML? {
    guard !paths.isEmpty else { return nil }
    let shown = paths.prefix(MovementPaths.shownPaths)
    let (box, gap, row) = (152.0, 44.0, 52.0)
    let longest = Double(shown.map(\.count).max() ?? 1)
    let wide = longest * box + (longest - 1) * gap + 4
    var content: [HTML] = []
    for (index, path) in shown.enumerated() {
      let y = 4 + row * Double(index)
      for (place, host) in path.enumerated() {
        let x = 2 + (box + gap) * Double(place)
        let name = host.count > 21 ? host.prefix(20) + "…" : host
        content.append(
          """
          <rect class="\(host == entity ? "self" : "host")" x="\(Charts.n(x))" y="\(Charts.n(y))" \
          width="\(Charts.n(box))" height="34" rx="6"><title>\(host)</title></rect>
          """)
        content.append(Charts.text(x + box / 2, y + 21, name, style: "name"))
        guard place > 0 else { continue }
        content.append(Charts.line(x - gap + 3, y + 17, x - 8, y + 17, style: "arrow"))
        content.append(
          """
          <path class="head" d="M\(Charts.n(x - 2)) \(Charts.n(y + 17))l-9 -5v10z"/>
          """)
      }
    }
    return Charts.frame(
      width: wide, height: row * Double(shown.count) - 10,
      title: "From host to host: "
        + shown.map { $0.joined(separator: " to ") }
        .joined(separator: "; "), content)
  }
}
