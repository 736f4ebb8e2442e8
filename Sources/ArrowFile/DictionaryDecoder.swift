import Columnar

/// Reads the dictionaries of a file.
struct DictionaryDecoder {
  private let file: FileRegion
  private let index: FileIndex

  init(_ file: FileRegion, _ index: FileIndex) {
    self.file = file
    self.index = index
  }

  /// The dictionary of each column; nil where it is no dictionary column, or has no dictionary,
  /// as in some files without batches.
  func dictionaries() throws(ArrowFileError) -> [ColumnDictionary?] {
    var dictionaries: [Int64: ColumnDictionary] = [:]
    for (number, block) in index.dictionaries.enumerated() {
      let what = "dictionary \(number)"
      if let seal = index.seal { try block.verify(seal.dictionaries[number], in: file, what) }
      let message = try Message(
        block, in: file, header: ArrowFormat.Header.dictionaryBatch, what)
      let id = try message.header.number(0, default: Int64(0), "id of \(what)")
      guard try message.header.number(2, default: UInt8(0), "kind of \(what)") == 0 else {
        throw message.header.failure(
          expected: "\(what) whole; write the file with one dictionary a column",
          found: "a delta to dictionary \(id)")
      }
      guard dictionaries[id] == nil else {
        throw message.header.failure(
          expected: "one dictionary of id \(id)", found: "another, \(what)")
      }
      dictionaries[id] = try dictionary(id, message, what)
    }
    return index.schema.dictionaryIDs.map { id in id.flatMap { dictionaries[$0] } }
  }

  private func dictionary(
    _ id: Int64, _ message: Message, _ what: String
  ) throws(ArrowFileError) -> ColumnDictionary {
    let users = zip(index.schema.schema.fields, index.schema.dictionaryIDs).filter { $1 == id }
    guard let field = users.first?.0, let type = field.type.dictionaryValueType,
      users.allSatisfy({ $0.0.type == field.type })
    else {
      throw message.header.failure(
        expected: "\(what) for columns of one type", found: "\(users.count) columns of id \(id)")
    }
    guard let data = try message.header.table(1, "data of \(what)") else {
      throw message.header.failure(expected: "data of \(what)", found: "none")
    }
    let values = Field(field.name, type, isNullable: false)
    var decoder = BodyDecoder(message.body, try BodyLayout(data, what), what)
    let column = try decoder.column(values, dictionary: nil)
    try decoder.finish()
    let validation = ColumnValidation(isRequired: true, isTextUnknown: index.seal == nil)
    try validation.check(column, values, what, message.body)
    return ColumnDictionary(column: column)
  }
}
