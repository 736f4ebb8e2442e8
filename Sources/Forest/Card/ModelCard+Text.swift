extension ScoringModel {
  /// The model's card as Markdown, for people; its seed, which may be a secret, is not in it.
  ///
  /// - Parameter path: where the model is, for one without a card.
  package func text(path: String) -> String {
    let card = card ?? ModelCard(origin: path)
    var lines = card.heading(of: scorer, featureNames: featureNames)
    switch scorer {
    case .forest(let forest): lines += ["", "## Trees", ""] + ModelCard.treeLines(forest)
    case .ensemble(let ensemble):
      for member in ensemble.members {
        lines += ["", "## Trees of \(member.name)", ""] + ModelCard.treeLines(member.forest)
      }
      let neighbours = ensemble.neighbours
      lines += [
        "", "## Neighbours", "",
        "- the nearest \(neighbours.neighbourCount) in each of \(neighbours.bags.count) samples of "
          + "\(neighbours.bags.map(\.rows.count).max() ?? 0) rows",
        "- checksum: \(neighbours.checksum)",
      ]
    }
    lines += ["", "## Features", ""] + card.featureLines(featureNames)
    lines += card.scoreLines
    lines += ["", "## P-values", ""]
    if let reference {
      let least = "1 / \(reference.rowCount + 1)"
      lines.append(
        "Among the scores of \(reference.rowCount) rows that were held out of training; "
          + (reference.hasTail
            ? "below \(least) by the form of their tail." : "\(least) or more, being so few."))
    } else {
      let isHeldOut = (card.training?.heldOutCount ?? 0) > 0
      lines.append(
        isHeldOut
          ? "None: the scores that are known of held-out rows are another model's."
          : "None: no rows were held out of training.")
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension ModelCard {
  fileprivate func heading(
    of scorer: ScoringModel.Scorer, featureNames: [String]
  ) -> [String] {
    var lines: [String]
    switch scorer {
    case .forest(let forest):
      lines = [
        "# Isolation forest", "",
        "\(forest.trees.count) trees of \(forest.sampleCount) rows over "
          + "\(featureNames.count) features, from \(origin).",
      ]
    case .ensemble(let ensemble):
      lines = [
        "# Ensemble", "",
        "\(ensemble.members.count) isolation forests and nearest neighbours over "
          + "\(featureNames.count) features, from \(origin).",
      ]
    }
    if let training {
      let window = training.window.map { ", \($0.first) to \($0.last)" } ?? ""
      let rows = "\(training.rowCount) rows\(window)"
      let trained =
        training.heldOutCount > 0
        ? "From \(rows), of which \(training.heldOutCount) were held out of training"
        : "Trained on \(rows)"
      lines.append("\(trained), with checksum \(training.checksum).")
    } else {
      lines.append("What it was trained on is not known.")
    }
    if verdictCount > 0 {
      lines.append(
        "Adjusted by \(verdictCount) verdicts; the scores of training rows are those before.")
    }
    return lines
  }

  fileprivate var scoreLines: [String] {
    guard let training, !training.scores.isEmpty else { return [] }
    return [
      "", "## Scores of the training rows", "", "| share of rows | score up to |",
      "| ---: | ---: |",
    ] + zip(ModelCard.shares, training.scores).map { "| \($0) | \($1) |" }
  }

  fileprivate static func treeLines(_ forest: IsolationForest) -> [String] {
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

  fileprivate func featureLines(_ names: [String]) -> [String] {
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
