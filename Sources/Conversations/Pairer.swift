/// Joins the records of a source's five-tuples to conversations, and tells which of them are the
/// day's.
///
/// A conversation belongs to the day on which it starts, with those of its records that start
/// within the margin (active timeout + inactive gap) after midnight. Longer ones go on as a
/// conversation of the next day. Both days decide by the same rows, those from a margin before
/// midnight on, so that every record is counted on exactly one day.
struct Pairer {
  /// A conversation that no record will join.
  struct Closed {
    let conversation: Conversation
    let key: ConversationKey
  }

  private let window: DayWindow
  /// By source.
  private let gaps: [Int64]
  private let margins: [Int64]
  private(set) var open = OpenTable()
  /// Conversations of the day closed since `forgetClosed`.
  private(set) var closed: [Closed] = []
  /// Records that belong to another day, by source.
  private(set) var otherDayCounts: [Int]

  init(_ files: InputFiles, window: DayWindow) {
    self.window = window
    gaps = files.exportOfSource.map { $0?.inactiveGapMicroseconds ?? 0 }
    margins = files.exportOfSource.map { $0?.marginMicroseconds ?? 0 }
    otherDayCounts = .init(repeating: 0, count: gaps.count)
  }

  /// Takes the next record, which starts no earlier than those before.
  mutating func add(_ record: FlowRecord) {
    guard record.marks.contains(.isJoined) else {
      if window.contains(record.start) {
        closed.append(Closed(conversation: Conversation(record), key: record.key))
      } else {
        otherDayCounts[record.key.source] += 1
      }
      return
    }
    let number = open.find(record.key, hash: record.hash)
    if record.start >= window.end {
      addAfterMidnight(record, number)
    } else {
      addBeforeMidnight(record, number)
    }
  }

  private mutating func addBeforeMidnight(
    _ record: FlowRecord, _ number: Int?
  ) {
    let source = record.key.source
    let gap = gaps[source]
    let isOfDay = record.start >= window.start
    guard let number else {
      var conversation = OpenConversation(record)
      if isLate(record) { conversation.lateRun = RecordRun(record) }
      if !isOfDay { otherDayCounts[source] += 1 }
      open.insert(conversation)
      return
    }
    let (isLate, margin, start) = (isLate(record), margins[source], window.start)
    let ended: OpenConversation? = open.update(number) { entry in
      var lateRun = entry.lateRun
      if isLate { lateRun = lateRun.followed(by: record, gap: gap) }
      defer { entry.lateRun = lateRun }
      guard entry.run.isContinued(by: record, gap: gap) else {
        let ended = entry
        entry = OpenConversation(record)
        return ended
      }
      if entry.start >= start || record.start < start &+ margin {
        entry.add(record)
      } else {
        entry = entry.resumed(with: record, gap: gap)
      }
      return nil
    }
    if let ended { close(ended) }
    if open.entries[number].start < start { otherDayCounts[source] += 1 }
  }

  private mutating func addAfterMidnight(
    _ record: FlowRecord, _ number: Int?
  ) {
    let source = record.key.source
    guard let number, !open.entries[number].isClosed else {
      otherDayCounts[source] += 1
      return
    }
    let before = open.entries[number]
    guard before.start >= window.start,
      before.lateRun.isContinued(by: record, gap: gaps[source])
    else {
      close(before)
      open.update(number) { $0.isClosed = true }
      otherDayCounts[source] += 1
      return
    }
    open.update(number) {
      $0.add(record)
      $0.lateRun.add(record)
    }
  }

  /// Whether the next day reads the record too.
  private func isLate(_ record: FlowRecord) -> Bool {
    record.start >= window.end &- margins[record.key.source]
  }

  private mutating func close(_ conversation: OpenConversation) {
    guard !conversation.isClosed, conversation.start >= window.start else { return }
    closed.append(Closed(conversation: conversation.closed(), key: conversation.key))
  }

  /// Closes what no record from `time` on can join; returns the earliest start of what stays open.
  mutating func closeEnded(before time: Int64) -> Int64 {
    var earliest = Int64.max
    for number in open.entries.indices where !open.entries[number].isClosed {
      let conversation = open.entries[number]
      if conversation.run.isOver(at: time, gap: gaps[conversation.key.source]) {
        close(conversation)
        open.update(number) { $0.isClosed = true }
      } else if conversation.start >= window.start {
        earliest = min(earliest, conversation.start)
      }
    }
    open.sweep { $0.isClosed }
    return earliest
  }

  mutating func closeAll() {
    for conversation in open.entries { close(conversation) }
    open = OpenTable()
  }

  /// Takes out the open conversations for which `isWaiting`.
  mutating func setAside(_ isWaiting: (OpenConversation) -> Bool) -> [OpenConversation] {
    let waiting = open.entries.filter(isWaiting)
    open.sweep(isWaiting)
    return waiting
  }

  /// Goes on with conversations that were set aside.
  /// - Precondition: none are open.
  mutating func resume(_ conversations: [OpenConversation]) {
    for conversation in conversations { open.insert(conversation) }
  }

  /// - Parameter mostKept: how many conversations' room is kept for the next ones.
  mutating func forgetClosed(mostKept: Int) {
    closed.removeAll(keepingCapacity: closed.capacity <= mostKept)
  }
}
