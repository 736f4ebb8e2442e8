import Events

/// Something that was seen for the first time: an item between words that it may share with others.
struct NewsItem: Hashable {
  var before = ""
  let item: String
  var after = ""

  /// Items that a line names before it counts the rest.
  private static let namedItems = 4

  /// A line for each subject, in the order of its words: "10.0.0.5 answers on 22/tcp, 80/tcp".
  static func lines(_ news: Set<NewsItem>) -> [String] {
    var items: [NewsItem: [String]] = [:]
    for one in news {
      let isAlone = one.before.isEmpty && one.after.isEmpty
      let subject = NewsItem(before: one.before, item: isAlone ? one.item : "", after: one.after)
      items[subject, default: []].append(one.item)
    }
    return items.map { subject, items in
      let named = items.sorted(by: precedes)
      let rest =
        named.count > namedItems ? " and \(Quantity.count(named.count - namedItems)) more" : ""
      return subject.before + named.prefix(namedItems).joined(separator: ", ") + rest
        + subject.after
    }.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// Shorter numbers first: 22/tcp before 443/tcp.
  private static func precedes(_ a: String, _ b: String) -> Bool {
    a.utf8.count == b.utf8.count
      ? a.utf8.lexicographicallyPrecedes(b.utf8) : a.utf8.count < b.utf8.count
  }
}
