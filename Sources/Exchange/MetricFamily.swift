/// Samples of one name, as text in the Prometheus exposition format 0.0.4
/// (https://prometheus.io/docs/instrumenting/exposition_formats/). All are gauges: each is what it
/// is now.
package struct MetricFamily: Sendable {
  package struct Sample: Sendable {
    /// In the order in which they are shown.
    package let labels: [(name: String, value: String)]
    package let value: Double
  }

  package let name: String
  package let help: String
  package private(set) var samples: [Sample] = []

  package init(_ name: String, _ help: String) {
    self.name = name
    self.help = help
  }

  package mutating func add(_ value: Double, _ labels: KeyValuePairs<String, String> = [:]) {
    samples.append(Sample(labels: labels.map { ($0.key, $0.value) }, value: value))
  }

  /// Nothing where there is no sample.
  package var text: String {
    guard !samples.isEmpty else { return "" }
    return "# HELP \(name) \(MetricFamily.escaped(help, quotes: false))\n# TYPE \(name) gauge\n"
      + samples.map { sample in
        let labels = sample.labels.map {
          "\($0.name)=\"\(MetricFamily.escaped($0.value, quotes: true))\""
        }
        let list = labels.isEmpty ? "" : "{\(labels.joined(separator: ","))}"
        return "\(name)\(list) \(MetricFamily.number(sample.value))\n"
      }.joined()
  }

  /// A whole number without a point, as people write it; else so that it reads back the same.
  private static func number(_ value: Double) -> String {
    Int64(exactly: value).map { "\($0)" } ?? "\(value)"
  }

  /// Backslashes, line feeds, and in labels quotes are escaped; the format lets all else stand.
  private static func escaped(_ text: String, quotes: Bool) -> String {
    // By bytes: to Swift, "\r\n" is one character.
    var bytes: [UInt8] = []
    for byte in text.utf8 {
      switch byte {
      case UInt8(ascii: "\\"): bytes += Array("\\\\".utf8)
      case UInt8(ascii: "\n"): bytes += Array("\\n".utf8)
      case UInt8(ascii: "\"") where quotes: bytes += Array("\\\"".utf8)
      default: bytes.append(byte)
      }
    }
    return String(decoding: bytes, as: UTF8.self)
  }
}
