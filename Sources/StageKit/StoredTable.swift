import ArrowFile
import Columnar

/// Tables of finished folders, whichever version of Tidemark wrote them.
package enum StoredTable {
  /// - Throws: where another version of the table is there, with what to do about it.
  package static func open(_ path: String, expecting schema: Schema) throws -> ArrowReader {
    try opened { try ArrowReader(path: path, expecting: schema) }
  }

  /// The same for what reads tables by itself, a forest for instance.
  package static func opened<Value>(_ read: () throws -> Value) throws -> Value {
    do { return try read() } catch let error as ArrowFileError where error.isOtherVersion {
      throw StageError(
        "\(error); use that version, or, while what it was made from is there, remove "
          + "\(FileBytes.parent(of: error.path)) and run its stage again")
    }
  }
}
