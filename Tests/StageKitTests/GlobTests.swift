import Foundation
import TestSupport
import Testing

@testable import StageKit

/// A folder of its own with empty files, that goes with the test.
private func withFiles(_ files: [String], _ body: (String) throws -> Void) throws {
  let folder = try TemporaryFolder()
  try withExtendedLifetime(folder) {
    for file in files {
      try FileBytes.makeFolder(FileBytes.parent(of: "\(folder.path)/\(file)"))
      try FileBytes.write("".utf8, to: "\(folder.path)/\(file)")
    }
    try body(folder.path)
  }
}

@Test("globs cross folders with **, and match names with * and ?")
func globs() throws {
  let files = ["a.csv", "b.log", "x/c.csv", "x/y/d.csv", ".hidden.csv", "x/12:00:00.log.gz"]
  try withFiles(files) { (path: String) throws in
    func found(_ pattern: String) throws -> [String] {
      try Glob.files(matching: "\(path)/\(pattern)").map { String($0.dropFirst(path.count + 1)) }
    }
    #expect(try found("*.csv") == ["a.csv"])
    #expect(try found("**/*.csv") == ["a.csv", "x/c.csv", "x/y/d.csv"])
    #expect(try found("x") == ["x/12:00:00.log.gz", "x/c.csv", "x/y/d.csv"])
    #expect(try found("*/**") == ["a.csv", "b.log", "x/12:00:00.log.gz", "x/c.csv", "x/y/d.csv"])
    #expect(try found("?.log") == ["b.log"])
    #expect(try found("nothing/*.csv") == [])
  }
}

@Test("a link to a folder that it lies in is not followed, one to another folder is")
func linkedFolders() throws {
  try withFiles(["a/b/c.csv", "d/e.csv"]) { (path: String) throws in
    let files = FileManager.default
    try files.createSymbolicLink(atPath: "\(path)/a/b/loop", withDestinationPath: "..")
    try files.createSymbolicLink(atPath: "\(path)/a/d", withDestinationPath: "../d")
    for pattern in ["a", "a/**/*.csv"] {
      #expect(
        try Glob.files(matching: "\(path)/\(pattern)").map { String($0.dropFirst(path.count + 1)) }
          == ["a/b/c.csv", "a/d/e.csv"])
    }
  }
}

@Test("what a person names is no pattern: a folder may be called feeds[1]")
func namedFiles() throws {
  try withFiles(["feeds[1]/b.txt", "feeds[1]/a.txt", "[x].csv"]) { (path: String) throws in
    let named = ["\(path)/[x].csv", "\(path)/feeds[1]"]
    #expect(
      try Glob.files(named: named)
        == ["\(path)/[x].csv", "\(path)/feeds[1]/a.txt", "\(path)/feeds[1]/b.txt"])
  }
}
