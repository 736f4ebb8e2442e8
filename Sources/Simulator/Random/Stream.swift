/// What a stream of random numbers is for; the raw values are part of every output's identity.
enum Stream: UInt64 {
  case firm = 1
  case people, timeline, presence, browsing, office, background, calls, night
  case servers, monitoring, backups, devices, guests, edge, patches, inventory
  case attackPlan, attackDay, sites, contamination
}
