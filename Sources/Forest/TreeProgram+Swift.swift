import CKernels

extension TreeProgram {
  private typealias Ranks = SIMD16<Int8>
  private typealias Codes = SIMD16<UInt8>

  /// `forest_add_trees` in Swift.
  func addInSwift(group: Int, to blocks: [forest_block], scratch: forest_scratch) {
    for block in blocks {
      guard let ranks = block.ranks, let features = block.features, let sums = block.sums else {
        continue
      }
      addInSwift(group: group, ranks: ranks, features: features, scratch: scratch, to: sums)
    }
  }

  private func addInSwift(
    group: Int, ranks: UnsafePointer<Int8>, features: UnsafePointer<Float>,
    scratch: forest_scratch, to sums: UnsafeMutablePointer<forest_units>
  ) {
    for tree in trees(group) {
      var columns = ranks
      if tree.is_oblique, let projected = scratch.projected {
        project(tree, features, into: projected)
        columns = UnsafePointer(projected)
      }
      for start in stride(from: 0, to: blockRowCount, by: forest_slot_rows) {
        let codes = scratch.slots + codeSlot(tree, columns + start, scratch.slots)
        for row in 0..<forest_slot_rows {
          let value = values[Int(tree.value_start) + Int(codes[row])]
          if tree.tile_steps > 0 {
            sums[start + row] &+= tileValue(tree, from: value, ranks + start + row)
          } else if tree.node_steps > 0 {
            sums[start + row] &+= leafValue(tree, from: Int(value), features + start + row)
          } else {
            sums[start + row] &+= value
          }
        }
      }
    }
  }

  /// Where the codes of forest_slot_rows rows are.
  private func codeSlot(
    _ tree: forest_tree, _ columns: UnsafePointer<Int8>, _ slots: UnsafeMutablePointer<UInt8>
  ) -> Int {
    var result = 0
    for (number, pair) in pairs[Int(tree.pair_start)..<Int(tree.pair_end)].enumerated() {
      let to = (forest_code_slots + number) * forest_slot_rows
      let left = Codes(repeating: pair.left)
      let right = Codes(repeating: pair.right)
      each(columns, pair.column, pair.limit) { row, isLeft in
        store(right.replacing(with: left, where: isLeft), slots + to + row)
      }
      result = forest_code_slots * forest_slot_rows
    }
    for split in splits[Int(tree.split_start)..<Int(tree.split_end)] {
      let left = slots + Int(split.left) * forest_slot_rows
      let right = slots + Int(split.right) * forest_slot_rows
      let to = Int(split.result) * forest_slot_rows
      each(columns, split.column, split.limit) { row, isLeft in
        let codes: Codes = load(right + row)
        store(codes.replacing(with: load(left + row), where: isLeft), slots + to + row)
      }
      result = to
    }
    return result
  }

  /// Calls `body` with the first row of each vector and which of its rows go left.
  @inline(__always)
  private func each(
    _ columns: UnsafePointer<Int8>, _ column: UInt16, _ limit: Int8,
    _ body: (Int, SIMDMask<Codes.MaskStorage>) -> Void
  ) {
    let limits = Ranks(repeating: limit)
    let rows = columns + Int(column) * blockRowCount
    for row in stride(from: 0, to: forest_slot_rows, by: Ranks.scalarCount) {
      let ranks: Ranks = load(rows + row)
      body(row, ranks .< limits)
    }
  }

  @inline(__always)
  private func load<Vector: SIMD>(_ rows: UnsafePointer<Vector.Scalar>) -> Vector {
    UnsafeRawPointer(rows).loadUnaligned(as: Vector.self)
  }

  @inline(__always)
  private func load<Vector: SIMD>(_ rows: UnsafeMutablePointer<Vector.Scalar>) -> Vector {
    load(UnsafePointer(rows))
  }

  @inline(__always)
  private func store(_ codes: Codes, _ rows: UnsafeMutablePointer<UInt8>) {
    UnsafeMutableRawPointer(rows).storeBytes(of: codes, as: Codes.self)
  }

  private func project(
    _ tree: forest_tree, _ features: UnsafePointer<Float>, into columns: UnsafeMutablePointer<Int8>
  ) {
    let range = Int(tree.projection_start)..<Int(tree.projection_end)
    for (place, projection) in projections[range].enumerated() {
      for row in 0..<blockRowCount {
        let isLeft = sum(projection, features + row) <= projection.threshold
        columns[place * blockRowCount + row] = isLeft ? 0 : 1
      }
    }
  }

  /// - Parameter row: its first feature; the others follow at the distance of a block's columns.
  private func sum(_ projection: forest_projection, _ row: UnsafePointer<Float>) -> Float {
    terms[Int(projection.term_start)..<Int(projection.term_end)].reduce(0) { sum, term in
      sum + term.weight * (row[Int(term.column) * blockRowCount] - term.centre)
    }
  }

  private func tileValue(
    _ tree: forest_tree, from entry: UInt32, _ row: UnsafePointer<Int8>
  ) -> forest_units {
    var at = entry
    for _ in 0..<tree.tile_steps {
      let place = Int(at) / MemoryLayout<forest_tile>.stride
      withUnsafeBytes(of: tiles[Int(tree.tile_start) + place]) { tile in
        let limits = forest_tile_splits + 1
        var split = 0
        for _ in 0..<forest_tile_levels {
          let rank = row[Int(tile[split]) * blockRowCount]
          split = 2 * split + (rank > Int8(bitPattern: tile[limits + split]) ? 2 : 1)
        }
        at = tile.load(
          fromByteOffset: 2 * limits + 4 * (split - forest_tile_splits), as: UInt32.self)
      }
    }
    return at
  }

  private func leafValue(
    _ tree: forest_tree, from entry: Int, _ row: UnsafePointer<Float>
  ) -> forest_units {
    var node = nodes[entry]
    for _ in 0..<tree.node_steps {
      let column = Int(node.column)
      let value = tree.is_oblique ? sum(projections[column], row) : row[column * blockRowCount]
      node = nodes[Int(node.left &+ (value <= node.threshold ? 0 : 1))]
    }
    return node.value
  }
}
