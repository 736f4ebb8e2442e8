import Columnar

/// A row of an input: the batch, numbered through all files, and the row in it.
struct RowReference: Hashable {
  var batch: UInt32
  var row: UInt32
}

/// The files of a day in the order that breaks ties, their batches numbered through.
///
/// Batches are kept while they are in use: a mapped batch costs nothing, a compressed one is
/// decompressed anew when it was dropped meanwhile.
final class InputFiles {
  let files: [EventFile]
  /// For each file, its source's index in `sources`.
  let sourceOfFile: [Int]
  /// Names of sources, sorted.
  let sources: [String]
  /// What records of a source are: the longest timeout and gap of its files.
  let exportOfSource: [FlowExport?]
  private let firstBatch: [Int]
  private let fileOfBatch: [UInt32]
  private let rangeOfBatch: [TimeRange?]
  private var cached: [(batch: Int, value: Batch, byteCount: Int)] = []
  private var cachedByteCount = 0
  private let cacheByteCount: Int

  init(_ unordered: [EventFile], cachedByteCount: Int) {
    cacheByteCount = cachedByteCount
    files = unordered.sorted {
      ($0.logFile, $0.source, $0.identity) < ($1.logFile, $1.source, $1.identity)
    }
    let sources = Set(files.map(\.source)).sorted()
    self.sources = sources
    sourceOfFile = files.map { file in sources.firstIndex(of: file.source) ?? 0 }
    var exports = [FlowExport?](repeating: nil, count: sources.count)
    for (file, source) in zip(files, sourceOfFile) {
      guard let export = file.export, export.joinsRecords else { continue }
      let timeout = export.activeTimeoutMicroseconds ?? FlowExport.usualActiveTimeoutMicroseconds
      let known = exports[source]
      exports[source] = FlowExport(
        kind: .oneway,
        activeTimeoutMicroseconds: max(timeout, known?.activeTimeoutMicroseconds ?? 0),
        inactiveGapMicroseconds: max(
          export.inactiveGapMicroseconds, known?.inactiveGapMicroseconds ?? 0))
    }
    exportOfSource = exports
    var firstBatch: [Int] = []
    var fileOfBatch: [UInt32] = []
    var rangeOfBatch: [TimeRange?] = []
    for (index, file) in files.enumerated() {
      firstBatch.append(fileOfBatch.count)
      fileOfBatch.append(contentsOf: repeatElement(UInt32(index), count: file.rows.batchCount))
      rangeOfBatch += (0..<file.rows.batchCount).map { file.rows.timeRange(ofBatch: $0) }
    }
    self.firstBatch = firstBatch
    self.fileOfBatch = fileOfBatch
    self.rangeOfBatch = rangeOfBatch
  }

  /// The margin at a day's edges for the rows of a file.
  func margin(ofFile file: Int) -> Int64 {
    guard files[file].export?.joinsRecords == true else { return 0 }
    return exportOfSource[sourceOfFile[file]]?.marginMicroseconds ?? 0
  }

  /// The times of a file's rows that a day needs.
  func range(ofFile file: Int, _ window: DayWindow) -> Range<Int64> {
    let margin = margin(ofFile: file)
    return (window.start - margin)..<(window.end + margin)
  }

  var longestMargin: Int64 { files.indices.map { margin(ofFile: $0) }.max() ?? 0 }

  func file(ofBatch batch: Int) -> Int { Int(fileOfBatch[batch]) }

  /// The numbers of a file's batches that may hold rows of these times.
  func batches(ofFile file: Int, in times: Range<Int64>) -> [Int] {
    let start = Instant(microseconds: times.lowerBound)
    let end = Instant(microseconds: times.upperBound)
    let numbers = firstBatch[file]..<(firstBatch[file] + files[file].rows.batchCount)
    return numbers.filter { rangeOfBatch[$0]?.overlaps(from: start, to: end) ?? true }
  }

  /// A batch by its number.
  func batch(_ number: Int) throws -> Batch {
    if let last = cached.last, last.batch == number { return last.value }
    if let place = cached.lastIndex(where: { $0.batch == number }) {
      let entry = cached.remove(at: place)
      cached.append(entry)
      return entry.value
    }
    let file = file(ofBatch: number)
    let batch = try files[file].rows.batch(number - firstBatch[file])
    let byteCount = batch.columns.reduce(0) {
      $0 + $1.values.byteCount + ($1.offsets?.byteCount ?? 0)
    }
    cached.append((number, batch, byteCount))
    cachedByteCount += byteCount
    while cachedByteCount > cacheByteCount, cached.count > 1 {
      cachedByteCount -= cached.removeFirst().byteCount
    }
    return batch
  }
}
