extension Tape {
  /// What each row takes from the rows of its window up to itself, by several heads (Vaswani et al.
  /// 2017, eq. 1, arXiv:1706.03762).
  ///
  /// - Parameters:
  ///   - projections: queries, keys and values beside each other, [n × 3d].
  ///   - windows: rows that belong together, in order.
  ///   - headCount: divides d.
  /// - Returns: [n × d]
  package func attend(
    _ projections: Variable, windows: [Range<Int>], headCount: Int
  ) -> Variable {
    let input = value(projections)
    let width = input.columnCount / 3
    var result = Matrix(rowCount: input.rowCount, columnCount: width)
    var weights: [Matrix] = []
    for window in windows {
      for head in 0..<headCount {
        let part = AttentionPart(input, window, head: head, headCount: headCount)
        let attention = part.attention
        result.add(
          attention * part.values, atRow: window.lowerBound, column: part.columns.lowerBound)
        weights.append(attention)
      }
    }
    return record(result, from: [projections]) { gradient, tape in
      tape.updateGradient(projections) { total in
        for (place, attention) in weights.enumerated() {
          let window = windows[place / headCount]
          AttentionPart(input, window, head: place % headCount, headCount: headCount)
            .handBack(gradient, attention, to: &total)
        }
      }
    }
  }
}

/// One head's view of one window.
private struct AttentionPart {
  let window: Range<Int>
  /// Of the queries, and of the result.
  let columns: Range<Int>
  /// [rows of the window × d / heads]
  let queries, keys, values: Matrix
  private let width: Int
  private let scale: Float

  init(_ input: Matrix, _ window: Range<Int>, head: Int, headCount: Int) {
    let width = input.columnCount / 3
    let ownWidth = width / headCount
    let start = head * ownWidth
    func part(_ offset: Int) -> Matrix {
      input.part(rows: window, columns: offset + start..<offset + start + ownWidth)
    }
    self.window = window
    self.width = width
    columns = start..<start + ownWidth
    queries = part(0)
    keys = part(width)
    values = part(2 * width)
    scale = 1 / Float(ownWidth).squareRoot()
  }

  /// How much each row takes of each, rows adding up to 1; zero for later rows.
  var attention: Matrix {
    var scores = queries * keys.transposed
    let width = scores.columnCount
    scores.numbers.withUnsafeMutableBufferPointer { numbers in
      for row in 0..<width {
        let earlier = UnsafeMutableBufferPointer(
          rebasing: numbers[row * width...row * width + row])
        var greatest = -Float.infinity
        for place in earlier.indices {
          earlier[place] *= scale
          greatest = max(greatest, earlier[place])
        }
        for place in earlier.indices { earlier[place] -= greatest }
        exponentiate(earlier)
        var total: Float = 0
        for place in earlier.indices { total += earlier[place] }
        for place in earlier.indices { earlier[place] /= total }
        for place in row + 1..<width { numbers[row * width + place] = 0 }
      }
    }
    return scores
  }

  func handBack(_ gradient: Matrix, _ attention: Matrix, to total: inout Matrix) {
    let own = gradient.part(rows: window, columns: columns)
    var ofScores = own * values.transposed
    let count = ofScores.columnCount
    ofScores.numbers.withUnsafeMutableBufferPointer { scores in
      attention.numbers.withUnsafeBufferPointer { attention in
        for row in 0..<count {
          let places = row * count..<(row + 1) * count
          var along: Float = 0
          for place in places.prefix(row + 1) { along += scores[place] * attention[place] }
          for place in places {
            scores[place] = attention[place] * (scores[place] - along) * scale
          }
        }
      }
    }
    func add(_ part: Matrix, _ offset: Int) {
      total.add(part, atRow: window.lowerBound, column: offset + columns.lowerBound)
    }
    add(ofScores * keys, 0)
    add(ofScores.transposed * queries, width)
    add(attention.transposed * own, 2 * width)
  }
}
