import Columnar

/// Follows the dictionary of one column through the batches of a file, of which each may only
/// extend what came before: the longest one then serves them all.
struct SharedDictionary {
  private(set) var longest: ColumnDictionary?

  /// Takes note of a batch's dictionary; false where its codes mean something else than before.
  mutating func follow(_ dictionary: ColumnDictionary) -> Bool {
    guard let longest, longest !== dictionary else {
      longest = dictionary
      return true
    }
    let isLonger = dictionary.column.rowCount > longest.column.rowCount
    let (long, short) = isLonger ? (dictionary, longest) : (longest, dictionary)
    guard short.column.isPrefix(of: long.column) else { return false }
    self.longest = long
    return true
  }
}

extension Column {
  /// Whether the rows of this column are the first ones of `other`; both without nulls, either
  /// `utf8` or of fixed width.
  fileprivate func isPrefix(of other: Column) -> Bool {
    guard type == other.type, rowCount <= other.rowCount else { return false }
    guard type == .utf8 else {
      return values.holdsSame(as: other.values, byteCount: rowCount * (type.byteWidth ?? 0))
    }
    let (mine, theirs) = (Strings(self), Strings(other))
    return (0..<rowCount).allSatisfy { row in
      let (a, b) = (mine.bytes(row), theirs.bytes(row))
      return a.count == b.count && a.elementsEqual(b)
    }
  }
}

extension Buffer {
  fileprivate func holdsSame(as other: Buffer, byteCount: Int) -> Bool {
    let (a, b) = (bytes.prefix(byteCount), other.bytes.prefix(byteCount))
    return a.elementsEqual(b)
  }
}
