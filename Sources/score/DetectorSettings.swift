import Detectors
import StageKit

/// The numbers of every detector, from the files of one folder.
struct DetectorSettings: Sendable {
  let numbers: [String: [String: Double]]
  /// All settings as one text, for manifests.
  let text: String
  /// The same of challengers; nil where none are compared.
  let challengersText: String?

  /// - Parameter challenging: whether the site compares challengers.
  /// - Throws: when a detector has no file, or a file holds anything but numbers.
  init(folder: String, challenging: Bool) throws {
    func read(_ detectors: [any Detector]) throws -> [String: [String: Double]] {
      var numbers: [String: [String: Double]] = [:]
      for detector in detectors {
        numbers[detector.name] = try TOMLReader(path: "\(folder)/\(detector.name).toml").numbers()
      }
      return numbers
    }
    let own = try read(allDetectors)
    let challengers = challenging ? try read(contests.map(\.challenger)) : nil
    numbers = own.merging(challengers ?? [:]) { own, _ in own }
    text = DetectorSettings.text(own)
    challengersText = challengers.map(DetectorSettings.text)
  }

  private static func text(_ numbers: [String: [String: Double]]) -> String {
    numbers.sorted { $0.key < $1.key }.map { detector, settings in
      detector + ":"
        + settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }.joined(separator: ";")
  }
}
