import Columnar
import Events
import Features

/// The numbers that a model has for kinds of something; those without one of their own have the
/// last together.
package struct ModelNumbers<Kind: Hashable & Sendable>: Equatable, Sendable {
  private let kinds: [Kind]
  private let numbers: [Kind: Int]

  /// - Parameter kinds: in the order of their numbers.
  package init(_ kinds: [Kind]) {
    self.kinds = kinds
    numbers = Dictionary(
      kinds.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
  }

  package var count: Int { kinds.count + 1 }

  package subscript(kind: Kind) -> Int { numbers[kind] ?? kinds.count }
}

/// Of peer groups; hosts of no known group have the last.
package typealias GroupNumbers = ModelNumbers<String>

extension GroupNumbers {
  /// Reads `learned_groups.arrow`.
  package init(_ table: any BatchSource) throws {
    var groups: [String] = []
    try table.forEachBatch { batch in
      let group = batch[LearnedGroup.group]
      for row in 0..<batch.rowCount { groups.append(group[row] ?? "") }
    }
    self.init(groups)
  }

  package func write(to sink: any BatchSink) throws {
    let rows = RowWriter(LearnedGroup.schema, to: sink)
    for group in kinds {
      rows.table.column(LearnedGroup.group).append(group)
      try rows.endRow()
    }
    try rows.finish()
  }
}

/// What an edge of a learned graph leads to.
package enum GraphService: Hashable, Sendable {
  case connection(EdgeService)
  case signIn(SignInEdge.End)
}

/// Of services. Sign-ins have numbers of their own where a model was trained on any, so that they
/// are never taken for connections.
package typealias ServiceNumbers = ModelNumbers<GraphService>

extension ServiceNumbers {
  /// Of connections.
  private static var greatestCount: Int { 24 }

  /// Those of the most common services of connections.
  package init(mostCommonOf counts: [EdgeService: Int], haveSignIns: Bool = false) {
    let common = counts.sorted {
      ($1.value, $0.key.port, $0.key.ianaNumber) < ($0.value, $1.key.port, $1.key.ianaNumber)
    }.prefix(ServiceNumbers.greatestCount - 1)
    self.init(
      common.map { .connection($0.key) }
        + (haveSignIns ? SignInEdge.End.allCases.map { .signIn($0) } : []))
  }

  package subscript(service: EdgeService) -> Int { self[.connection(service)] }

  /// Nil where the model was trained on no sign-ins.
  package func number(of end: SignInEdge.End) -> Int? { numbers[.signIn(end)] }

  /// For each service: 0 for connections, 1 for what was signed in to. Where a user came from is
  /// known and not learned: it is the same every day, and a model that has to tell it from other
  /// hosts tells connections worse. [count]
  package var edgeKinds: [Int?] {
    kinds.map { kind in
      switch kind {
      case .connection: 0
      case .signIn(.destination): 1
      case .signIn(.source): nil
      }
    } + [0]
  }

  package func isSignIn(_ number: Int) -> Bool {
    guard number < kinds.count, case .signIn = kinds[number] else { return false }
    return true
  }

  /// Reads `learned_services.arrow`.
  /// - Throws: `ChallengerError` for a kind of service that there is none of.
  package init(_ table: any BatchSource) throws {
    var services: [GraphService] = []
    try table.forEachBatch { batch in
      let kind = batch[LearnedService.kind]
      let (port, number) = (batch[LearnedService.port], batch[LearnedService.ianaNumber])
      for row in 0..<batch.rowCount {
        switch LearnedService.Kind(rawValue: kind[row] ?? "") {
        case .connection:
          services.append(
            .connection(EdgeService(port: port.value(row), ianaNumber: number.value(row))))
        case .signInTo: services.append(.signIn(.destination))
        case .signInFrom: services.append(.signIn(.source))
        case nil:
          throw ChallengerError(
            what: "kind of a service",
            expected: LearnedService.Kind.allCases.map(\.rawValue).joined(separator: ", "),
            found: kind[row] ?? "")
        }
      }
    }
    self.init(services)
  }

  package func write(to sink: any BatchSink) throws {
    let rows = RowWriter(LearnedService.schema, to: sink)
    for service in kinds {
      let (kind, port, number): (LearnedService.Kind, UInt16, UInt8) =
        switch service {
        case .connection(let service): (.connection, service.port, service.ianaNumber)
        case .signIn(.destination): (.signInTo, 0, 0)
        case .signIn(.source): (.signInFrom, 0, 0)
        }
      rows.table.column(LearnedService.kind).append(kind.rawValue)
      rows.table.column(LearnedService.port).append(port)
      rows.table.column(LearnedService.ianaNumber).append(number)
      try rows.endRow()
    }
    try rows.finish()
  }
}
