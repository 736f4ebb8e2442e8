import Foundation

/// The folder of the stages that were built with the tests.
package func builtPrograms() throws -> URL {
  let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
  return URL(filePath: tests).deletingLastPathComponent()
}
