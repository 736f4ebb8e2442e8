extension DayBuilder {
  /// Visitors' and people's own devices on the guest network, with leased addresses.
  mutating func hostGuests() {
    var random = firm.random(.guests, 0, day: day)
    for _ in 0..<random.poisson(isWorkday ? 6 : 0.6) {
      let address = Addressing.guests + UInt32(20 + random.zipf(180))
      let arrives = random.within(8.0...16.0)
      let stays = min(23.5 - arrives, random.lognormal(median: 1.5, spread: 0.8))
      let favourites = (0..<12).map { _ in firm.internet.popularSite(&random).index }
      for _ in 0..<random.poisson(stays * 9) {
        let moment = clock.at(arrives + random.unit() * stays)
        session(at: moment, address, favourites, &random)
      }
    }
  }
}
