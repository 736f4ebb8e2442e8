import ArrowFile

/// What is kept of training rows that come in pieces.
package struct TrainingSummary: Sendable, Equatable {
  package struct Feature: Sendable, Equatable {
    /// Of the values that are present; NaN where there is none.
    package fileprivate(set) var least = Float.nan
    package fileprivate(set) var greatest = Float.nan
    package fileprivate(set) var missingCount = 0
  }

  package let names: [String]
  package private(set) var rowCount = 0
  package private(set) var features: [Feature]
  private var checksums: [Checksum]

  package init(names: [String]) {
    self.names = names
    features = [Feature](repeating: Feature(), count: names.count)
    checksums = [Checksum](repeating: Checksum(), count: names.count)
  }

  /// - Precondition: the rows have the summary's features.
  package mutating func add(_ rows: FeatureMatrix) {
    precondition(rows.names == names, "rows of other features")
    rowCount += rows.rowCount
    for (index, column) in rows.columns.enumerated() {
      features[index].add(column)
      checksums[index].add(column)
    }
  }

  /// CRC-64/XZ, as 16 hexadecimal digits, of the checksums (little-endian) of names and columns in
  /// turn, each of its UTF-8 or its float32 (little-endian, every NaN as 7fc00000).
  ///
  /// It tells rows apart, however they came in pieces; it is no protection against forgery.
  package var checksum: String {
    var total = Checksum()
    for (name, column) in zip(names, checksums) {
      var name = name
      let ofName = name.withUTF8 { Checksum(of: UnsafeRawBufferPointer($0)) }
      for part in [ofName, column] {
        withUnsafeBytes(of: part.value.littleEndian) { total.add($0) }
      }
    }
    return total.digits
  }
}

extension TrainingSummary.Feature {
  fileprivate mutating func add(_ column: [Float]) {
    var (least, greatest) = (Float.infinity, -Float.infinity)
    var presentCount = 0
    for value in column where !value.isNaN {
      least = min(least, value)
      greatest = max(greatest, value)
      presentCount += 1
    }
    missingCount += column.count - presentCount
    guard presentCount > 0 else { return }
    // Of NaN and a number, the number.
    self.least = Float.minimum(self.least, least)
    self.greatest = Float.maximum(self.greatest, greatest)
  }
}

extension Checksum {
  fileprivate mutating func add(_ column: [Float]) {
    let hasOtherNaN = column.contains { $0.isNaN && $0.bitPattern != Float.nan.bitPattern }
    let canonical = hasOtherNaN ? column.map { $0.isNaN ? .nan : $0 } : column
    canonical.withUnsafeBytes { add($0) }
  }
}
