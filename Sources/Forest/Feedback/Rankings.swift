/// Rows by falling score; rows of the same score in their order.
package func ranking(byScore scores: [Float]) -> [Int] {
  scores.indices.sorted { scores[$0] != scores[$1] ? scores[$0] > scores[$1] : $0 < $1 }
}

/// Spends a budget on two rankings in turn, so that neither can hide what the other would show.
///
/// Takes the first of `adjusted`, then the first of `untouched` not taken yet, and so on; when one
/// ranking ends, the rest comes from the other.
///
/// - Returns: at most `count` elements, none twice.
package func sharedBudget<Element: Hashable>(
  _ adjusted: [Element], _ untouched: [Element], count: Int
) -> [Element] {
  var taken: [Element] = []
  var isTaken: Set<Element> = []
  var (next, other) = (adjusted[...], untouched[...])
  while taken.count < count {
    next = next.drop { isTaken.contains($0) }
    if let element = next.popFirst() {
      isTaken.insert(element)
      taken.append(element)
    } else if other.allSatisfy(isTaken.contains) {
      break
    }
    swap(&next, &other)
  }
  return taken
}
