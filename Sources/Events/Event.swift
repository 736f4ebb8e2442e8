import Columnar

/// The columns of the event schema: ECS names with `_` for `.`, whole table in the article
/// "The files". Every class of event stores a subset of them.
package enum Event {
  package typealias Text = Coded<Strings>

  // When and where the row comes from.
  package static let time = ColumnKey<Values<Instant>>("event_time", isNullable: false)
  package static let end = ColumnKey<Values<Instant>>("event_end")
  package static let durationMicroseconds = ColumnKey<Values<Int64>>("duration_us")
  /// exact, assumed_zone, assumed_year or assumed_both
  package static let timeQuality = ColumnKey<Text>("time_quality")
  /// The format's id, for instance `zeek.conn`.
  package static let dataset = ColumnKey<Text>("event_dataset")
  package static let action = ColumnKey<Text>("event_action")
  package static let reason = ColumnKey<Text>("event_reason")
  package static let id = ColumnKey<Strings>("event_id")
  package static let source = ColumnKey<Text>("source")
  package static let observer = ColumnKey<Text>("observer_name")
  package static let logFile = ColumnKey<Text>("log_file")
  /// 1-based physical line on which the record starts.
  package static let logLine = ColumnKey<Values<Int64>>("log_line", isNullable: false)

  // Who talks to whom.
  package static let sourceAddress = ColumnKey<Values<Address>>("source_ip")
  package static let destinationAddress = ColumnKey<Values<Address>>("destination_ip")
  package static let sourceHost = ColumnKey<Text>("source_host")
  package static let destinationHost = ColumnKey<Text>("destination_host")
  package static let sourcePort = ColumnKey<Values<UInt16>>("source_port")
  package static let destinationPort = ColumnKey<Values<UInt16>>("destination_port")
  package static let icmpType = ColumnKey<Values<UInt8>>("icmp_type")
  package static let icmpCode = ColumnKey<Values<UInt8>>("icmp_code")
  package static let ianaNumber = ColumnKey<Values<UInt8>>("network_iana_number")
  package static let networkProtocol = ColumnKey<Text>("network_protocol")
  /// inbound, outbound, internal or external
  package static let direction = ColumnKey<Text>("network_direction")
  package static let isDirectionKnown = ColumnKey<Flags>("flow_direction_known")

  // How much. Source bytes are those that the source sent.
  package static let sourceBytes = ColumnKey<Values<Int64>>("source_bytes")
  package static let destinationBytes = ColumnKey<Values<Int64>>("destination_bytes")
  package static let sourcePackets = ColumnKey<Values<Int64>>("source_packets")
  package static let destinationPackets = ColumnKey<Values<Int64>>("destination_packets")
  package static let networkBytes = ColumnKey<Values<Int64>>("network_bytes")
  /// l2, l3, l4payload or unknown; different kinds are never compared.
  package static let bytesKind = ColumnKey<Text>("bytes_kind")
  /// All flags seen, OR-ed.
  package static let tcpFlags = ColumnKey<Values<UInt8>>("tcp_flags")
  package static let connectionState = ColumnKey<Text>("conn_state")
  /// Exported records that make up a conversation; of an exported record, the flows in it.
  package static let recordCount = ColumnKey<Values<Int64>>("record_count")

  // The way through the network: addresses and ports after translation, systems, interfaces.
  package static let natSourceAddress = ColumnKey<Values<Address>>("nat_source_ip")
  package static let natDestinationAddress = ColumnKey<Values<Address>>("nat_destination_ip")
  package static let natSourcePort = ColumnKey<Values<UInt16>>("nat_source_port")
  package static let natDestinationPort = ColumnKey<Values<UInt16>>("nat_destination_port")
  package static let sourceAS = ColumnKey<Values<Int64>>("source_as_number")
  package static let destinationAS = ColumnKey<Values<Int64>>("destination_as_number")
  /// The observer's interfaces by name or number: where the source's packets came in, and went out.
  package static let ingressInterface = ColumnKey<Text>("observer_ingress_interface")
  package static let egressInterface = ColumnKey<Text>("observer_egress_interface")

  // Where on earth the source's address is, as the log says.
  /// An ISO 3166-1 alpha-2 code, or the country's name where the log has names.
  package static let sourceCountry = ColumnKey<Text>("source_geo_country")
  /// Degrees north of the equator, -90 … 90.
  package static let sourceLatitude = ColumnKey<Values<Double>>("source_geo_lat")
  /// Degrees east of Greenwich, -180 … 180.
  package static let sourceLongitude = ColumnKey<Values<Double>>("source_geo_lon")

  // Names, requests, people.
  package static let userName = ColumnKey<Strings>("user_name")
  package static let userDomain = ColumnKey<Strings>("user_domain")
  package static let dnsQuestion = ColumnKey<Strings>("dns_question_name")
  package static let dnsType = ColumnKey<Text>("dns_question_type")
  package static let dnsResponseCode = ColumnKey<Text>("dns_response_code")
  package static let dnsAnswers = ColumnKey<Strings>("dns_answers")
  package static let httpMethod = ColumnKey<Text>("http_method")
  package static let httpStatus = ColumnKey<Values<UInt16>>("http_status")
  package static let urlFull = ColumnKey<Strings>("url_full")
  package static let urlDomain = ColumnKey<Strings>("url_domain")
  package static let userAgent = ColumnKey<Strings>("user_agent")
  package static let tlsServerName = ColumnKey<Strings>("tls_sni")
  package static let tlsVersion = ColumnKey<Text>("tls_version")
  package static let tlsJA3 = ColumnKey<Strings>("tls_ja3")
  package static let tlsJA4 = ColumnKey<Strings>("tls_ja4")
  package static let ruleName = ColumnKey<Strings>("rule_name")
  package static let ruleID = ColumnKey<Strings>("rule_id")
  /// 0 unknown, 1 informational, 2 low, 3 medium, 4 high, 5 critical, 6 fatal
  package static let severity = ColumnKey<Values<UInt8>>("event_severity")
  package static let authMethod = ColumnKey<Text>("auth_method")
  package static let logonType = ColumnKey<Text>("logon_type")
  /// The address that a VPN gateway or DHCP server gave the source.
  package static let assignedAddress = ColumnKey<Values<Address>>("assigned_ip")
  package static let sourceMAC = ColumnKey<Text>("source_mac")
}

extension Event {
  /// Columns of the two ends: a conversation turned round has each in place of the other.
  package static let counterparts: [(String, String)] = [
    (sourceAddress.name, destinationAddress.name), (sourceHost.name, destinationHost.name),
    (sourcePort.name, destinationPort.name),
    (natSourceAddress.name, natDestinationAddress.name),
    (natSourcePort.name, natDestinationPort.name), (sourceAS.name, destinationAS.name),
    (ingressInterface.name, egressInterface.name),
  ]
}

/// The classes of events; each day stores one table of each that it has.
package enum EventClass: String, CaseIterable, Sendable {
  case flow, dns, http, tls, auth, vpn, alert, dhcp

  /// The columns that a table of this class may have, in stored order.
  package var schema: Schema {
    switch self {
    case .flow: EventClass.flowSchema
    case .dns: EventClass.dnsSchema
    case .http: EventClass.httpSchema
    case .tls: EventClass.tlsSchema
    case .auth: EventClass.authSchema
    case .vpn: EventClass.vpnSchema
    case .alert: EventClass.alertSchema
    case .dhcp: EventClass.dhcpSchema
    }
  }

  private static let place: [Field] = [
    Event.dataset.field, Event.timeQuality.field, Event.source.field, Event.observer.field,
    Event.logFile.field, Event.logLine.field,
  ]
  private static let endpoints: [Field] = [
    Event.time.field, Event.sourceAddress.field, Event.destinationAddress.field,
    Event.sourceHost.field, Event.destinationHost.field, Event.sourcePort.field,
    Event.destinationPort.field, Event.ianaNumber.field, Event.direction.field,
  ]
  private static let origin: [Field] = [
    Event.sourceCountry.field, Event.sourceLatitude.field, Event.sourceLongitude.field,
  ]

  private static let flowSchema = Schema(
    "flow", version: 1,
    endpoints + [
      Event.end.field, Event.durationMicroseconds.field, Event.icmpType.field,
      Event.icmpCode.field, Event.networkProtocol.field, Event.isDirectionKnown.field,
      Event.sourceBytes.field, Event.destinationBytes.field, Event.sourcePackets.field,
      Event.destinationPackets.field, Event.networkBytes.field, Event.bytesKind.field,
      Event.tcpFlags.field, Event.connectionState.field, Event.recordCount.field,
      Event.action.field, Event.reason.field, Event.userName.field, Event.ruleName.field,
      Event.id.field,
      Event.natSourceAddress.field, Event.natDestinationAddress.field,
      Event.natSourcePort.field, Event.natDestinationPort.field,
      Event.sourceAS.field, Event.destinationAS.field,
      Event.ingressInterface.field, Event.egressInterface.field,
    ] + place)

  private static let dnsSchema = Schema(
    "dns", version: 1,
    endpoints + [
      Event.dnsQuestion.field, Event.dnsType.field, Event.dnsResponseCode.field,
      Event.dnsAnswers.field, Event.action.field, Event.userName.field, Event.id.field,
    ] + place)

  private static let httpSchema = Schema(
    "http", version: 1,
    endpoints + [
      Event.httpMethod.field, Event.httpStatus.field, Event.urlFull.field,
      Event.urlDomain.field, Event.userAgent.field, Event.sourceBytes.field,
      Event.destinationBytes.field, Event.action.field, Event.userName.field, Event.id.field,
    ] + place)

  private static let tlsSchema = Schema(
    "tls", version: 1,
    endpoints + [
      Event.tlsServerName.field, Event.tlsVersion.field, Event.tlsJA3.field,
      Event.tlsJA4.field, Event.action.field, Event.id.field,
    ] + place)

  private static let authSchema = Schema(
    "auth", version: 1,
    endpoints + [
      Event.networkProtocol.field, Event.userName.field, Event.userDomain.field,
      Event.authMethod.field, Event.logonType.field, Event.action.field, Event.reason.field,
      Event.userAgent.field, Event.id.field,
    ] + origin + place)

  private static let vpnSchema = Schema(
    "vpn", version: 1,
    endpoints + [
      Event.end.field, Event.durationMicroseconds.field, Event.networkProtocol.field,
      Event.userName.field, Event.userDomain.field, Event.authMethod.field,
      Event.assignedAddress.field, Event.sourceBytes.field, Event.destinationBytes.field,
      Event.action.field, Event.reason.field, Event.id.field,
    ] + origin + place)

  private static let alertSchema = Schema(
    "alert", version: 1,
    endpoints + [
      Event.icmpType.field, Event.icmpCode.field, Event.networkProtocol.field,
      Event.ruleName.field, Event.ruleID.field, Event.severity.field, Event.action.field,
      Event.reason.field, Event.userName.field, Event.urlFull.field, Event.urlDomain.field,
      Event.id.field,
    ] + place)

  private static let dhcpSchema = Schema(
    "dhcp", version: 1,
    [
      Event.time.field, Event.sourceAddress.field, Event.sourceHost.field, Event.sourceMAC.field,
      Event.assignedAddress.field, Event.durationMicroseconds.field, Event.action.field,
      Event.reason.field, Event.id.field,
    ] + place)
}
