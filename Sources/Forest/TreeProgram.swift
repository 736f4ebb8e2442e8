import CKernels

/// Trees for `forest_add_trees`.
struct TreeProgram: Sendable {
  private var trees: [forest_tree] = []
  private var pairs: [forest_pair] = []
  private var splits: [forest_split] = []
  private var values: [UInt32] = []
  private var chunks: [forest_chunk] = []
  private var nodes: [forest_node] = []
  /// Trees of group g: trees[groupStarts[g] ..< groupStarts[g + 1]].
  private var groupStarts: [Int] = [0]
  /// What trees of a single leaf add to every row.
  private(set) var constant: forest_units = 0

  init(tops: [TreeTop], groups: ThresholdGroups) {
    for group in 0..<groups.count {
      for top in tops[groups.trees(group)] { append(top, groups, group) }
      groupStarts.append(trees.count)
    }
  }

  private mutating func append(_ top: TreeTop, _ groups: ThresholdGroups, _ group: Int) {
    guard !top.layout.nodes[0].isLeaf else {
      constant += top.layout.nodes[0].units
      return
    }
    var tree = forest_tree()
    tree.pair_start = UInt32(pairs.count)
    tree.split_start = UInt32(splits.count)
    tree.value_start = UInt32(values.count)
    tree.chunk_start = UInt32(chunks.count)
    let codes: [Int: Int]
    if top.isWhole {
      let table = Set(top.exits.map { top.layout.nodes[$0].units }).sorted()
      codes = Dictionary(
        uniqueKeysWithValues: top.exits.map { exit in
          (exit, table.lowerBound { $0 >= top.layout.nodes[exit].units })
        })
      values += table
      chunks += Self.chunks(table)
    } else {
      codes = Dictionary(uniqueKeysWithValues: zip(top.exits, 0...))
      values += top.exits.map { UInt32(nodes.count + $0) }
      tree.depth = UInt32(top.depthBelow)
      appendNodes(top.layout, featureCount: groups.featureCount)
    }
    appendTop(top, codes, groups, group)
    tree.pair_end = UInt32(pairs.count)
    tree.split_end = UInt32(splits.count)
    tree.chunk_end = UInt32(chunks.count)
    trees.append(tree)
  }

  /// - Parameter codes: of the top's exits.
  private mutating func appendTop(
    _ top: TreeTop, _ codes: [Int: Int], _ groups: ThresholdGroups, _ group: Int
  ) {
    let nodes = top.layout.nodes
    var slots = codes
    let firstPair = pairs.count
    for number in top.splits where top.isPair(number) {
      let node = nodes[number]
      pairs.append(
        forest_pair(
          column: UInt16(node.column(featureCount: groups.featureCount)),
          limit: groups.limit(of: node, group: group), left: UInt8(codes[node.left] ?? 0),
          right: UInt8(codes[node.right] ?? 0)))
      slots[number] = forest_code_slots + pairs.count - 1 - firstPair
    }
    for number in top.splits.reversed() where !top.isPair(number) {
      let node = nodes[number]
      let left = slots[node.left] ?? 0
      let right = slots[node.right] ?? 0
      // At least one side has a result, which is not needed again.
      slots[number] = max(left, right)
      splits.append(
        forest_split(
          column: UInt16(node.column(featureCount: groups.featureCount)), left: UInt16(left),
          right: UInt16(right), result: UInt16(max(left, right)),
          limit: groups.limit(of: node, group: group)))
    }
  }

  private mutating func appendNodes(_ layout: SplitLayout, featureCount: Int) {
    let first = nodes.count
    for (number, node) in layout.nodes.enumerated() {
      nodes.append(
        node.isLeaf
          ? forest_node(
            threshold: .nan, column: 0, left: UInt32(truncatingIfNeeded: first + number - 1),
            value: node.units)
          : forest_node(
            threshold: node.columnThreshold,
            column: UInt32(node.column(featureCount: featureCount)),
            left: UInt32(first + node.left), value: 0))
    }
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

  /// Adds the trees of a group, given a block of their ranks and one of the features.
  func add(
    _ instructions: forest_instructions, group: Int, ranks: UnsafePointer<Int8>,
    features: UnsafePointer<Float>, slots: UnsafeMutablePointer<UInt8>,
    to sums: UnsafeMutablePointer<forest_units>
  ) {
    let range = groupStarts[group]..<groupStarts[group + 1]
    withProgram { program in
      trees[range].withUnsafeBufferPointer { trees in
        forest_add_trees(
          instructions, &program, trees.baseAddress, trees.count, ranks, features, slots, sums)
      }
    }
  }

  private func withProgram(_ body: (inout forest_program) -> Void) {
    pairs.withUnsafeBufferPointer { pairs in
      splits.withUnsafeBufferPointer { splits in
        values.withUnsafeBufferPointer { values in
          chunks.withUnsafeBufferPointer { chunks in
            nodes.withUnsafeBufferPointer { nodes in
              var program = forest_program(
                pairs: pairs.baseAddress, splits: splits.baseAddress, values: values.baseAddress,
                chunks: chunks.baseAddress, nodes: nodes.baseAddress)
              body(&program)
            }
          }
        }
      }
    }
  }
}
