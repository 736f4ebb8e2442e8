import Detectors
import Events
import Incidents
import LogReaders
import Quality
import StageKit

extension Checkup {
  /// The formats that can be used, and what is wrong with the others.
  func formats() -> (library: FormatLibrary?, results: [CheckResult]) {
    var results: [CheckResult] = []
    var formats: [Format] = []
    for folder in formatFolders {
      do {
        for name in try FileBytes.names(in: folder) where name.hasSuffix(".toml") {
          do { formats.append(try Format(path: "\(folder)/\(name)")) } catch {
            results.append(CheckResult(error))
          }
        }
      } catch { results.append(CheckResult(error)) }
    }
    do {
      let library = try FormatLibrary(formats)
      let count = Quantity.counted(formats.count, "format")
      results.append(CheckResult(.ok, "formats", count))
      return (library, results)
    } catch { return (nil, results + [CheckResult(error)]) }
  }

  /// Detectors' settings, limits of data quality, playbooks.
  func settings() -> [CheckResult] {
    let detectors = allDetectors + contests.map(\.challenger)
    return installed("detectors", "the settings of every detector can be read") { folder in
      detectors.flatMap { detector in
        checked {
          _ = try TOMLReader(path: "\(folder)/\(detector.name).toml").numbers()
          return []
        }
      }
    }
      + installed("quality", "limits of data quality") { folder in
        checked {
          let path = "\(folder)/limits.toml"
          let numbers = try TOMLReader(path: path).numbers()
          do { _ = try QualityLimits(numbers) } catch { throw StageError("\(path): \(error)") }
          return []
        }
      }
      + installed("playbooks", "a playbook for each detector") { folder in
        detectors.flatMap { detector in
          checked {
            let path = "\(folder)/\(detector.name).md"
            let text = String(decoding: try FileBytes.read(path), as: UTF8.self)
            guard Playbook(markdown: text).checks.isEmpty else { return [] }
            return [
              CheckResult(
                .warning, path,
                "has no section \"How to check\"; take the one that came with this version")
            ]
          }
        }
      }
  }

  private func installed(
    _ name: String, _ what: String, _ problems: (_ folder: String) -> [CheckResult]
  ) -> [CheckResult] {
    guard let folder = InstalledFolder.path(name) else {
      return [
        CheckResult(
          .error, "pipelines/\(name)",
          "expected this folder, found none; run from the installation's folder, or install Tidemark "
            + "anew")
      ]
    }
    let found = problems(folder)
    return found.isEmpty ? [CheckResult(.ok, name, what)] : found
  }
}
