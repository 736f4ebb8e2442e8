import Glibc
import TestSupport
import Testing

@testable import StageKit

@Test("the journal is told by the device and the inode of the stream, not by the variable alone")
func journalStream() throws {
  let folder = try TemporaryFolder()
  let descriptor = open(folder.file("stream"), O_RDWR | O_CREAT, 0o600)
  try #require(descriptor >= 0)
  defer { close(descriptor) }
  let status = try FileBytes.status(of: folder.file("stream"))
  #expect(Journal.isOpen(as: descriptor, stream: "\(status.st_dev):\(status.st_ino)"))
  for other in [nil, "", "\(status.st_dev)", "\(status.st_dev):\(status.st_ino + 1)", "a:b"] {
    #expect(!Journal.isOpen(as: descriptor, stream: other))
  }
  #expect(!Journal.isOpen(as: -1, stream: "\(status.st_dev):\(status.st_ino)"))
}

@Test("each line has its level, and text of a log can't begin a line of another")
func journalLines() {
  #expect(Journal.text("score: done", level: .info) == "<6>score: done\n")
  #expect(Journal.text("a\r\n<0>b\n", level: .warning) == "<4>a\r\n<4><0>b\n<4>\n")
  #expect(Journal.text("x", level: .error) == "<3>x\n")
}

@Test("how long stages took is read back as it was written")
func timings() throws {
  let folder = try TemporaryFolder()
  let store = try Store(path: folder.path + "/store")
  #expect(try store.timings() == [])
  let old = StageTiming(stage: "score", seconds: 9, peakResidentBytes: 1)
  let written = ["baseline", "score"].map {
    StageTiming(stage: $0, seconds: 1.25, peakResidentBytes: 300 << 20)
  }
  for timing in [old] + written { try store.record(timing) }
  #expect(try store.timings() == written)
  StageClock().record("score", in: store)
  let measured = try #require(try store.timings().last)
  #expect(
    measured.seconds >= 0 && measured.stage == "score" && measured.peakResidentBytes > 1 << 20)
  try FileBytes.write("{}".utf8, to: store.timing + "/score.json")
  let error = #expect(throws: StageError.self) { try store.timings() }
  #expect(error?.description.contains("\(store.timing)/score.json: not a stage's timing") == true)
}
