import Columnar
import Glibc

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
    if let width = type.byteWidth {
      let byteCount = rowCount * width
      return values.bytes.prefix(byteCount).isSame(as: other.values.bytes.prefix(byteCount))
    }
    let (mine, theirs) = (Strings(self), Strings(other))
    return (0..<rowCount).allSatisfy { mine.bytes($0)[...].isSame(as: theirs.bytes($0)[...]) }
  }
}

extension Slice<UnsafeRawBufferPointer> {
  fileprivate func isSame(as other: Self) -> Bool {
    let (a, b) = (UnsafeRawBufferPointer(rebasing: self), UnsafeRawBufferPointer(rebasing: other))
    guard a.count == b.count, let start = a.baseAddress, let otherStart = b.baseAddress else {
      return a.count == b.count
    }
    return memcmp(start, otherStart, a.count) == 0
  }
}
