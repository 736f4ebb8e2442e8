import Columnar
import Events
import Foundation
import Glibc
import TestSupport
import Testing

@testable import LogReaders

@Suite("Degrees of latitude and longitude")
struct DegreesTests {
  private func number(_ text: String) -> Double? {
    Array(text.utf8).withUnsafeBufferPointer { bytes in
      bytes.baseAddress.flatMap { FieldText(start: $0, count: bytes.count).signedDecimal }
    }
  }

  @Test("a decimal of up to fifteen digits is the double that Swift reads, to the last bit")
  func decimals() {
    var random = SplitMix(seed: 11)
    for _ in 0..<20_000 {
      let whole = "\(random.next(181))"
      let places = random.next(13)
      let fraction = (0..<places).map { _ in "\(random.next(10))" }.joined()
      let sign = ["", "-", "+"][random.next(3)]
      let text = sign + whole + (places == 0 && random.next(2) == 0 ? "" : "." + fraction)
      let expected = Double(sign + whole + "." + (fraction.isEmpty ? "0" : fraction))
      #expect(number(text)?.bitPattern == expected?.bitPattern, "\(text)")
    }
  }

  @Test("further digits make no difference that could be measured on the ground")
  func manyDigits() throws {
    for text in ["-33.867849349975586", "151.2073211669921875", "0.000000000000000000000000001"] {
      let found = try #require(number(text))
      #expect(abs(found - (Double(text) ?? .nan)) < 1e-12, "\(text)")
    }
  }

  @Test(
    "other texts are none", arguments: ["", "-", ".", "1e2", "1,5", "N51", "12.3.4", "--1", "nan"])
  func others(text: String) {
    #expect(number(text) == nil)
  }

  @Test("a degree beyond the column's range costs the line, or is null where the format says so")
  func range() throws {
    func format(_ more: String) throws -> Format {
      try Format(
        toml: """
          [format]
          id = "sample"
          class = "vpn"
          [read]
          shape = "positional"
          delimiter = ","
          columns = ["time", "lat", "lon"]
          [time]
          field = "time"
          formats = ["epoch"]
          [map]
          source_geo_lat = { from = "lat"\(more) }
          source_geo_lon = { from = "lon"\(more) }
          [[test]]
          line = "1782900000,-33.8,151.2"
          expect = { source_geo_lat = "-33.8", source_geo_lon = "151.2" }
          """, path: "sample.toml")
    }
    let lines = "1782900000,-90,180\n1782900000,90.5,1\n1782900000,51,-180.5\n1782900000,51,east\n"
    let strict = try read(Array(lines.utf8), format(""), settings: settings())
    #expect(strict.column("source_geo_lat") == ["-90.0"])
    #expect(strict.column("source_geo_lon") == ["180.0"])
    #expect(strict.rejectTexts.count == 3)
    #expect(strict.rejectTexts.first?[2]?.hasPrefix("source_geo_lat: not degrees") == true)
    let lenient = try read(Array(lines.utf8), format(", else_null = true"), settings: settings())
    #expect(lenient.column("source_geo_lat") == ["-90.0", nil, "51.0", "51.0"])
    #expect(lenient.column("source_geo_lon") == ["180.0", "1.0", nil, nil])
    #expect(try format("").runTests(zoneRules: zoneRules).isEmpty)
  }

  private static let samples = getenv("TIDEMARK_SAMPLES").map { String(cString: $0) } ?? ""

  /// What another parser makes of a line.
  private struct Expected: Decodable {
    struct Client: Decodable { let geo: Geo? }
    struct Geo: Decodable {
      let countryName: String?
      let location: Location?
    }
    struct Location: Decodable {
      let lat: Double
      let lon: Double
    }
    let client: Client?
  }

  @Test(
    "places in Okta's logs are those that Elastic's parser finds", .enabled(if: !samples.isEmpty))
  func okta() throws {
    let folder = DegreesTests.samples + "/formats/okta/test-okta-system-events"
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let expected = try String(contentsOfFile: folder + ".expected.jsonl", encoding: .utf8)
      .split(separator: "\n").map { try decoder.decode(Expected.self, from: Data($0.utf8)) }
    var format = try builtIn("okta.system")
    format.skip.unless = [:]
    let log = try String(contentsOfFile: folder + ".log", encoding: .utf8)
    let found = try read(Array(log.utf8), format, settings: settings())
    #expect(found.summary.counts.rows == expected.count)
    let places = zip(found.column("source_geo_lat"), found.column("source_geo_lon"))
    var count = 0
    for (place, record) in zip(places, expected) {
      #expect(place.0.flatMap { Double($0) } == record.client?.geo?.location?.lat)
      #expect(place.1.flatMap { Double($0) } == record.client?.geo?.location?.lon)
      count += place.0 == nil ? 0 : 1
    }
    #expect(count >= 8)
    #expect(
      found.column("source_geo_country") == expected.map { $0.client?.geo?.countryName })
  }
}
