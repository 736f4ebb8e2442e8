extension DayBuilder {
  /// Everything ordinary that happens on the day, unsorted.
  mutating func addOrdinaryTraffic() {
    for host in firm.personal {
      guard let person = firm.person(at: host) else { continue }
      let presence = firm.presence(of: host, on: day)
      browse(host, person, presence)
      useOffice(host, person, presence)
      meetAndShare(host, person, presence)
      runInBackground(host, person, presence)
    }
    runServers()
    backUp()
    poll()
    runDevices()
    hostGuests()
    faceInternet()
    patch()
    takeInventory()
  }
}
