import Columnar
import Events

/// Numbers names in the order in which they come.
struct Interner<Name: Hashable & Comparable> {
  private var numbers: [Name: Int] = [:]
  private var names: [Name] = []

  mutating func number(of name: Name) -> Int {
    if let number = numbers[name] { return number }
    numbers[name] = names.count
    names.append(name)
    return names.count - 1
  }

  /// The names in order, and the place of each number there.
  func order() -> NameOrder<Name> {
    let byName = names.indices.sorted { names[$0] < names[$1] }
    var places = [Int](repeating: 0, count: names.count)
    for (place, number) in byName.enumerated() { places[number] = place }
    return NameOrder(sorted: byName.map { names[$0] }, places: places)
  }
}

struct NameOrder<Name> {
  let sorted: [Name]
  let places: [Int]
}

/// Reads stored days; names get numbers as they come, which `nameOrder` puts in order at the end.
struct VoteReader {
  struct SeenEntity {
    let entity: Int
    let rankedClass: Int
  }
  struct ReadVote {
    let entity: Int
    let detector: Int
    let feature: Int
    /// The host whose doing it was; −1 where none is named.
    let cause: Int
    /// The other end; −1 where none is named, or the detector asks about the host.
    let peer: Int
    let score: Double
    let floor: Double
    let ceiling: Double
  }
  struct ReadDay {
    let date: CivilDate
    var seen: [SeenEntity]
    var votes: [ReadVote]
    /// Detectors that ran; nil for all.
    var ran: Set<Int>?
  }
  struct Order {
    let entities: NameOrder<Entity>
    let classes: NameOrder<RankedClass>
    let detectors: NameOrder<String>
  }

  private var entities = Interner<Entity>()
  private var classes = Interner<RankedClass>()
  private var detectors = Interner<String>()
  private var features = Interner<String>()
  private var peers = Interner<String>()

  mutating func read(_ day: ScoredDay) throws -> ReadDay {
    var read = ReadDay(date: day.date, seen: [], votes: [])
    for index in 0..<day.hostDays.batchCount {
      try readSeen(day.hostDays.batch(index), into: &read)
    }
    if let runs = day.runs { read.ran = try detectorsRun(runs) }
    let seen = Set(read.seen.map(\.entity))
    for table in day.votes {
      for index in 0..<table.batchCount {
        try readVotes(table.batch(index), without: day.idle, seen: seen, into: &read)
      }
    }
    return read
  }

  func nameOrder() -> Order {
    Order(entities: entities.order(), classes: classes.order(), detectors: detectors.order())
  }

  private mutating func readSeen(_ batch: Batch, into day: inout ReadDay) throws {
    let entity = batch[HostDay.entity]
    let entityClass = batch[HostDay.entityClass]
    var numbers = try EntityNumbers(batch[HostDay.entityKind], entity, date: day.date)
    let hostClasses = entityClass.symbols.texts.map {
      classes.number(of: RankedClass(kind: .host, name: $0))
    }
    for row in 0..<batch.rowCount {
      let kind = numbers.kind(row)
      day.seen.append(
        SeenEntity(
          entity: numbers.number(row, &entities),
          // Outside addresses are one population, whatever class the row states.
          rankedClass: kind == .host
            ? hostClasses[Int(entityClass.codes.value(row))]
            : classes.number(of: RankedClass(kind: kind, name: ""))))
    }
  }

  private mutating func detectorsRun(_ runs: any BatchSource) throws -> Set<Int> {
    var ran: Set<Int> = []
    for index in 0..<runs.batchCount {
      let batch = try runs.batch(index)
      let (detector, hasRun) = (batch[DetectorRun.detector], batch[DetectorRun.ran])
      for row in 0..<batch.rowCount where hasRun[row] == true {
        if let name = detector[row] { ran.insert(detectors.number(of: name)) }
      }
    }
    return ran
  }

  private mutating func readVotes(
    _ batch: Batch, without idle: Set<String>, seen: Set<Int>, into day: inout ReadDay
  ) throws {
    let detector = batch[Vote.detector]
    let entity = batch[Vote.entity]
    let feature = batch[Vote.features[0]]
    let cause = batch[Vote.cause]
    let peer = batch[Vote.peer]
    let score = batch[Vote.rawScore]
    let floor = batch[Vote.floor]
    let ceiling = batch[Vote.ceiling]
    var numbers = try EntityNumbers(batch[Vote.entityKind], entity, date: day.date)
    let names = detector.symbols.texts
    let isIdle = names.map(idle.contains)
    let asksByPeer = names.map(peerDetectors.contains)
    let detectorNumbers = names.map { detectors.number(of: $0) }
    let featureNumbers = feature.symbols.texts.map { features.number(of: $0) }
    let causeNumbers = cause.symbols.texts.map {
      entities.number(of: Entity(kind: .host, name: $0))
    }
    for row in 0..<batch.rowCount {
      let code = Int(detector.codes.value(row))
      if isIdle[code] { continue }
      guard score.value(row).isFinite else {
        throw CalibrationError.score(
          score.value(row), detector: names[code], entity: entity[row] ?? "", date: day.date)
      }
      let number = numbers.number(row, &entities)
      guard seen.contains(number) else {
        throw CalibrationError.unseen(entity[row] ?? "", detector: names[code], date: day.date)
      }
      day.votes.append(
        ReadVote(
          entity: number, detector: detectorNumbers[code],
          feature: feature.codes[row].map { featureNumbers[Int($0)] } ?? -1,
          cause: cause.codes[row].map { causeNumbers[Int($0)] } ?? -1,
          peer: asksByPeer[code] ? peer[row].map { peers.number(of: $0) } ?? -1 : -1,
          score: score.value(row), floor: floor.value(row), ceiling: ceiling.value(row)))
    }
  }
}

/// Numbers of a batch's entities: each name is looked up once a batch and kind.
private struct EntityNumbers {
  private let kinds: [EntityKind]
  private let kindCodes: Values<UInt32>
  private let names: [String]
  private let nameCodes: Values<UInt32>
  private var numbers: [Int]

  init(_ kind: Coded<Strings>, _ entity: Coded<Strings>, date: CivilDate) throws {
    kinds = try kind.symbols.texts.map {
      guard let kind = EntityKind(rawValue: $0), kind != .site else {
        throw CalibrationError.unknownEntityKind($0, date: date)
      }
      return kind
    }
    kindCodes = kind.codes
    names = entity.symbols.texts
    nameCodes = entity.codes
    numbers = [Int](repeating: -1, count: kinds.count * names.count)
  }

  func kind(_ row: Int) -> EntityKind { kinds[Int(kindCodes.value(row))] }

  mutating func number(_ row: Int, _ entities: inout Interner<Entity>) -> Int {
    let place = Int(kindCodes.value(row)) * names.count + Int(nameCodes.value(row))
    if numbers[place] < 0 {
      numbers[place] = entities.number(
        of: Entity(kind: kind(row), name: names[place % names.count]))
    }
    return numbers[place]
  }
}

extension Strings {
  var texts: [String] { (0..<count).map { self[$0] ?? "" } }
}

extension HistoryDay {
  init(_ read: VoteReader.ReadDay, _ order: VoteReader.Order) {
    var rows = read.seen.map {
      (
        entity: Int32(order.entities.places[$0.entity]),
        entityClass: UInt16(order.classes.places[$0.rankedClass])
      )
    }
    rows.sort { $0 < $1 }
    var entities: [Int32] = []
    var classes: [UInt16] = []
    for row in rows where entities.last != row.entity {
      entities.append(row.entity)
      classes.append(row.entityClass)
    }
    var classCounts = [Int](repeating: 0, count: order.classes.sorted.count)
    for entityClass in classes { classCounts[Int(entityClass)] += 1 }
    var hostVotes: [DayVotes.Row] = []
    var otherVotes: [DayVotes.Row] = []
    for vote in read.votes {
      let entity = Int32(order.entities.places[vote.entity])
      let place = entities.partition { $0 >= entity }
      let row = DayVotes.Row(
        detector: UInt16(order.detectors.places[vote.detector]), entity: entity,
        entityClass: classes[place], feature: Int32(vote.feature),
        cause: vote.cause < 0 ? -1 : Int32(order.entities.places[vote.cause]),
        peer: Int32(vote.peer), score: vote.score, floor: vote.floor,
        atCeiling: vote.score >= vote.ceiling)
      if order.entities.sorted[Int(entity)].kind == .host {
        hostVotes.append(row)
      } else {
        otherVotes.append(row)
      }
    }
    let detectorCount = order.detectors.sorted.count
    var ran = [Bool](repeating: read.ran == nil, count: detectorCount)
    for detector in read.ran ?? [] { ran[order.detectors.places[detector]] = true }
    self.init(
      day: read.date.dayNumber, entities: entities, classes: classes, classCounts: classCounts,
      hostCount: zip(classCounts, order.classes.sorted).reduce(0) {
        $0 + ($1.1.kind == .host ? $1.0 : 0)
      },
      ran: ran,
      hostVotes: DayVotes(hostVotes, detectorCount: detectorCount),
      otherVotes: DayVotes(otherVotes, detectorCount: detectorCount))
  }
}
