import Glibc

/// How rare something is among hosts.
package enum Prevalence {
  /// 1 for what at most 2 % of hosts, or one, met, 0 for what at least half did, in between by the
  /// logarithm.
  package static func rarity(hostCount: Int, of population: Int) -> Double {
    let share = Double(hostCount) / Double(population)
    if hostCount <= 1 || share <= 0.02 { return 1 }
    return max(0, 1 - (log(share) - log(0.02)) / (log(0.5) - log(0.02)))
  }
}
