/// One kind of thing that a host does or that is done to it; the order of these is what attacks
/// are told by.
///
/// There are fewer than 64, so that three in a row are a number of 18 bits. Names, times and other
/// basic services that answered are none: they come before and after everything.
package struct StepKind: Hashable, Sendable {
  /// 0 stands before the first step and before one that follows a long pause.
  package let code: UInt8

  /// Codes, that of the pause included.
  package static let count = 59
  package static let pause = StepKind(code: 0)

  package init(code: UInt8) { self.code = code }

  /// Who turns to whom, as the host sees it.
  package enum Way: UInt8, BitwiseCopyable, Sendable {
    case toInside, toOutside, fromInside, fromOutside
  }

  /// What a port is for.
  package enum Service: UInt8, BitwiseCopyable, Sendable {
    case web, basic, administration, mail, wellKnown, other

    /// The service of each port, for protocols that have ports.
    private static let ofPort: [Service] = (0...UInt16.max).map { port in
      switch port {
      case 80, 443, 3128, 8000, 8080, 8443: .web
      case 53, 67, 68, 88, 123, 137, 138, 161, 162, 389, 514, 636, 1900, 3268, 3269, 5353, 5355:
        .basic
      case 25, 110, 143, 465, 587, 993, 995: .mail
      default:
        EdgeService(port: port, ianaNumber: 6).isAdministrative
          ? .administration : port < 1024 ? .wellKnown : .other
      }
    }

    /// - Parameter port: nil for protocols without ports, as ICMP is.
    @inline(__always) package init(port: UInt16?) {
      self = port.map { Service.ofPort[Int($0)] } ?? .basic
    }
  }

  /// Nil for what is no step.
  @inline(__always)
  package static func conversation(_ way: Way, _ service: Service, isFailed: Bool) -> StepKind? {
    if service == .basic && !isFailed { return nil }
    return StepKind(code: 1 + (way.rawValue * 6 + service.rawValue) * 2 + (isFailed ? 1 : 0))
  }

  /// - Parameter way: what to, or where from; what is signed in to may be anywhere.
  package static func login(_ way: Way, isFailed: Bool) -> StepKind {
    let place: UInt8 =
      switch way {
      case .toInside, .toOutside: 0
      case .fromInside: 1
      case .fromOutside: 2
      }
    return StepKind(code: 49 + place * 2 + (isFailed ? 1 : 0))
  }

  package static let nameMissing = StepKind(code: 55)
  package static let requestRefused = StepKind(code: 56)
  package static let alertAsSource = StepKind(code: 57)
  package static let alertAsTarget = StepKind(code: 58)

  /// The class of events without which the kind is never seen.
  package var eventClass: EventClass {
    switch code {
    case ..<49: .flow
    case ..<55: .auth
    case 55: .dns
    case 56: .http
    default: .alert
    }
  }

  /// "a failed connection to the outside for administration"
  package var phrase: String {
    switch code {
    case 0: return "a pause"
    case 1...48:
      let (number, failed) = (code - 1).quotientAndRemainder(dividingBy: 2)
      let way = ["to the inside", "to the outside", "from the inside", "from the outside"]
      let service = [
        "on a web port", "to a basic service", "for administration", "for mail",
        "on a well-known port", "on a high port",
      ]
      return (failed == 1 ? "a failed connection " : "a connection ") + way[Int(number / 6)] + " "
        + service[Int(number % 6)]
    case 49...54:
      let (number, failed) = (code - 49).quotientAndRemainder(dividingBy: 2)
      let way = ["to another host", "from the inside", "from the outside"]
      return (failed == 1 ? "a failed sign-in " : "a sign-in ") + way[Int(number)]
    case 55: return "a name asked for in vain"
    case 56: return "a web request that was refused"
    case 57: return "an alert that names it as the source"
    case 58: return "an alert that names it as the target"
    default: return "an unknown step"
    }
  }
}

/// The steps a host takes in a row: the last three, oldest first.
package struct StepGram: Hashable, Comparable, Sendable {
  /// Three codes of 6 bits.
  package let code: UInt32

  package init(code: UInt32) { self.code = code }

  package init(_ first: StepKind, _ second: StepKind, _ third: StepKind) {
    code = UInt32(first.code) << 12 | UInt32(second.code) << 6 | UInt32(third.code)
  }

  /// Different grams that there may be.
  package static let count = 1 << 18

  package var kinds: [StepKind] {
    [12, 6, 0].map { StepKind(code: UInt8(truncatingIfNeeded: code >> $0 & 63)) }
  }

  package var last: StepKind { StepKind(code: UInt8(truncatingIfNeeded: code & 63)) }

  package static func < (a: StepGram, b: StepGram) -> Bool { a.code < b.code }
}
