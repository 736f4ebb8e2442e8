import CKernels

/// The tiles below a tree's top.
///
/// Every row takes the same number of steps, so that there is no branch. A leaf that is reached
/// before the last step goes on through tiles that send all rows left.
struct TileLayout {
  /// Of rows a tree was grown from, the deepest are hardly ever this far below the top: in trees
  /// grown without a limit most rows would only wait for those.
  private static let greatestStepCount = 12

  private let layout: SplitLayout
  private let columns: [Int]
  private let limit: (SplitLayout.Node) -> Int8
  private(set) var tiles: [forest_tile] = []
  /// Where each exit of the top goes on, in bytes from the first tile.
  private(set) var entries: [UInt32] = []
  let stepCount: Int
  /// Tiles on the way to a leaf's value, by its units and the steps that remain.
  private var waits: [Wait: UInt32] = [:]

  private struct Wait: Hashable {
    let units: forest_units
    let stepCount: Int
  }

  /// Whether a tree's thresholds, columns and depth fit.
  static func canHold(_ layout: SplitLayout, featureCount: Int) -> Bool {
    guard 2 * featureCount <= Int(UInt8.max), layout.depth <= greatestStepCount * forest_tile_levels
    else { return false }
    var thresholds = [Set<Float>](repeating: [], count: featureCount)
    for node in layout.nodes where !node.isLeaf { thresholds[node.feature].insert(node.threshold) }
    return thresholds.allSatisfy { $0.count <= ThresholdGroups.greatestThresholdCount }
  }

  /// - Parameters:
  ///   - columns: that the nodes look at.
  ///   - limit: the rank + 1 of a node's threshold, less 128.
  init(_ top: TreeTop, columns: [Int], limit: @escaping (SplitLayout.Node) -> Int8) {
    layout = top.layout
    self.columns = columns
    self.limit = limit
    stepCount = (top.depthBelow + forest_tile_levels - 1) / forest_tile_levels
    for exit in top.exits { entries.append(append(exit, stepCount: stepCount)) }
  }

  /// What stands for a node in the table of the tile before it: its tile, or a leaf's value.
  private mutating func append(_ number: Int, stepCount: Int) -> UInt32 {
    let node = layout.nodes[number]
    guard !node.isLeaf else { return appendWait(node.units, stepCount: stepCount) }
    let place = tiles.count
    tiles.append(.passing)
    // The nodes that the tile's splits, then its exits, stand for; those left of leaves are leaves.
    var members = [Int?](repeating: nil, count: 2 * forest_tile_splits + 1)
    members[0] = number
    for split in 0..<forest_tile_splits {
      guard let member = members[split] else { continue }
      let node = layout.nodes[member]
      members[2 * split + 1] = node.isLeaf ? member : node.left
      guard !node.isLeaf else { continue }
      members[2 * split + 2] = node.right
      tiles[place].set(split, column: columns[member], limit: limit(node) - 1)
    }
    for (exit, member) in members[forest_tile_splits...].enumerated() {
      guard let member else { continue }
      tiles[place].setExit(exit, append(member, stepCount: stepCount - 1))
    }
    return Self.offset(place)
  }

  private mutating func appendWait(_ units: forest_units, stepCount: Int) -> UInt32 {
    guard stepCount > 0 else { return units }
    let wait = Wait(units: units, stepCount: stepCount)
    if let known = waits[wait] { return known }
    let next = appendWait(units, stepCount: stepCount - 1)
    let place = tiles.count
    tiles.append(.passing)
    tiles[place].setExit(0, next)
    waits[wait] = Self.offset(place)
    return Self.offset(place)
  }

  private static func offset(_ place: Int) -> UInt32 {
    UInt32(place * MemoryLayout<forest_tile>.stride)
  }
}

extension forest_tile {
  /// Sends all rows left.
  fileprivate static var passing: forest_tile {
    var tile = forest_tile()
    withUnsafeMutableBytes(of: &tile.limits) { limits in
      for split in limits.indices { limits[split] = UInt8(Int8.max) }
    }
    return tile
  }

  fileprivate mutating func set(_ split: Int, column: Int, limit: Int8) {
    withUnsafeMutableBytes(of: &columns) { $0[split] = UInt8(column) }
    withUnsafeMutableBytes(of: &limits) { $0[split] = UInt8(bitPattern: limit) }
  }

  fileprivate mutating func setExit(_ exit: Int, _ value: UInt32) {
    withUnsafeMutableBytes(of: &exits) {
      $0.storeBytes(of: value, toByteOffset: exit * MemoryLayout<UInt32>.stride, as: UInt32.self)
    }
  }
}
