import Foundation
import TestSupport
import Testing

@testable import ArrowFile

@Suite struct AtomicFolderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func write(_ text: String, to name: String, in path: String) throws {
    try Data(text.utf8).write(to: URL(fileURLWithPath: "\(path)/\(name)"))
  }

  @Test("a folder is not seen before it is complete, then takes the place of what was there")
  func committed() throws {
    let path = "\(folder.path)/m"
    for (text, empty) in [("a", false), ("b", false), ("c", true)] {
      if empty {
        try FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
      }
      let before = AtomicFolder.names(in: path)
      let output = try AtomicFolder(path: path)
      try write(text, to: text, in: output.temporaryPath)
      #expect(AtomicFolder.names(in: path) == before)
      try output.commit()
      #expect(AtomicFolder.names(in: path) == [text])
      #expect(try folder.names() == ["m"])
    }
  }

  @Test("a folder that is not completed leaves the old one, and nothing else")
  func abandoned() throws {
    let path = "\(folder.path)/m"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    try write("old", to: "old", in: path)
    func abandon() throws {
      let output = try AtomicFolder(path: path)
      try write("new", to: "new", in: output.temporaryPath)
      #expect(try folder.names().count == 2)
    }
    try abandon()
    #expect(try folder.names() == ["m"])
    #expect(AtomicFolder.names(in: path) == ["old"])
  }
}
