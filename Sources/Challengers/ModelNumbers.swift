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

package typealias ServiceNumbers = ModelNumbers<EdgeService>

extension ServiceNumbers {
  private static var greatestCount: Int { 24 }

  /// Those of the most common services.
  package init(mostCommonOf counts: [EdgeService: Int]) {
    let common = counts.sorted {
      ($1.value, $0.key.port, $0.key.ianaNumber) < ($0.value, $1.key.port, $1.key.ianaNumber)
    }.prefix(ServiceNumbers.greatestCount - 1)
    self.init(common.map(\.key))
  }

  /// Reads `learned_services.arrow`.
  package init(_ table: any BatchSource) throws {
    var services: [EdgeService] = []
    try table.forEachBatch { batch in
      let (port, number) = (batch[LearnedService.port], batch[LearnedService.ianaNumber])
      for row in 0..<batch.rowCount {
        services.append(EdgeService(port: port.value(row), ianaNumber: number.value(row)))
      }
    }
    self.init(services)
  }

  package func write(to sink: any BatchSink) throws {
    let rows = RowWriter(LearnedService.schema, to: sink)
    for service in kinds {
      rows.table.column(LearnedService.port).append(service.port)
      rows.table.column(LearnedService.ianaNumber).append(service.ianaNumber)
      try rows.endRow()
    }
    try rows.finish()
  }
}
