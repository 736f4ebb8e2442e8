import Detectors
import StageKit

/// The numbers of every detector, from the files of one folder.
struct DetectorSettings: Sendable {
  let numbers: [String: [String: Double]]

  /// - Throws: when a detector has no file, or a file holds anything but numbers.
  init(folder: String) throws {
    var numbers: [String: [String: Double]] = [:]
    for detector in allDetectors {
      numbers[detector.name] = try TOMLReader(path: "\(folder)/\(detector.name).toml").numbers()
    }
    self.numbers = numbers
  }

  /// All settings as one text, for manifests.
  var text: String {
    numbers.sorted { $0.key < $1.key }.map { detector, settings in
      detector + ":"
        + settings.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: ",")
    }.joined(separator: ";")
  }
}
