import Forest
import ForestRivals

/// Seconds that bit vectors take for the rows on one thread, once they are ranked, three times;
/// none for trees of more leaves than they have bits.
///
/// - Precondition: they find the forest's path lengths.
func bitVectorSeconds(_ forest: IsolationForest, _ rows: FeatureMatrix) -> [Double] {
  guard forest.trees.allSatisfy({ $0.nodes.count < 512 }) else { return [] }
  let nodes = forest.trees.flatMap { tree in
    zip(tree.nodes, tree.values).map {
      rival_node(
        feature: $0.feature, threshold: $0.threshold, left: $0.left, right: $0.right,
        value: Float($1))
    }
  }
  let scorer = rival_quickscorer_create(
    nodes, forest.trees.map { $0.nodes.count }, forest.trees.count, rows.featureCount)
  defer { rival_quickscorer_free(scorer) }
  let blockCount = rows.rowCount / rival_rows
  let blockSize = rows.featureCount * rival_rows
  let block = UnsafeMutablePointer<Float>.allocate(capacity: blockSize)
  let ranks = UnsafeMutableRawPointer.allocate(
    byteCount: 2 * blockSize * blockCount, alignment: 64
  ).assumingMemoryBound(to: Int16.self)
  let sums = UnsafeMutablePointer<Float>.allocate(capacity: rival_rows)
  defer {
    block.deallocate()
    ranks.deallocate()
    sums.deallocate()
  }
  for number in 0..<blockCount {
    for (feature, column) in rows.columns.enumerated() {
      for row in 0..<rival_rows {
        block[feature * rival_rows + row] = column[number * rival_rows + row]
      }
    }
    rival_quickscorer_rank(scorer, block, ranks + number * blockSize)
  }
  sums.update(repeating: 0, count: rival_rows)
  rival_quickscorer_add(scorer, ranks, sums)
  for row in 0..<rival_rows {
    let found = Double(sums[row]) / Double(forest.trees.count)
    let expected = forest.pathLength(rows, row: row)
    precondition(abs(found - expected) < 1e-4, "row \(row): expected \(expected), found \(found)")
  }
  return (0..<3).map { _ in
    seconds {
      for number in 0..<blockCount {
        sums.update(repeating: 0, count: rival_rows)
        rival_quickscorer_add(scorer, ranks + number * blockSize, sums)
      }
    }
  }
}
