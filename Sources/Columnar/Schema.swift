/// A column's name and type, as files state them.
package struct Field: Hashable, Sendable, CustomStringConvertible {
  package let name: String
  package let type: ColumnType
  /// Whether rows may lack a value.
  package let isNullable: Bool

  package init(_ name: String, _ type: ColumnType, isNullable: Bool = true) {
    self.name = name
    self.type = type
    self.isNullable = isNullable
  }

  package var description: String { "\(name): \(type)\(isNullable ? "" : " not null")" }
}

/// A stored table's name, version and columns.
package struct Schema: Hashable, Sendable {
  package let name: String
  package let version: Int
  package let fields: [Field]

  package init(_ name: String, version: Int, _ fields: [Field]) {
    self.name = name
    self.version = version
    self.fields = fields
  }

  package func index(of name: String) -> Int? { fields.firstIndex { $0.name == name } }

  /// The same table with only the columns for which `isKept` holds, in the same order.
  package func filtered(_ isKept: (Field) -> Bool) -> Schema {
    Schema(name, version: version, fields.filter(isKept))
  }

  /// Every way in which `other` cannot be read as this schema: a column of another type, or a
  /// required column that is missing. Further columns and missing nullable ones are allowed.
  package func differences(from other: Schema) -> [String] {
    var differences: [String] = []
    if other.name != name { differences.append("table: expected \(name), found \(other.name)") }
    if other.version != version {
      differences.append("version of \(name): expected \(version), found \(other.version)")
    }
    for field in fields {
      guard let index = other.index(of: field.name) else {
        if !field.isNullable {
          differences.append("\(field.name): expected \(field.type), missing")
        }
        continue
      }
      let found = other.fields[index]
      if found.type != field.type {
        differences.append("\(field.name): expected \(field.type), found \(found.type)")
      }
    }
    return differences
  }
}

/// Names a column and the view through which its rows are read: `batch[Event.time]`.
package struct ColumnKey<View: ColumnView>: Sendable {
  package let field: Field

  package init(_ name: String, isNullable: Bool = true) {
    field = Field(name, View.columnType, isNullable: isNullable)
  }

  package var name: String { field.name }
}
