import Columnar
import Events
import Indicators

/// Takes bytes for a list of indicators: what is taken of it is found by what it names. The first
/// byte says of which format it is.
enum IndicatorCheck {
  private static let site = SiteNetworks([Network("198.51.100.0/24")].compactMap(\.self))
  private static let columns = IndicatorFile.Columns(
    value: "value", from: "from", until: "until", note: "note")

  static func fault(_ input: [UInt8]) -> String? {
    guard let first = input.first else { return nil }
    let formats: [IndicatorFile.Format?] = [nil] + IndicatorFile.Format.allCases
    let format = formats[Int(first) % formats.count]
    func read() -> IndicatorFile {
      IndicatorFile(
        Array(input.dropFirst()), path: first & 0x80 == 0 ? "list.txt" : "list.csv",
        format: format, columns: columns, site: site)
    }
    let (file, again) = (read(), read())
    guard file.indicators == again.indicators, file.problems == again.problems else {
      return "read twice, other indicators"
    }
    let lineCount = input.count { $0 == 0x0A } + 1
    if format == .plain || format == .csv,
      file.indicators.count + file.unusedCount > lineCount
    {
      return
        "\(file.indicators.count) indicators and \(file.unusedCount) others of \(lineCount) lines"
    }
    let set = IndicatorSet(file.indicators)
    for indicator in file.indicators {
      if let fault = fault(indicator, in: set) { return "\(indicator.text): \(fault)" }
    }
    return nil
  }

  private static func fault(_ indicator: Indicator, in set: IndicatorSet) -> String? {
    guard Indicator.Value(indicator.text) == indicator.value else {
      return "is another when it is read again"
    }
    guard !indicator.note.contains(where: \.isNewline), indicator.note.count <= 200 else {
      return "has a note of several lines, or a long one"
    }
    let place: Int? =
      switch indicator.value {
      case .network(let network): set.index(of: network.address)
      case .domain(let name):
        Array("www.\(name).".utf8).withUnsafeBytes { set.index(ofName: $0) }
      case .fingerprint(let text): set.index(ofFingerprint: text.uppercased())
      }
    return place == nil ? "is not found" : nil
  }
}
