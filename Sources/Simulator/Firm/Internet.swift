import Events

/// A destination outside the firm.
struct Site: Sendable {
  let index: UInt32
  let address: UInt32
  let port: UInt16
}

/// The world outside: a shared set of destinations, few of them popular and most of them rare.
///
/// Addresses come from 100.64.0.0/10 and 198.18.0.0/15, which no real service uses.
struct Internet: Sendable {
  /// Ranked sites that everybody may visit.
  static let popularCount = 4000
  /// Sites beyond the ranked ones, each hardly ever visited.
  static let rareCount = 250_000
  /// Ranked sites below this share the addresses of a few content networks.
  private static let sharedCount = 900
  private static let providerBase: UInt32 = 1_000_000

  let seed: UInt64

  /// Services that whole offices use, kept apart from what people browse.
  enum Provider: UInt32 {
    case systemUpdates, antivirus, cloudStorage, meetings, chat, timeService, telemetry
    case resolver, telephony, deviceCloud, mailExchange, packages, offsiteBackup, sourceHosting
  }

  private func hash(_ index: UInt32, _ salt: UInt64) -> UInt64 {
    SeededRandom.mix(
      SeededRandom.mix(seed ^ Stream.sites.rawValue << 32) &+ UInt64(index) << 20 &+ salt)
  }

  /// The address that one of a site's names resolves to; sites have one to eight.
  func address(of index: UInt32, choice: Int = 0) -> UInt32 {
    let isShared = index < Internet.sharedCount && hash(index, 1) % 10 < 6
    if isShared {
      // Content networks: 48 blocks with 6 addresses each serve hundreds of sites.
      let block = hash(index, 2) % 48
      let node = (hash(index, 3) &+ UInt64(choice)) % 6
      return 0xC612_0000 | UInt32(block) << 10 | UInt32(10 + node * 7)
    }
    let spread = index >= Internet.providerBase ? 6 : 1 + hash(index, 4) % 3
    let value = hash(index, 5 &+ UInt64(choice) % spread)
    if value % 16 == 0 { return 0xC613_0000 | UInt32(value >> 20 & 0xFFFF) | 1 }
    return 0x6440_0000 | UInt32(value >> 24 & 0x3F_FFFF) | 1
  }

  func site(_ index: UInt32, choice: Int = 0) -> Site {
    let port: UInt16 =
      switch hash(index, 9) % 100 {
      case 0..<90: 443
      case 90..<96: 80
      case 96: 8443
      case 97: 8080
      case 98: 993
      default: 5222
      }
    return Site(index: index, address: address(of: index, choice: choice), port: port)
  }

  func provider(_ provider: Provider, choice: Int = 0) -> UInt32 {
    address(of: Internet.providerBase + provider.rawValue, choice: choice)
  }

  /// A site by popularity.
  func popularSite(_ random: inout SeededRandom) -> Site {
    site(UInt32(random.zipf(Internet.popularCount)), choice: random.below(3))
  }

  /// A site that hardly anybody visits: what people find by chance and what attackers rent.
  func rareSite(_ random: inout SeededRandom) -> Site {
    site(UInt32(Internet.popularCount + random.below(Internet.rareCount)))
  }

  /// Some address, as of a visitor or a scanner.
  func stranger(_ random: inout SeededRandom) -> UInt32 {
    0x6440_0000 | UInt32(random.below(1 << 22)) | 1
  }

  private static let syllables = [
    "lo", "ra", "mi", "ten", "ka", "vo", "sel", "du", "nor", "pi", "za", "bel", "tri", "mo", "an",
    "fer", "gu", "lin", "os", "ve", "hal", "qui", "so", "ber", "cy", "da", "el", "nu", "rix", "ta",
  ]
  private static let prefixes = ["www", "api", "cdn", "static", "img", "mail", "app", "edge"]
  private static let endings = ["example", "com.example", "net.example", "test", "org.example"]

  /// The name that resolves to a site.
  func name(of index: UInt32, host: Int = 0) -> String {
    let bits = hash(index, 20)
    var domain = ""
    for part in 0..<(2 + Int(bits % 3)) {
      domain += Internet.syllables[Int(bits >> UInt64(8 + 8 * part) & 0xFF) % 30]
    }
    domain += String(bits >> 48 & 0xF)
    let prefix = Internet.prefixes[host == 0 ? 0 : Int(bits >> 52) % 8]
    let ending = Internet.endings[index < 40 ? 0 : Int(bits >> 40 & 0xFF) % 5]
    return "\(prefix).\(domain).\(ending)"
  }

  func name(of provider: Provider) -> String {
    switch provider {
    case .systemUpdates: "download.sysupdate.example"
    case .antivirus: "defs.guardline.example"
    case .cloudStorage: "sync.skyfolder.example"
    case .meetings: "relay.meetwell.example"
    case .chat: "gateway.palaver.example"
    case .timeService: "pool.clock.example"
    case .telemetry: "events.sysupdate.example"
    case .resolver: "dns.carrier.example"
    case .telephony: "sip.carrier.example"
    case .deviceCloud: "mqtt.homely.example"
    case .mailExchange: "mx.partners.example"
    case .packages: "mirror.packages.example"
    case .offsiteBackup: "vault.farstore.example"
    case .sourceHosting: "git.codeyard.example"
    }
  }
}
