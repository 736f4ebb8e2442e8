import ArrowFile
import Columnar
import Foundation
import Randomness
import TestSupport
import Testing

@testable import Learning

@Suite struct ModelFileTests {
  @Test("a model and its card are read back to the bit")
  func roundTrip() throws {
    let folder = try TemporaryFolder()
    let edges = try TwoDepartments.trained()
    try edges.write(to: folder.file("edges.arrow"))
    #expect(try EdgeModel(path: folder.file("edges.arrow")) == edges)
    let sequences = try Walks.trained()
    try sequences.write(to: folder.file("sequences.arrow"))
    #expect(try SequenceModel(path: folder.file("sequences.arrow")) == sequences)
    #expect(throws: LearningError.self) { try EdgeModel(path: folder.file("sequences.arrow")) }
    try edges.write(to: folder.file("again.arrow"))
    let bytes = try ["edges", "again"].map {
      try Data(contentsOf: URL(fileURLWithPath: folder.file("\($0).arrow")))
    }
    #expect(bytes[0] == bytes[1])
  }

  @Test("a damaged file ends with an error or is read as it was")
  func damage() throws {
    let folder = try TemporaryFolder()
    let model = try TwoDepartments.trained()
    let path = folder.file("edges.arrow")
    try model.write(to: path)
    let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
    var generator = SeededGenerator(seed: 1, stream: 1)
    for round in 0..<60 {
      var damaged = bytes
      if round % 3 == 0 {
        damaged = damaged.prefix(generator.below(bytes.count))
      } else {
        damaged[generator.below(bytes.count)] ^= UInt8(1 << generator.below(8))
      }
      try damaged.write(to: URL(fileURLWithPath: path))
      do {
        #expect(try EdgeModel(path: path) == model)
      } catch {
        #expect("\(error)".contains("edges.arrow"))
      }
    }
  }

  @Test(
    "what a file says of itself is not believed",
    arguments: [
      ("model.kind", "forests"), ("model.version", "2"), ("edges.service_count", "4"),
      ("edges.service_count", "99999999999"), ("edges.service_count", "-1"),
      ("card.seed", "none"), ("card.held_out_loss", "nan"), ("card.epoch_count", ""),
    ])
  func metadata(key: String, value: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.file("edges.arrow")
    try TwoDepartments.trained().write(to: path)
    let reader = try ArrowReader(path: path)
    let other = folder.file("other.arrow")
    let writer = try ArrowWriter(
      path: other, schema: reader.schema, compression: .zstd,
      metadata: reader.metadata.filter { !$0.key.hasPrefix("tidemark.") && $0.key != key }
        .map { (key: $0.key, value: $0.value) } + [(key: key, value: value)])
    for index in 0..<reader.batchCount { try writer.write(reader.batch(index)) }
    try writer.finish()
    #expect { try EdgeModel(path: other) } throws: { error in
      "\(error)".contains("other.arrow") && error is LearningError
    }
  }
}
