import ArrowFile
import Columnar
import Events
import Incidents
import Pseudonyms
import Registry
import StageKit

/// Reads what is known of a day's incidents beside their findings: leases from the store, and the
/// files of `[[context]]`.
struct ContextReader: Sendable {
  private let site: Site
  private let store: Store
  private let hasAssets: Bool
  /// Of a store with pseudonyms; nil where the key is not at hand.
  private let pseudonymiser: Pseudonymiser?

  init(_ incidents: IncidentReader) throws {
    site = incidents.site
    store = incidents.store
    hasAssets = !incidents.assetsInput.isEmpty
    pseudonymiser = try site.pseudonymiserAtHand(for: store.path)
  }

  /// The events of earlier days that have leases, and the files of context. The day's own events
  /// are an input of its report anyway.
  func inputs(_ day: CivilDate) throws -> [Manifest.Input] {
    let earlier = Set(try leaseTables(day).filter { $0.day < day }.map(\.day)).sorted()
    return try earlier.compactMap { try store.input(store.events($0)) }
      + site.contexts.compactMap { input($0, day) }
  }

  /// What is known of each incident that a person is asked about; of the others only who had the
  /// address.
  /// - Parameter hasIndicators: whether lists of indicators were looked up on the day.
  func context(_ day: CivilDate, of incidents: [Incident], hasIndicators: Bool) throws
    -> DayContext
  {
    let tables = try leaseTables(day)
    let builder = ContextBuilder(
      day: day, calendar: site.calendar, workingTimes: site.workingTimes,
      leases: tables.isEmpty ? nil : try leases(tables, of: incidents),
      served: try ServedPorts(store.requiredTable(Service.schema, in: store.profiles(day))),
      hasIndicators: hasIndicators)
    var context = DayContext()
    if !hasAssets { context.absent.append("assets") }
    for (eventClass, name) in [(EventClass.dhcp, "DHCP leases"), (.vpn, "VPN leases")]
    where !tables.contains(where: { $0.eventClass == eventClass }) {
      context.absent.append(name)
    }
    if site.contexts.isEmpty { context.absent.append("EDR") }
    let selection = ContextFile.Selection(
      window: builder.window, wanted: builder.hostKeys(incidents.filter(\.decision.isAsked)),
      keys: hostKeys)
    var sources: [ContextBuilder.Source] = []
    for stated in site.contexts {
      do {
        if let file = try file(stated, day, selection) {
          if let remark = file.remark { context.remarks.append("\(stated.name): \(remark)") }
          if file.isReadable {
            sources.append(.init(name: stated.name, file: file, showsText: !hidesNames))
            continue
          }
        }
      } catch let error as StageError {
        context.remarks.append("\(stated.name): \(error)")
      }
      context.absent.append(stated.name)
    }
    if !builder.note.isConnected { context.absent.append("calendar") }
    if !hasIndicators { context.absent.append("indicators") }
    for incident in incidents {
      context.incidents[incident.id] =
        incident.decision.isAsked
        ? builder.context(of: incident, sources: sources)
        : IncidentContext(holder: builder.holder(of: incident))
    }
    return context
  }
}

extension ContextReader {
  private struct LeaseTable {
    let day: CivilDate
    let eventClass: EventClass
  }

  /// The tables of events that may hold leases that are believed on a day.
  private func leaseTables(_ day: CivilDate) throws -> [LeaseTable] {
    try store.days(in: "events").filter {
      $0 <= day && $0 >= day.advanced(by: -LookBack.leaseDays)
    }.flatMap { known in
      [EventClass.dhcp, .vpn].filter {
        FileBytes.exists("\(store.events(known))/\($0.rawValue).arrow")
      }.map { LeaseTable(day: known, eventClass: $0) }
    }
  }

  private func leases(_ tables: [LeaseTable], of incidents: [Incident]) throws -> LeaseHistory {
    let wanted = Set(
      incidents.filter { $0.verdict.kind == .host }.compactMap { Address($0.entity) })
    func events(_ known: LeaseTable, devices: Set<String>) throws -> [LeaseEvent] {
      guard
        let table = try store.table(
          known.eventClass.rawValue, in: store.events(known.day),
          expecting: known.eventClass.schema)
      else { return [] }
      return known.eventClass == .dhcp
        ? try LeaseEvent.read(dhcp: table, of: wanted, devices: devices)
        : try LeaseEvent.read(vpn: table, of: wanted)
    }
    // DHCP's once for who had the addresses, and again for where these went.
    let devices = Set(
      try tables.filter { $0.eventClass == .dhcp }.flatMap { try events($0, devices: []) }
        .compactMap { event -> String? in
          if case .device(let mac, _) = event.holder { mac } else { nil }
        })
    return LeaseHistory(try tables.flatMap { try events($0, devices: devices) })
  }
}

extension ContextReader {
  private var hidesNames: Bool { site.privacy?.makesPseudonyms == true }

  /// Whether hosts of files can be matched with those of the store.
  private var canMatch: Bool { !hidesNames || pseudonymiser != nil }

  /// Where a file of context lies; nil where it is not there, or of no use.
  private func path(_ context: Site.Context, _ day: CivilDate) -> String? {
    let path = site.resolve(context.file(for: day))
    return canMatch && FileBytes.exists(path) ? path : nil
  }

  private func input(_ context: Site.Context, _ day: CivilDate) -> Manifest.Input? {
    guard let path = path(context, day) else { return nil }
    do {
      return Manifest.Input(
        name: "context \(context.name)", byteCount: try FileBytes.size(of: path),
        sha256: try ContentHasher.hash(file: path))
    } catch {
      // The report is made without the file, and says why.
      return nil
    }
  }

  private func file(
    _ context: Site.Context, _ day: CivilDate, _ selection: ContextFile.Selection
  ) throws -> ContextFile? {
    guard let path = path(context, day) else { return nil }
    return try ContextFile(
      ContextFile.Columns(
        host: context.host, time: context.time, text: context.text, zone: context.zone),
      selecting: selection
    ) { try FileBytes.forEachPiece(of: path, $0) }
  }

  /// The keys by which the store may know a host of a file.
  private func hostKeys(_ host: String) throws -> [String] {
    let key = HostKey.of(host)
    guard let pseudonymiser else { return [key] }
    // The store has pseudonyms of names as logs wrote them.
    return Set([key, host, host.lowercased()]).sorted()
      .map { HostKey.of(pseudonymiser.host($0)) }
  }
}
