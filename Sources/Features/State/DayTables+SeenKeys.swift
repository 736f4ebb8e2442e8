import Columnar
import Events

extension DayTables {
  /// What the day adds to `seen.arrow`, by kind and key, each once.
  package func seenKeys() throws -> [(kind: UInt8, key: SeenKey)] {
    var hashOfHost: [String: UInt64] = [:]
    var keys: [(kind: UInt8, key: SeenKey)] = []
    func add(_ kind: Seen.Kind, _ subject: UInt64, _ host: UInt64) {
      keys.append((kind.rawValue, SeenKey(subject: subject, host: host)))
    }
    let hosts = try HostHourCursor(hostHours, day: day)
    while let host = try hosts.take()?.host {
      let hash = keyHash(host.text)
      hashOfHost[host.text] = hash
      keys.append((Seen.Kind.host.rawValue, SeenKey(number: hash)))
    }
    if !hashOfHost.isEmpty { keys.append((Seen.Kind.site.rawValue, SeenKey(number: 0))) }
    try pairs.forEachBatch { batch in
      let pair = PairBatch(batch)
      for row in 0..<pair.rowCount {
        guard let originator = pair.originator[row], let host = hashOfHost[originator] else {
          continue
        }
        let responder = pair.responder.bytes(row)
        guard pair.kind[row] == PairKind.conversation.rawValue else {
          add(.name, Subject.domain(responder), host)
          continue
        }
        add(.destination, Subject.destination(responder), host)
        add(
          .port, Subject.port(pair.port.value(row), protocol: pair.ianaNumber.value(row)), host)
        if let network = Subject.network(responder) { add(.network, network, host) }
        if pair.isExternal[row] ?? false, pair.failed.value(row) < pair.conversations.value(row) {
          add(.outside, Subject.outside, host)
        }
      }
    }
    try services.forEachBatch { batch in
      let host = batch[Service.host]
      let (port, number) = (batch[Service.port], batch[Service.ianaNumber])
      for row in 0..<batch.rowCount {
        guard let name = host[row], let hash = hashOfHost[name] else { continue }
        add(.service, Subject.port(port.value(row), protocol: number.value(row)), hash)
      }
    }
    // A client that shuffles its handshakes has another fingerprint in each of them.
    let handshakesPerHost = 64
    var (lastHost, handshakeCount) = (UInt64(0), 0)
    try handshakes.forEachBatch { batch in
      let (host, kind) = (batch[Handshake.host], batch[Handshake.kind])
      let value = batch[Handshake.value]
      for row in 0..<batch.rowCount {
        guard let name = host[row], let hash = hashOfHost[name],
          let (kind, subject) = Subject.handshake(kind.value(row), value.bytes(row))
        else { continue }
        if hash != lastHost { (lastHost, handshakeCount) = (hash, 0) }
        handshakeCount += 1
        if handshakeCount <= handshakesPerHost { add(kind, subject, hash) }
      }
    }
    try self[Alert.schema].forEachBatch { batch in
      let (host, rule) = (batch[Alert.host], batch[Alert.rule])
      for row in 0..<batch.rowCount {
        guard let name = host[row], let hash = hashOfHost[name] else { continue }
        add(.alertRule, Subject.destination(rule.bytes(row)), hash)
      }
    }
    try LoginRow.forEach(in: logins) { login in
      guard login.successes > 0, !login.user.isEmpty else { return }
      let user = keyHash(login.user)
      add(.loginSource, user, login.sourceSubject)
      add(.loginDestination, user, keyHash(login.destination))
      if !login.device.isEmpty { add(.loginDevice, user, keyHash(login.device)) }
    }
    let areLoginsShifted = try hasShiftedLogins()
    try LoginPlaceRow.forEachUser(in: loginPlaces) { rows in
      let user = keyHash(rows[0].user)
      for row in rows {
        if let coordinates = row.coordinates { add(.loginPlace, user, Subject.place(coordinates)) }
        if let country = row.country { add(.loginPlace, user, Subject.country(country)) }
      }
      guard !areLoginsShifted else { return }
      Journey.forEach(in: rows, within: Journey.besideMicroseconds) { journey in
        guard journey.kilometres ?? 0 >= Journey.farKilometres else { return }
        let ends = (journey.from.network, journey.to.network)
        for (network, other) in [ends, (ends.1, ends.0)] {
          let key = SeenKey(network: network, user: user, otherNetwork: other)
          keys.append((Seen.Kind.loginBeside.rawValue, key))
        }
      }
    }
    var requests = try RequestCursor(self)
    while let server = requests.server {
      let host = keyHash(server)
      for row in try requests.take() where row.answered > 0 {
        add(.requestShape, row.subject, host)
      }
    }
    keys.sort { $0 < $1 }
    var unique: [(kind: UInt8, key: SeenKey)] = []
    unique.reserveCapacity(keys.count)
    for key in keys where unique.last.map({ $0 < key }) ?? true { unique.append(key) }
    return unique
  }
}
