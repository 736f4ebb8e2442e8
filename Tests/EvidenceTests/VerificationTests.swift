import Foundation
import StageKit
import Testing

@testable import Evidence

/// What a program says, and how it ends.
private func run(_ command: [String], in folder: String) throws -> (code: Int32, text: String) {
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = command
  process.currentDirectoryURL = URL(filePath: folder)
  let pipe = Pipe()
  process.standardOutput = pipe
  process.standardError = pipe
  try process.run()
  let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  return (process.terminationStatus, text)
}

private let hasOpenSSL = FileManager.default.isExecutableFile(atPath: "/usr/bin/openssl")

@Test("a bundle is intact, by its own key and by the signer's")
func intact() throws {
  let sample = try SampleStore()
  try sample.bundle("b")
  let folder = sample.path + "/b"
  let own = try EvidenceBundle.verify(folder: folder)
  #expect(own.isIntact && own.fileCount == 15)
  try FileBytes.write(sample.key.publicKey.pem.utf8, to: sample.path + "/public.pem")
  let given = try EvidenceBundle.verify(folder: folder, publicKey: sample.path + "/public.pem")
  #expect(given.isIntact)
}

@Test("sha256sum and OpenSSL find a bundle intact", .enabled(if: hasOpenSSL, "needs openssl"))
func outsideChecks() throws {
  let sample = try SampleStore()
  try sample.bundle("b")
  let folder = sample.path + "/b"
  #expect(try run(["sha256sum", "--strict", "-c", "SHA256SUMS"], in: folder).code == 0)
  let command = [
    "openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "public.pem", "-rawin", "-in",
    "SHA256SUMS", "-sigfile", "SHA256SUMS.sig",
  ]
  #expect(try run(command, in: folder).text.contains("Signature Verified Successfully"))
  try FileBytes.write("x\n".utf8, to: folder + "/SHA256SUMS")
  #expect(try run(command, in: folder).code != 0)
}

@Test("OpenSSL reads the key and gives the same public key and signature", .enabled(if: hasOpenSSL))
func opensslKey() throws {
  let sample = try SampleStore()
  let path = sample.site.evidenceKeyPath
  let pem = try run(["openssl", "pkey", "-in", path, "-pubout"], in: sample.path)
  #expect(pem.text == sample.key.publicKey.pem)
  try sample.bundle("b")
  let signed = try run(
    [
      "openssl", "pkeyutl", "-sign", "-inkey", path, "-rawin", "-in", "b/SHA256SUMS", "-out", "sig",
    ], in: sample.path)
  #expect(signed.code == 0)
  #expect(
    try FileBytes.read(sample.path + "/sig") == FileBytes.read(sample.path + "/b/SHA256SUMS.sig"))
}

@Test("a changed byte is found in whichever file it is, at its start, middle and end")
func changedBytes() throws {
  let sample = try SampleStore()
  try sample.bundle("b")
  let folder = sample.path + "/b"
  let files = try SampleStore.files(of: folder)
  for (name, bytes) in files.sorted(by: { $0.key < $1.key }) {
    for place in Set([0, bytes.count / 2, bytes.count - 1]).sorted() {
      var changed = bytes
      changed[place] ^= 1
      try FileBytes.write(changed, to: "\(folder)/\(name)")
      let problems = try EvidenceBundle.verify(folder: folder).problems
      let names = problems.map(\.description)
      #expect(names.contains { $0.contains(name) }, "\(name), byte \(place): \(names)")
      if !name.hasPrefix("SHA256SUMS") {
        #expect(problems.contains(.init(file: name, fault: "was changed")), "\(name)")
      }
    }
    try FileBytes.write(bytes, to: "\(folder)/\(name)")
  }
  #expect(try EvidenceBundle.verify(folder: folder).isIntact)
}

@Test("every byte of the sums, the signature and the key counts")
func everyByte() throws {
  let sample = try SampleStore()
  try sample.bundle("b")
  let folder = sample.path + "/b"
  for name in ["SHA256SUMS", "SHA256SUMS.sig", "public.pem"] {
    let bytes = try FileBytes.read("\(folder)/\(name)")
    for place in bytes.indices {
      var changed = bytes
      changed[place] ^= 0x10
      try Data(changed).write(to: URL(filePath: "\(folder)/\(name)"))
      let problems = try EvidenceBundle.verify(folder: folder).problems
      #expect(
        problems.contains { $0.description.contains(name) }, "\(name), byte \(place)")
    }
    try FileBytes.write(bytes, to: "\(folder)/\(name)")
  }
}

@Test("a file that is missing, added or a link is named, whichever it is")
func missingAndAdded() throws {
  let sample = try SampleStore()
  try sample.bundle("b")
  let folder = sample.path + "/b"
  for (name, bytes) in try SampleStore.files(of: folder).sorted(by: { $0.key < $1.key }) {
    try FileBytes.remove("\(folder)/\(name)")
    let problems = try EvidenceBundle.verify(folder: folder).problems
    #expect(problems.contains { $0.file == name && $0.fault.hasPrefix("missing") }, "\(name)")
    try FileBytes.write(bytes, to: "\(folder)/\(name)")
  }
  try FileBytes.write("x".utf8, to: folder + "/rows/more.csv")
  try FileManager.default.createSymbolicLink(
    atPath: folder + "/rows/link.csv", withDestinationPath: "flow.csv")
  #expect(
    try EvidenceBundle.verify(folder: folder).problems.map(\.description) == [
      "rows/link.csv: neither a file nor a folder",
      "rows/more.csv: was not signed: it was added",
    ])
}

@Test("a bundle that another key signed anew passes by its own key, and fails by the signer's")
func anotherKey() throws {
  let sample = try SampleStore()
  let other = try EvidenceKey.make(at: sample.path + "/other.key", outside: sample.store)
  try EvidenceBundle.write(
    incident: SampleStore.incident, day: sample.day, site: sample.site, store: sample.store,
    key: other, to: sample.path + "/b")
  try FileBytes.write(sample.key.publicKey.pem.utf8, to: sample.path + "/public.pem")
  #expect(try EvidenceBundle.verify(folder: sample.path + "/b").isIntact)
  let given = try EvidenceBundle.verify(
    folder: sample.path + "/b", publicKey: sample.path + "/public.pem")
  #expect(given.problems.map(\.file) == ["SHA256SUMS.sig"])
}
