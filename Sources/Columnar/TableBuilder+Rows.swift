extension TableBuilder {
  /// Appends rows of a batch. Dictionaries are made anew, so that they hold nothing of other rows.
  /// - Precondition: what the batch lacks of the schema's columns is nullable.
  package func append(_ rows: some Collection<Int>, of batch: Batch) {
    for field in schema.fields {
      switch field.type {
      case .uint8: append(rows, of: batch, ColumnKey<Values<UInt8>>(field))
      case .uint16: append(rows, of: batch, ColumnKey<Values<UInt16>>(field))
      case .uint32: append(rows, of: batch, ColumnKey<Values<UInt32>>(field))
      case .uint64: append(rows, of: batch, ColumnKey<Values<UInt64>>(field))
      case .int32: append(rows, of: batch, ColumnKey<Values<Int32>>(field))
      case .int64: append(rows, of: batch, ColumnKey<Values<Int64>>(field))
      case .float32: append(rows, of: batch, ColumnKey<Values<Float>>(field))
      case .float64: append(rows, of: batch, ColumnKey<Values<Double>>(field))
      case .timestamp: append(rows, of: batch, ColumnKey<Values<Instant>>(field))
      case .address: append(rows, of: batch, ColumnKey<Values<Address>>(field))
      case .bool:
        let key = ColumnKey<Flags>(field)
        let (view, builder) = (batch[key], column(key))
        for row in rows { builder.append(view[row]) }
      case .utf8:
        let key = ColumnKey<Strings>(field)
        let (view, builder) = (batch[key], column(key))
        for row in rows { builder.append(view[row]) }
      case .dictionaryOfStrings:
        append(rows, of: batch, ColumnKey<Coded<Strings>>(field)) { symbols, code, builder in
          builder.code(of: symbols.bytes(code))
        }
      case .dictionaryOfAddresses:
        append(rows, of: batch, ColumnKey<Coded<Values<Address>>>(field)) {
          symbols, code, builder in
          withUnsafeBytes(of: symbols.value(code)) { builder.code(of: $0) }
        }
      }
    }
  }

  private func append<Element: ColumnElement>(
    _ rows: some Collection<Int>, of batch: Batch, _ key: ColumnKey<Values<Element>>
  ) {
    let (view, builder) = (batch[key], column(key))
    for row in rows { builder.append(view[row]) }
  }

  /// - Parameter newCode: looks up a symbol; it is asked once for each.
  private func append<Symbols: ColumnView>(
    _ rows: some Collection<Int>, of batch: Batch, _ key: ColumnKey<Coded<Symbols>>,
    newCode: (Symbols, Int, CodedBuilder<Symbols>) -> UInt32
  ) {
    let (view, builder) = (batch[key], column(key))
    var codes: [UInt32: UInt32] = [:]
    for row in rows {
      guard let code = view.codes[row] else {
        builder.appendNull()
        continue
      }
      let new = codes[code] ?? newCode(view.symbols, Int(code), builder)
      codes[code] = new
      builder.append(code: new)
    }
  }
}

extension ColumnKey {
  fileprivate init(_ field: Field) { self.init(field.name, isNullable: field.isNullable) }
}
