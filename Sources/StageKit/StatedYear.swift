/// The year of times that state none, as a site file or a command says it.
package enum StatedYear: Equatable, Sendable {
  case number(Int)
  /// Each file's name holds its year.
  case fileName

  /// - Parameter text: a year from 2000 on, or `filename`.
  package init?(_ text: String) {
    if text == "filename" {
      self = .fileName
    } else if let number = Int(text), (2000...9999).contains(number), text == "\(number)" {
      self = .number(number)
    } else {
      return nil
    }
  }

  /// As a site file says it, without quotes.
  package var text: String {
    switch self {
    case .number(let number): "\(number)"
    case .fileName: "filename"
    }
  }
}
