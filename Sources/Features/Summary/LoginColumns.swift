import Columnar
import Events

/// What became of a sign-in. Formats say `success`, `failure`, `start` and `end`; a user's own may
/// say what their log says.
enum LoginOutcome {
  case success, failure

  private static let successes: Set<String> = [
    "success", "succeeded", "successful", "accept", "accepted", "allow", "allowed", "ok",
  ]
  private static let failures: Set<String> = [
    "failure", "failed", "fail", "deny", "denied", "reject", "rejected", "refused", "invalid",
    "blocked",
  ]

  /// Nil for what neither lets in nor refuses: sign-outs, challenges, and what is not known.
  /// - Parameter isTunnel: whether something that starts is a tunnel rather than an exchange.
  init?(action: String, isTunnel: Bool) {
    let action = action.lowercased()
    if LoginOutcome.successes.contains(action) || (isTunnel && action == "start") {
      self = .success
    } else if LoginOutcome.failures.contains(action) {
      self = .failure
    } else {
      return nil
    }
  }
}

/// The columns of a batch of `auth` or `vpn`.
final class LoginColumns: ClassColumns {
  let times: Values<Instant>
  private let sources: EndpointReader
  private let destinations: EndpointReader
  private let sourceAddresses: Values<Address>
  private let sourceHosts, observers, logs: Event.Text
  private let users, domains: Strings
  private let actions: Event.Text
  private let outcomes: [LoginOutcome?]
  private let countries: Event.Text
  private let latitudes, longitudes: Values<Double>
  /// Whether the log may say where sources are.
  let haveOrigins: Bool
  private var name = LoginName()

  init(_ batch: Batch, context: ReadingContext) {
    times = batch[Event.time]
    sources = EndpointReader(sourcesOf: batch, context)
    destinations = EndpointReader(destinationsOf: batch, context)
    sourceAddresses = batch[Event.sourceAddress]
    sourceHosts = batch[Event.sourceHost]
    observers = batch[Event.observer]
    logs = batch[Event.source]
    users = batch[Event.userName]
    domains = batch[Event.userDomain]
    actions = batch[Event.action]
    countries = batch[Event.sourceCountry]
    latitudes = batch[Event.sourceLatitude]
    longitudes = batch[Event.sourceLongitude]
    haveOrigins = batch.hasColumn(Event.sourceCountry) || batch.hasColumn(Event.sourceLatitude)
    let isTunnel = batch.hasColumn(Event.assignedAddress)
    outcomes = actions.map { LoginOutcome(action: $0, isTunnel: isTunnel) }
  }

  func outcome(_ row: Int) -> LoginOutcome? {
    actions.codes[row].flatMap { outcomes[Int($0)] }
  }

  /// What was signed in to. Names are valid while the batch lives.
  func destination(_ row: Int) -> Endpoint {
    let stated = destinations[row]
    if stated.kind != .unknown { return stated }
    let observer = Endpoint(name: observers.bytes(row))
    return observer.kind == .unknown ? Endpoint(name: logs.bytes(row)) : observer
  }

  /// Where the user came from; the destination for those who sit at it.
  func source(_ row: Int, destination: Endpoint) -> Endpoint {
    let source = sources[row]
    if source.kind == .unknown { return destination }
    return source.kind != .named && source.address.isLoopback ? destination : source
  }

  /// Where on earth the source is; nil where the log doesn't say. A country's name is valid while
  /// the batch lives.
  func origin(_ row: Int) -> LoginOrigin? {
    var coordinates: Coordinates?
    if let latitude = latitudes[row], let longitude = longitudes[row] {
      coordinates = Coordinates(latitude: latitude, longitude: longitude)
    }
    return LoginOrigin(country: Endpoint(name: countries.bytes(row)), coordinates)
  }

  /// The source's name beside its address.
  func device(_ row: Int) -> Endpoint {
    sourceAddresses.validity[row] ? Endpoint(name: sourceHosts.bytes(row)) : .unknown
  }

  /// The user's name, valid until the next call; `.unknown` where nobody is named, nil for accounts
  /// of machines and operating systems.
  func user(_ row: Int) -> Endpoint? {
    name.set(name: users.bytes(row), domain: domains.bytes(row))
    return name.isPerson ? Endpoint(name: name.bytes) : nil
  }
}

extension Address {
  fileprivate var isLoopback: Bool {
    ipv4.map { $0 >> 24 == 127 } ?? (high == 0 && low == 1)
  }
}

/// A user's name as all logs are made to spell it.
struct LoginName: ~Copyable {
  private static let capacity = 512
  private static let backslash = UInt8(ascii: "\\")
  private let memory = UnsafeMutableRawBufferPointer.allocate(
    byteCount: LoginName.capacity, alignment: 8)
  private var count = 0
  /// Where the name begins, after its domain.
  private var start = 0

  deinit { memory.deallocate() }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

  mutating func set(name: UnsafeRawBufferPointer, domain: UnsafeRawBufferPointer) {
    count = 0
    start = 0
    let isWhole =
      name.contains(LoginName.backslash) || name.contains(UInt8(ascii: "@")) || name.isEmpty
    if !isWhole, !domain.isEmpty, !domain.elementsEqual("-".utf8) {
      append(domain)
      append(CollectionOfOne(LoginName.backslash))
    }
    append(name)
    start = (bytes.lastIndex(of: LoginName.backslash) ?? -1) + 1
  }

  private mutating func append(_ text: some Collection<UInt8>) {
    for byte in text.prefix(LoginName.capacity - count) {
      memory[count] = (0x41...0x5A).contains(byte) ? byte | 0x20 : byte
      count += 1
    }
  }

  /// Whether it is neither a machine's account (`name$`, in Kerberos also `host/name`) nor the
  /// operating system's.
  var isPerson: Bool {
    let name = bytes[start...]
    let account = name.prefix { $0 != UInt8(ascii: "@") }
    if account.last == UInt8(ascii: "$") || account.starts(with: "host/".utf8) { return false }
    return !SystemAccount.isOne(String(decoding: name, as: UTF8.self))
  }
}
