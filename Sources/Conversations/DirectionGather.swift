import Columnar
import Events

/// From where to where each conversation goes: by the site's networks, or as the exporter said
/// where they don't tell. An end with a name and no address is one of the site's own, named by its
/// sensor.
final class DirectionGather: ColumnGather {
  private let networks: SiteNetworks
  private let dictionary = CodedBuilder<Strings>()
  private var codes = BatchCodes()
  private var validity = OutputValidity(rowCount: 0)
  private static let directions: [Direction] = [.inbound, .outbound, .internal, .external]

  init(_ networks: SiteNetworks) {
    self.networks = networks
    for direction in DirectionGather.directions {
      var name = direction.rawValue
      _ = name.withUTF8 { dictionary.code(of: UnsafeRawBufferPointer($0)) }
    }
  }

  /// The place in `directions`, which is the code in the dictionary.
  private func code(of direction: Direction) -> UInt32 {
    switch direction {
    case .inbound: 0
    case .outbound: 1
    case .internal: 2
    case .external: 3
    }
  }

  func begin(rowCount: Int) {
    codes.begin(rowCount: rowCount)
    validity = OutputValidity(rowCount: rowCount)
  }

  func gather(_ batch: Batch, file: Int, at positions: ArraySlice<Int32>, of rows: FirstRows) {
    var codes: [UInt32] = []
    swap(&codes, &self.codes.values)
    defer { swap(&codes, &self.codes.values) }
    withExtendedLifetime(batch) {
      let sources = FixedRows(batch, Event.sourceAddress)
      let destinations = FixedRows(batch, Event.destinationAddress)
      let sourceHosts = batch.hasColumn(Event.sourceHost) ? batch[Event.sourceHost] : nil
      let destinationHosts =
        batch.hasColumn(Event.destinationHost) ? batch[Event.destinationHost] : nil
      let stated = batch.hasColumn(Event.direction) ? batch[Event.direction] : nil
      let statedByCode = (0..<(stated?.symbols.count ?? 0)).map { code in
        stated?.symbols[code].flatMap { Direction(rawValue: $0) }
      }
      for position in positions {
        let row = Int(rows.rows[Int(position)])
        var direction: Direction?
        if !networks.networks.isEmpty,
          let source = isInternal(sources[row], sourceHosts, row),
          let destination = isInternal(destinations[row], destinationHosts, row)
        {
          direction = Direction(sourceIsInternal: source, destinationIsInternal: destination)
        } else if let code = stated?.codes[row] {
          direction = statedByCode[Int(code)]
        }
        if rows.marks[Int(position)].contains(.isTurned) { direction = direction?.reversed }
        if let direction {
          codes[Int(position)] = code(of: direction)
        } else {
          validity.setNull(Int(position))
        }
      }
    }
  }

  private func isInternal(_ address: Address?, _ hosts: Coded<Strings>?, _ row: Int) -> Bool? {
    if let address { return networks.contains(address) }
    if let hosts, hosts.validity[row] { return true }
    return nil
  }

  func finish() -> Column { codes.column(of: dictionary, validity) }
}

extension Direction {
  /// The same conversation begun by the other end.
  var reversed: Direction {
    switch self {
    case .inbound: .outbound
    case .outbound: .inbound
    case .internal, .external: self
    }
  }
}
