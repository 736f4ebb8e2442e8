import Columnar
import Events

/// A civil day in microseconds since 1970, `start ..< end`.
struct DayWindow {
  let start: Int64
  let end: Int64

  @inline(__always) func contains(_ time: Int64) -> Bool { time >= start && time < end }
}

/// A day and its margins cut into pieces of time with about as many rows each.
struct SlicePlan {
  /// The slices' edges: slice i is `edges[i] ..< edges[i + 1]`.
  let edges: [Int64]

  var sliceCount: Int { edges.count - 1 }

  func slice(_ index: Int) -> Range<Int64> { edges[index]..<edges[index + 1] }

  /// The slice of a time that lies in one.
  @inline(__always) func index(of time: Int64, near guess: Int) -> Int {
    var index = guess
    while index > 0, time < edges[index] { index -= 1 }
    while index + 1 < sliceCount, time >= edges[index + 1] { index += 1 }
    return index
  }

  /// Counts the files' rows and cuts `range` so that no slice has more than `rowLimit` rows, unless
  /// that many rows have the same time.
  init(_ files: InputFiles, range: Range<Int64>, rowLimit: Int) throws {
    var edges = [range.lowerBound]
    var rowsInSlice = 0
    try SlicePlan.cut(
      files, range: range, width: 60_000_000, rowLimit: rowLimit, rowsInSlice: &rowsInSlice,
      edges: &edges)
    edges.append(range.upperBound)
    self.edges = edges
  }

  /// Appends edges inside `range`, in bins of `width`; a bin that is itself too large is cut in
  /// finer bins.
  private static func cut(
    _ files: InputFiles, range: Range<Int64>, width: Int64, rowLimit: Int, rowsInSlice: inout Int,
    edges: inout [Int64]
  ) throws {
    let counts = try rowCounts(files, range: range, width: width)
    for (bin, count) in counts.enumerated() where count > 0 {
      let start = range.lowerBound + Int64(bin) * width
      if rowsInSlice > 0, rowsInSlice + count > rowLimit {
        edges.append(start)
        rowsInSlice = 0
      }
      if count > rowLimit, width > 1 {
        let end = min(start + width, range.upperBound)
        try cut(
          files, range: start..<end, width: max(1, width / 600), rowLimit: rowLimit,
          rowsInSlice: &rowsInSlice, edges: &edges)
      } else {
        rowsInSlice += count
      }
    }
  }

  private static func rowCounts(
    _ files: InputFiles, range: Range<Int64>, width: Int64
  ) throws -> [Int] {
    var counts = [Int](
      repeating: 0, count: Int((range.upperBound - range.lowerBound + width - 1) / width))
    let (from, to) = (
      Instant(microseconds: range.lowerBound), Instant(microseconds: range.upperBound)
    )
    for file in files.files.indices {
      for number in files.batches(ofFile: file, from: from, to: to) {
        let batch = try files.batch(number)
        withExtendedLifetime(batch) {
          let times = FixedRows(batch, Event.time)
          for row in 0..<batch.rowCount {
            guard let time = times[row]?.microseconds, time >= range.lowerBound,
              time < range.upperBound
            else { continue }
            counts[Int((time - range.lowerBound) / width)] += 1
          }
        }
      }
    }
    return counts
  }
}
