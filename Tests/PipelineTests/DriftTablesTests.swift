import ArrowFile
import Columnar
import Events
import StageKit
import Testing

@Suite("What a store says of drift")
struct DriftTablesTests {
  private let site: SimulatedSite
  private let store: Store

  init() throws {
    let (site, path, _) = try SimulatedSite.reference.get()
    self.site = site
    store = try Store(path: path)
  }

  @Test("the hours of each day are held against what the forest learned from, once it has learned")
  func features() throws {
    for (number, name) in site.days.enumerated() {
      let day = try #require(CivilDate(name))
      let bins = try store.requiredTable(FeatureBin.schema, in: store.baseline(asOf: day))
      let drift = try store.requiredTable(FeatureDrift.schema, in: store.votes(day))
      #expect((bins.rowCount == 0) == (drift.rowCount == 0), "\(day)")
      if number == 0 { #expect(drift.rowCount == 0) }
      if number == site.days.count - 1 { #expect(drift.rowCount == 12) }
      let hours = try store.requiredTable(HostHourFeature.schema, in: store.features(day)).rowCount
      #expect(hours > 0)
      for index in 0..<drift.batchCount {
        let batch = try drift.batch(index)
        for row in 0..<batch.rowCount {
          #expect(batch[FeatureDrift.rows].value(row) == Int64(hours))
          #expect(batch[FeatureDrift.referenceRows].value(row) > 0)
          #expect(batch[FeatureDrift.index].value(row) >= 0)
        }
      }
    }
  }
}
