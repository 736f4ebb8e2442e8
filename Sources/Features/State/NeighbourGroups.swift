import Events

/// The peer groups of networks: what a host that was just met is likely to become.
///
/// A machine that was installed on Monday and is first worked at on Wednesday looked like a device
/// until then; its neighbours say what it is.
struct NeighbourGroups {
  private struct Group: Hashable {
    let name: String
    let entityClass: EntityClass
  }
  /// The commonest group of each network.
  private var groups: [UInt64: Group] = [:]

  /// A host seen on fewer days is judged as its neighbours are.
  private static let leastDaysSeen = 7
  /// Fewer settled neighbours say nothing.
  private static let leastNeighbours = 3

  init(_ hosts: [HostProfileFold.Host]) {
    var counts: [UInt64: [Group: Int]] = [:]
    for host in hosts where host.daysSeen >= NeighbourGroups.leastDaysSeen {
      guard let network = NeighbourGroups.network(of: host.name) else { continue }
      counts[network, default: [:]][
        Group(name: host.group, entityClass: host.entityClass), default: 0] += 1
    }
    groups = counts.compactMapValues { counts in
      guard counts.values.reduce(0, +) >= NeighbourGroups.leastNeighbours else { return nil }
      return counts.max { ($0.value, $1.key.name) < ($1.value, $0.key.name) }?.key
    }
  }

  /// The group and class that a host is judged in.
  func group(of host: HostProfileFold.Host) -> (name: String, EntityClass) {
    guard host.daysSeen < NeighbourGroups.leastDaysSeen,
      let group = NeighbourGroups.network(of: host.name).flatMap({ groups[$0] })
    else { return (host.group, host.entityClass) }
    return (group.name, group.entityClass)
  }

  private static func network(of host: String) -> UInt64? {
    var text = host
    return text.withUTF8 { Subject.network(UnsafeRawBufferPointer($0)) }
  }
}
