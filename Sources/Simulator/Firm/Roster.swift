/// Fills a firm with machines and people.
struct Roster {
  let seed: UInt64
  let scale: Double
  let internet: Internet
  private(set) var hosts: [Host] = []
  private(set) var people: [Person] = []
  private var random: SeededRandom

  init(seed: UInt64, scale: Double, internet: Internet) {
    self.seed = seed
    self.scale = scale
    self.internet = internet
    random = SeededRandom(seed: seed, Stream.firm.rawValue)
  }

  private func scaled(_ count: Int) -> Int { max(1, Int((Double(count) * scale).rounded())) }

  mutating func fill() {
    addServers()
    addPeople(scaled(34), firstDay: 0)
    for _ in 0..<scaled(2) { addPeople(1, firstDay: random.within(4...24)) }
    addDevices(.printer, scaled(4), at: Addressing.printers + 10, named: "prn")
    addDevices(.camera, scaled(6), at: Addressing.cameras + 20, named: "cam")
    addDevices(.videoRecorder, 1, at: Addressing.cameras + 5, named: "nvr")
    addDevices(.phone, scaled(10), at: Addressing.phones + 20, named: "tel")
    addDevices(.telephoneExchange, 1, at: Addressing.phones + 5, named: "pbx")
    addDevices(.iot, scaled(6), at: Addressing.devices + 10, named: "iot")
  }

  private mutating func add(
    _ role: Role, _ address: UInt32, _ name: String, person: Int? = nil, firstDay: Int = 0
  ) {
    hosts.append(
      Host(
        index: hosts.count, address: address, name: name, role: role, person: person,
        firstDay: firstDay))
  }

  private mutating func addServers() {
    let base = Addressing.servers
    add(.domainController, base + 10, "dc1")
    add(.domainController, base + 11, "dc2")
    add(.fileServer, base + 20, "files")
    add(.mailServer, base + 25, "mail")
    add(.intranet, base + 30, "intranet")
    add(.updateServer, base + 36, "updates")
    add(.database, base + 40, "db")
    add(.application, base + 41, "erp")
    add(.backup, base + 50, "backup")
    add(.monitor, base + 60, "monitor")
    add(.webServer, Addressing.published + 10, "www")
    add(.mailRelay, Addressing.published + 25, "mx")
  }

  private mutating func addDevices(
    _ role: Role, _ count: Int, at base: UInt32, named prefix: String
  ) {
    for number in 0..<count {
      let name = count == 1 ? prefix : "\(prefix)\(number + 1)"
      add(role, base + UInt32(number), name)
    }
  }

  private mutating func addPeople(_ count: Int, firstDay: Int) {
    for _ in 0..<count {
      let index = people.count
      people.append(makePerson(index, firstDay: firstDay))
      let isLaptop = random.chance(0.3)
      add(
        isLaptop ? .laptop : .workstation, Addressing.workstations + 11 + UInt32(index),
        "\(isLaptop ? "lt" : "ws")-\(index + 1)", person: index, firstDay: firstDay)
    }
  }

  private static let firstNames = [
    "anna", "bela", "carla", "david", "emil", "fatma", "georg", "hanna", "ivan", "jana", "karim",
    "lena", "marek", "nora", "olga", "pavel", "rosa", "sven", "tara", "ulrich", "vera", "yusuf",
  ]
  private static let lastNames = [
    "adler", "brandt", "conti", "dietz", "ebner", "falk", "gruber", "huber", "ivers", "jansen",
    "kovacs", "lang", "meier", "novak", "ortiz", "peters", "ritter", "sommer", "thaler", "weiss",
  ]

  private mutating func makePerson(_ index: Int, firstDay: Int) -> Person {
    var random = SeededRandom(seed: seed, Stream.people.rawValue, UInt64(index))
    let first = random.pick(Roster.firstNames)
    let last = Roster.lastNames[(index * 7 + Int(seed % 20)) % 20]
    let draw = random.unit()
    let department: Person.Department =
      draw < 0.4
      ? .office
      : draw < 0.58
        ? .accounting
        : draw < 0.78
          ? .sales
          : draw < 0.94
            ? .engineering
            : .administration
    let arrives = 8.3 + 0.8 * random.normal()
    let length = max(4, 8.6 + 0.6 * random.normal())
    var workdays: UInt8 = 0b001_1111
    if random.chance(0.15) { workdays &= ~(1 << UInt8(random.below(5))) }
    let vacationLength = random.chance(0.3) ? random.within(2...8) : 0
    let vacationStart = random.within(1...24)
    return Person(
      name: "\(first).\(last)", department: department, arrives: arrives, leaves: arrives + length,
      workdays: workdays, activity: random.lognormal(median: 0.9, spread: 0.5),
      leavesOn: random.chance(0.35),
      eveningShare: random.chance(0.25) ? random.within(0.05...0.25) : 0.01,
      vacation: firstDay + vacationStart..<firstDay + vacationStart + vacationLength,
      usesCloudSync: random.chance(0.6), favourites: favourites(&random))
  }

  /// 40 to 120 sites, drawn by popularity, the most visited first; about a fifth are rare ones that
  /// nobody else cares for.
  private func favourites(_ random: inout SeededRandom) -> [UInt32] {
    (0..<random.within(40...120)).map { _ in
      random.chance(0.2)
        ? internet.rareSite(&random).index : internet.popularSite(&random).index
    }
  }
}
