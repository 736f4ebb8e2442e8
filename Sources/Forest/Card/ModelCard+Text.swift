extension ModelCard {
  /// The card as Markdown, for people; the forest's seed, which may be a secret, is not in it.
  package func text(of forest: IsolationForest) -> String {
    var lines = ["# Isolation forest", ""]
    lines.append(
      "\(forest.trees.count) trees of \(forest.sampleCount) rows over "
        + "\(forest.featureNames.count) features, from \(origin).")
    if let training {
      let window = training.window.map { ", \($0.first) to \($0.last)" } ?? ""
      lines.append(
        "Trained on \(training.rowCount) rows\(window), with checksum \(training.checksum).")
    } else {
      lines.append("What it was trained on is not known.")
    }
    lines += ["", "## Trees", ""] + treeLines(forest)
    lines += ["", "## Features", ""] + featureLines(forest.featureNames)
    if let training {
      lines += ["", "## Scores of the training rows", "", "| share of rows | score up to |"]
      lines.append("| ---: | ---: |")
      for (share, score) in zip(ModelCard.shares, training.scores) {
        lines.append("| \(share) | \(score) |")
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func treeLines(_ forest: IsolationForest) -> [String] {
    let splits = forest.trees.map { tree in tree.nodes.count { !$0.isLeaf } }
    let depths = forest.trees.map { Int($0.depths.max() ?? 0) }
    func line(_ what: String, _ counts: [Int]) -> String {
      let mean = Double(counts.reduce(0, +)) / Double(counts.count)
      let tenths = Int((mean * 10).rounded())
      return "- \(what): \(counts.min() ?? 0) to \(counts.max() ?? 0), mean "
        + "\(tenths / 10).\(tenths % 10)"
    }
    // Of the others, some part leaves that are worth the same.
    let atOnce = forest.kernelSteps.pairs + forest.kernelSteps.splits
    let variant = ForestVariant.allCases.first { $0.rule == forest.options.rule }
    return [
      "- variant: \(variant?.rawValue ?? "one without a name")", line("splits a tree", splits),
      line("depth", depths),
      "- kernel: \(atOnce) of \(splits.reduce(0, +)) splits for many rows at once; the others "
        + "decide nothing, or are walked to row by row",
      "- checksum of the nodes: \(forest.nodeChecksum)",
    ]
  }

  private func featureLines(_ names: [String]) -> [String] {
    guard let training else { return names.map { "- \($0)" } }
    let rows = zip(names, training.features).map { name, feature in
      let thousandths = Int((feature.missingShare * 1_000).rounded())
      let cell = name.split(separator: "|", omittingEmptySubsequences: false).joined(
        separator: "\\|")
      return "| \(cell) | \(feature.least) | \(feature.median) | \(feature.greatest) "
        + "| \(thousandths / 10).\(thousandths % 10) % |"
    }
    return [
      "| feature | least | median | greatest | missing |", "| --- | ---: | ---: | ---: | ---: |",
    ]
      + rows
  }
}
