import ArrowFile
import Columnar
import Glibc

/// The columns of an ensemble's main file: one row a member, the neighbours last.
private enum MemberColumn {
  /// A forest's variant, or `neighbours`: the file `name.arrow` beside this one.
  static let name = ColumnKey<Strings>("name", isNullable: false)
  /// Of the scores that the member gave the training rows, or of the logarithms of their distances.
  static let mean = ColumnKey<Values<Double>>("mean", isNullable: false)
  /// 0 where they were all alike.
  static let perDeviation = ColumnKey<Values<Double>>("per_deviation", isNullable: false)
  /// What is added to distances; null for forests.
  static let offset = ColumnKey<Values<Double>>("offset")
  /// Of the member's numbers.
  static let checksum = ColumnKey<Strings>("checksum", isNullable: false)

  static let schema = Schema(
    "forest_ensemble", version: 1,
    [name.field, mean.field, perDeviation.field, offset.field, checksum.field])
}

extension ForestEnsemble {
  private static let neighboursName = "neighbours"

  /// What binds the members in a folder together.
  static func mainFile(in folder: String) -> String { folder + "/ensemble.arrow" }

  private static func file(_ name: String, in folder: String) -> String {
    "\(folder)/\(name).arrow"
  }

  /// Writes the members and the main file that binds them together into a folder, which appears
  /// when it is complete, in place of the ensemble that was there.
  ///
  /// - Parameters:
  ///   - metadata: of the main file.
  ///   - memberMetadata: of each forest's file, which is a model by itself.
  /// - Throws: for a folder that holds anything but an ensemble.
  func write(
    toFolder path: String, metadata: [(key: String, value: String)],
    memberMetadata: [(key: String, value: String)]
  ) throws(ArrowFileError) {
    try Self.requireReplaceable(path)
    let output = try AtomicFolder(path: path)
    let folder = output.temporaryPath
    for member in members {
      try member.forest.write(
        to: Self.file(member.name, in: folder), metadata: memberMetadata)
    }
    try neighbours.write(to: Self.file(Self.neighboursName, in: folder))
    let writer = try ArrowWriter(
      path: Self.mainFile(in: folder), schema: MemberColumn.schema, metadata: metadata)
    let table = TableBuilder(MemberColumn.schema)
    func append(_ name: String, _ scaling: ScoreScaling, offset: Double?, checksum: String) {
      table.column(MemberColumn.name).append(name)
      table.column(MemberColumn.mean).append(scaling.mean)
      table.column(MemberColumn.perDeviation).append(scaling.perDeviation)
      table.column(MemberColumn.offset).append(offset)
      table.column(MemberColumn.checksum).append(checksum)
    }
    for member in members {
      append(member.name, member.scaling, offset: nil, checksum: member.forest.nodeChecksum)
    }
    append(
      Self.neighboursName, distanceScaling.scaling, offset: distanceScaling.offset,
      checksum: neighbours.checksum)
    try writer.write(table.finishBatch())
    try writer.finish()
    try output.commit()
  }

  private static func requireReplaceable(_ folder: String) throws(ArrowFileError) {
    func refused(_ found: String) -> ArrowFileError {
      ArrowFileError(
        path: folder, expected: "a new or empty folder, or one that holds an ensemble only",
        found: found)
    }
    guard let names = AtomicFolder.names(in: folder) else {
      guard errno != ENOENT else { return }
      throw refused(String(cString: strerror(errno)).lowercased())
    }
    guard !names.isEmpty else { return }
    let stored: [StoredMember]
    do {
      stored = try StoredMember.all(ofFile: mainFile(in: folder))
    } catch {
      throw refused("other files")
    }
    let files = Set(stored.map { file($0.name, in: folder) } + [mainFile(in: folder)])
    if let other = names.filter({ !files.contains("\(folder)/\($0)") }).min() {
      throw refused("\(other) in it")
    }
  }

  /// Reads what `write` wrote.
  ///
  /// - Throws: `ArrowFileError` for files that are no such tables, `ForestError.file` for members
  ///   that make no ensemble, or another one than was written.
  init(folder: String) throws {
    let path = Self.mainFile(in: folder)
    let stored = try StoredMember.all(ofFile: path)
    do {
      try self.init(stored, folder: folder)
    } catch let error as ForestError {
      guard case .file = error else { throw ForestError.file(path: path, error) }
      throw error
    }
  }

  private init(_ stored: [StoredMember], folder: String) throws {
    guard stored.count > 1, let last = stored.last, last.name == Self.neighboursName else {
      throw ForestError.model(
        key: "name", expected: "forests, and neighbours behind them",
        found: stored.map(\.name).joined(separator: ", "))
    }
    for member in stored { try member.validate() }
    guard let offset = last.offset else {
      throw ForestError.model(key: last.name, expected: "an offset above 0", found: "none")
    }
    var members: [Member] = []
    for member in stored.dropLast() {
      let forest = try IsolationForest(path: Self.file(member.name, in: folder))
      let names = members.first?.forest.featureNames ?? forest.featureNames
      guard forest.featureNames == names else {
        throw ForestError.file(
          path: Self.file(member.name, in: folder),
          .features(expected: names, found: forest.featureNames))
      }
      try member.requireChecksum(forest.nodeChecksum)
      members.append(Member(name: member.name, forest: forest, scaling: member.scaling))
    }
    let neighbours = try NearestNeighbours(
      path: Self.file(last.name, in: folder), featureNames: members[0].forest.featureNames)
    try last.requireChecksum(neighbours.checksum)
    self.init(
      members: members, neighbours: neighbours,
      distanceScaling: DistanceScaling(offset: offset, scaling: last.scaling))
  }
}

/// A row of the main file, not validated yet.
private struct StoredMember {
  let name: String
  let scaling: ScoreScaling
  /// nil for a forest.
  let offset: Double?
  private let checksum: String

  /// Beyond what training gives; sums of scores within them are finite.
  private static let greatestMean = 1e6
  private static let greatestPerDeviation = 1e30

  static func all(ofFile path: String) throws -> [StoredMember] {
    let reader = try ArrowReader(path: path, expecting: MemberColumn.schema)
    var stored: [StoredMember] = []
    for index in 0..<reader.batchCount {
      let batch = try reader.batch(index)
      stored += (0..<batch.rowCount).map { StoredMember(batch, row: $0) }
    }
    return stored
  }

  private init(_ batch: Batch, row: Int) {
    name = batch[MemberColumn.name][row] ?? ""
    scaling = ScoreScaling(
      mean: batch[MemberColumn.mean].value(row),
      perDeviation: batch[MemberColumn.perDeviation].value(row))
    offset = batch[MemberColumn.offset][row]
    checksum = batch[MemberColumn.checksum][row] ?? ""
  }

  func validate() throws(ForestError) {
    // It becomes part of a path.
    let isPlain = name.utf8.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
        || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
    }
    guard isPlain, !name.isEmpty else {
      throw .model(key: "name", expected: "letters, digits and _", found: String(name.prefix(40)))
    }
    // False for NaN, too.
    guard scaling.mean.magnitude <= Self.greatestMean,
      (0...Self.greatestPerDeviation).contains(scaling.perDeviation)
    else {
      throw .model(
        key: name,
        expected: "a mean up to \(Self.greatestMean), and 0 to \(Self.greatestPerDeviation) per "
          + "deviation",
        found: "\(scaling.mean) and \(scaling.perDeviation)")
    }
    if let offset, !(offset > 0 && offset.isFinite) {
      throw .model(key: name, expected: "an offset above 0", found: "\(offset)")
    }
  }

  func requireChecksum(_ found: String) throws(ForestError) {
    guard checksum == found else {
      throw .model(key: name, expected: "the member with checksum \(checksum)", found: found)
    }
  }
}
