import Columnar

/// A host of the site and a name that it had to do with: a domain, a rule.
struct HostNameKey: RangedKey {
  var host: Endpoint
  var name: Endpoint

  @inline(__always) var hash: UInt64 { mix(host.element ^ name.element &* 3) }

  @inline(__always) static func == (a: HostNameKey, b: HostNameKey) -> Bool {
    a.host == b.host && a.name == b.name
  }

  static func < (a: HostNameKey, b: HostNameKey) -> Bool {
    a.host == b.host ? a.name < b.name : a.host < b.host
  }

  mutating func adopt(in pool: inout BlockPool) {
    host.adopt(in: &pool)
    name.adopt(in: &pool)
  }

  func release(to pool: inout BlockPool) {
    host.release(to: &pool)
    name.release(to: &pool)
  }
}

/// A column of hosts whose rows are neighbours, so that few texts need be made.
struct HostColumn {
  private let builder: CodedBuilder<Strings>
  private var last: Endpoint?
  private var code: UInt32 = 0

  init(_ builder: CodedBuilder<Strings>) { self.builder = builder }

  mutating func append(_ host: Endpoint) {
    if host != last { code = host.withText { builder.code(of: $0) } }
    last = host
    builder.append(code: code)
  }
}
