import Columnar
import Events

/// A day and its margins cut into pieces of time with about as many rows each.
struct SlicePlan {
  /// The slices' edges: slice i is `edges[i] ..< edges[i + 1]`.
  let edges: [Int64]
  /// Rows to be read.
  let rowCount: Int
  /// Of each slice, so many upper bits of a hash cut it to parts with as many rows as others have:
  /// none, unless too many rows have one time.
  let hashBits: [UInt64]
  /// The first of each slice's parts, all parts numbered through; then how many there are.
  private let firstCell: [Int]

  var sliceCount: Int { edges.count - 1 }
  var cellCount: Int { firstCell[sliceCount] }

  /// A slice's parts, in the order of the hashes.
  func cells(of slice: Int) -> Range<Int> { firstCell[slice]..<firstCell[slice + 1] }

  /// The part of a slice in which a five-tuple's conversations are.
  @inline(__always) func cell(of tuple: UInt64, slice: Int) -> Int {
    let bits = hashBits[slice]
    return firstCell[slice] + (bits == 0 ? 0 : Int(tuple >> (64 - bits)))
  }

  func slice(_ index: Int) -> Range<Int64> { edges[index]..<edges[index + 1] }

  /// The slice of a time that lies in one.
  @inline(__always) func index(of time: Int64, near guess: Int) -> Int {
    var index = guess
    while index > 0, time < edges[index] { index -= 1 }
    while index + 1 < sliceCount, time >= edges[index + 1] { index += 1 }
    return index
  }

  /// Counts the files' rows in the day and their margins, and cuts it so that no slice has more
  /// than `rowLimit` rows, unless that many have the same time.
  init(_ files: InputFiles, window: DayWindow, rowLimit: Int) throws {
    let margin = files.longestMargin
    let range = (window.start - margin)..<(window.end + margin)
    var counter = RowCounter(files: files, window: window, rowLimit: rowLimit)
    rowCount = try counter.cut(range, width: 60_000_000)
    edges = [range.lowerBound] + counter.edges + [range.upperBound]
    hashBits = (counter.rowsInSlices + [counter.rowsInSlice]).map { rows in
      var bits: UInt64 = 0
      while rows >> bits > rowLimit { bits += 1 }
      return bits
    }
    firstCell = hashBits.reduce(into: [0]) { $0.append($0[$0.count - 1] + 1 << Int($1)) }
  }
}

/// Counts rows by time and cuts where enough have come together.
private struct RowCounter {
  let files: InputFiles
  let window: DayWindow
  let rowLimit: Int
  private(set) var edges: [Int64] = []
  /// Of the slices before the last edge.
  private(set) var rowsInSlices: [Int] = []
  /// Since the last edge.
  private(set) var rowsInSlice = 0

  init(files: InputFiles, window: DayWindow, rowLimit: Int) {
    (self.files, self.window, self.rowLimit) = (files, window, rowLimit)
  }

  /// Appends edges inside `range`, in bins of `width`; a bin that is itself too large is cut in
  /// finer bins. Returns the rows counted.
  mutating func cut(_ range: Range<Int64>, width: Int64) throws -> Int {
    let counts = try rowCounts(range, width: width)
    for (bin, count) in counts.enumerated() where count > 0 {
      let start = range.lowerBound + Int64(bin) * width
      if rowsInSlice > 0, rowsInSlice + count > rowLimit {
        edges.append(start)
        rowsInSlices.append(rowsInSlice)
        rowsInSlice = 0
      }
      if count > rowLimit, width > 1 {
        let end = min(start + width, range.upperBound)
        _ = try cut(start..<end, width: max(1, width / 600))
      } else {
        rowsInSlice += count
      }
    }
    return counts.reduce(0, +)
  }

  private func rowCounts(_ range: Range<Int64>, width: Int64) throws -> [Int] {
    var counts = [Int](
      repeating: 0, count: Int((range.upperBound - range.lowerBound + width - 1) / width))
    for file in files.files.indices {
      let own = files.range(ofFile: file, window).clamped(to: range)
      guard !own.isEmpty else { continue }
      for number in files.batches(ofFile: file, in: own) {
        let batch = try files.batch(number)
        withExtendedLifetime(batch) {
          let times = FixedRows(batch, Event.time)
          for row in 0..<batch.rowCount {
            guard let time = times[row]?.microseconds, time >= own.lowerBound,
              time < own.upperBound
            else { continue }
            counts[Int((time - range.lowerBound) / width)] += 1
          }
        }
      }
    }
    return counts
  }
}
