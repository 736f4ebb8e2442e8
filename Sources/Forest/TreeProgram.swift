import CKernels

/// Trees for `forest_add_trees`.
struct TreeProgram: Sendable {
  private var trees: [forest_tree] = []
  private(set) var pairs: [forest_pair] = []
  private(set) var splits: [forest_split] = []
  private(set) var values: [UInt32] = []
  private var chunks: [forest_chunk] = []
  private(set) var tiles: [forest_tile] = []
  private(set) var nodes: [forest_node] = []
  private(set) var projections: [forest_projection] = []
  private(set) var terms: [forest_term] = []
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
    tree.tile_start = UInt32(tiles.count)
    tree.node_start = UInt32(nodes.count)
    tree.projection_start = UInt32(projections.count)
    tree.is_oblique = top.layout.isOblique
    let columns = appendColumns(top, featureCount: groups.featureCount)
    tree.projection_end =
      tree.projection_start + UInt32(top.layout.isOblique ? top.splits.count : 0)
    let limit: (SplitLayout.Node) -> Int8 = { node in
      top.layout.isOblique ? 1 : groups.limit(of: node, group: group)
    }
    let codes: [Int: Int]
    if top.isWhole {
      let table = Set(top.exits.map { top.layout.nodes[$0].units }).sorted()
      codes = Dictionary(
        uniqueKeysWithValues: top.exits.map { exit in
          (exit, table.lowerBound { $0 >= top.layout.nodes[exit].units })
        })
      values += table
      chunks += Self.chunks(table)
    } else if top.isTiled {
      codes = Dictionary(uniqueKeysWithValues: zip(top.exits, 0...))
      let layout = TileLayout(top, columns: columns, limit: limit)
      values += layout.entries
      tiles += layout.tiles
      tree.tile_steps = UInt32(layout.stepCount)
    } else {
      codes = Dictionary(uniqueKeysWithValues: zip(top.exits, 0...))
      values += top.exits.map { UInt32(nodes.count + $0) }
      tree.node_steps = UInt32(top.depthBelow)
      appendNodes(top.layout, columns)
    }
    appendTop(top, codes, columns, limit: limit)
    tree.pair_end = UInt32(pairs.count)
    tree.split_end = UInt32(splits.count)
    tree.chunk_end = UInt32(chunks.count)
    tree.node_end = UInt32(nodes.count)
    trees.append(tree)
  }

  /// The column that each node looks at; in an oblique tree, the projection.
  private mutating func appendColumns(_ top: TreeTop, featureCount: Int) -> [Int] {
    let nodes = top.layout.nodes
    guard top.layout.isOblique else {
      return nodes.map { $0.isLeaf ? 0 : $0.column(featureCount: featureCount) }
    }
    // Splits come level by level, so that those of the top come first.
    return nodes.map { node in
      guard !node.isLeaf else { return 0 }
      let start = terms.count
      for term in node.terms {
        terms.append(
          forest_term(
            column: UInt32(term.feature), weight: node.isFlipped ? -term.weight : term.weight,
            centre: term.centre))
      }
      projections.append(
        forest_projection(
          term_start: UInt32(start), term_end: UInt32(terms.count),
          threshold: node.columnThreshold))
      return projections.count - 1
    }
  }

  /// - Parameters:
  ///   - codes: of the top's exits.
  ///   - columns: of the nodes.
  private mutating func appendTop(
    _ top: TreeTop, _ codes: [Int: Int], _ columns: [Int], limit: (SplitLayout.Node) -> Int8
  ) {
    let nodes = top.layout.nodes
    let firstColumn = top.layout.isOblique ? columns[0] : 0
    var slots = codes
    let firstPair = pairs.count
    for number in top.splits where top.isPair(number) {
      let node = nodes[number]
      pairs.append(
        forest_pair(
          column: UInt16(columns[number] - firstColumn), limit: limit(node),
          left: UInt8(codes[node.left] ?? 0),
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
          column: UInt16(columns[number] - firstColumn), left: UInt16(left),
          right: UInt16(right), result: UInt16(max(left, right)),
          limit: limit(node)))
    }
  }

  private mutating func appendNodes(_ layout: SplitLayout, _ columns: [Int]) {
    let first = nodes.count
    for (number, node) in layout.nodes.enumerated() {
      nodes.append(
        node.isLeaf
          ? forest_node(
            threshold: .nan, column: 0, left: UInt32(truncatingIfNeeded: first + number - 1),
            value: node.units)
          : forest_node(
            threshold: node.columnThreshold, column: UInt32(columns[number]),
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

  /// Adds the trees of a group to the sums of blocks, whose ranks have `columnCount` columns.
  func add(
    _ instructions: forest_instructions, group: Int, to blocks: [forest_block], columnCount: Int,
    scratch: forest_scratch
  ) {
    var scratch = scratch
    withProgram { program in
      trees(group).withUnsafeBufferPointer { trees in
        forest_add_trees(
          instructions, &program, trees.baseAddress, trees.count, blocks, blocks.count,
          columnCount, &scratch)
      }
    }
  }

  func trees(_ group: Int) -> ArraySlice<forest_tree> {
    trees[groupStarts[group]..<groupStarts[group + 1]]
  }

  private func withProgram(_ body: (inout forest_program) -> Void) {
    pairs.withUnsafeBufferPointer { pairs in
      splits.withUnsafeBufferPointer { splits in
        values.withUnsafeBufferPointer { values in
          chunks.withUnsafeBufferPointer { chunks in
            tiles.withUnsafeBufferPointer { tiles in
              nodes.withUnsafeBufferPointer { nodes in
                projections.withUnsafeBufferPointer { projections in
                  terms.withUnsafeBufferPointer { terms in
                    var program = forest_program(
                      pairs: pairs.baseAddress, splits: splits.baseAddress,
                      values: values.baseAddress, chunks: chunks.baseAddress,
                      tiles: tiles.baseAddress, nodes: nodes.baseAddress,
                      projections: projections.baseAddress, terms: terms.baseAddress)
                    body(&program)
                  }
                }
              }
            }
          }
        }
      }
    }
  }
}
