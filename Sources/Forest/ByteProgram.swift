import CKernels

/// Trees for `forest_blend_bytes`: thresholds are ranks and leaves are codes, both of one byte.
struct ByteProgram: Sendable {
  /// A split needs more thresholds than a tree of so many splits has.
  static let greatestSplitCount = ThresholdGroups.greatestThresholdCount

  private var trees: [forest_byte_tree] = []
  private var pairs: [forest_byte_pair] = []
  private var splits: [forest_byte_split] = []
  private var values: [forest_units] = []
  private var chunks: [forest_chunk] = []
  /// Trees of group g: trees[groupStarts[g] ..< groupStarts[g + 1]].
  private var groupStarts: [Int] = [0]
  /// What trees of a single leaf add to every row.
  private(set) var constant: forest_units = 0

  /// - Precondition: no layout has more than `greatestSplitCount` splits.
  init(layouts: [SplitLayout], groups: ThresholdGroups) {
    for group in 0..<groups.count {
      for layout in layouts[groups.trees(group)] { append(layout, groups, group) }
      groupStarts.append(trees.count)
    }
  }

  private mutating func append(_ layout: SplitLayout, _ groups: ThresholdGroups, _ group: Int) {
    guard layout.splitCount > 0 else {
      constant += layout.nodes[0].units
      return
    }
    let table = Set(layout.nodes.lazy.filter(\.isLeaf).map(\.units)).sorted()
    func code(_ leaf: Int) -> Int { table.lowerBound { $0 >= layout.nodes[leaf].units } }
    let start = (pairs: pairs.count, splits: splits.count, values: values.count, chunks.count)
    var slots = [Int](repeating: 0, count: layout.nodes.count)
    for (number, node) in layout.nodes.enumerated() {
      if node.isLeaf { slots[number] = code(number) }
      guard layout.isLeafPair(number) else { continue }
      slots[number] = forest_code_slots + pairs.count - start.pairs
      pairs.append(
        forest_byte_pair(
          column: UInt16(node.column(featureCount: groups.featureCount)),
          limit: groups.limit(of: node, group: group), left: UInt8(code(node.left)),
          right: UInt8(code(node.right))))
    }
    // Children come after their parents, so backwards each comes after its children. Of those at
    // least one has a result, which is not needed again.
    for number in layout.nodes.indices.reversed() {
      let node = layout.nodes[number]
      if node.isLeaf || layout.isLeafPair(number) { continue }
      slots[number] = max(slots[node.left], slots[node.right])
      splits.append(
        forest_byte_split(
          column: UInt16(node.column(featureCount: groups.featureCount)),
          left: UInt16(slots[node.left]), right: UInt16(slots[node.right]),
          result: UInt16(slots[number]), limit: groups.limit(of: node, group: group)))
    }
    values += table
    chunks += Self.chunks(table)
    trees.append(
      forest_byte_tree(
        pair_start: UInt32(start.pairs), pair_end: UInt32(pairs.count),
        split_start: UInt32(start.splits), split_end: UInt32(splits.count),
        value_start: UInt32(start.values), chunk_start: UInt32(start.3),
        chunk_end: UInt32(chunks.count)))
  }

  /// The bytes of the values, plane by plane.
  private static func chunks(_ table: [forest_units]) -> [forest_chunk] {
    let entryCount = forest_chunk_entries
    return stride(from: 0, to: table.count, by: entryCount).map { first in
      var chunk = forest_chunk()
      withUnsafeMutableBytes(of: &chunk) { bytes in
        for (entry, units) in table[first..<min(first + entryCount, table.count)].enumerated() {
          for plane in 0..<forest_value_planes {
            bytes[plane * entryCount + entry] = UInt8(truncatingIfNeeded: units >> (8 * plane))
          }
        }
      }
      return chunk
    }
  }

  /// Adds the trees of a group, given a block of their ranks.
  func add(
    _ instructions: forest_instructions, group: Int, _ block: UnsafePointer<Int8>,
    slots: UnsafeMutablePointer<UInt8>, to sums: UnsafeMutablePointer<forest_units>
  ) {
    let range = groupStarts[group]..<groupStarts[group + 1]
    trees[range].withUnsafeBufferPointer { trees in
      chunks.withUnsafeBufferPointer { chunks in
        forest_blend_bytes(
          instructions, trees.baseAddress, trees.count, pairs, splits, values, chunks.baseAddress,
          block, slots, sums)
      }
    }
  }
}
