import Columnar
import Events
import Foundation
import Testing

@Suite struct CoordinatesTests {
  private struct Pair {
    let name: String
    let start, end: Coordinates
    let circle, geodesic: Double
  }

  /// What `make_great_circles.py` wrote.
  private func pairs() throws -> [Pair] {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/great_circles.csv")
    return try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
      let cells = line.split(separator: ",")
      let numbers = cells.dropFirst(2).compactMap { Double($0) }
      return Pair(
        name: "\(cells[0]) to \(cells[1])",
        start: try #require(Coordinates(latitude: numbers[0], longitude: numbers[1])),
        end: try #require(Coordinates(latitude: numbers[2], longitude: numbers[3])),
        circle: numbers[4], geodesic: numbers[5])
    }
  }

  @Test("distances are scikit-learn's, over the date line and from pole to pole")
  func greatCircles() throws {
    let pairs = try pairs()
    #expect(pairs.count == 91)
    for pair in pairs {
      #expect(abs(pair.start.kilometres(to: pair.end) - pair.circle) < 0.001, "\(pair.name)")
      #expect(abs(pair.end.kilometres(to: pair.start) - pair.circle) < 0.001, "\(pair.name)")
    }
  }

  @Test("distances are within 0.6 % of those over the ellipsoid") func geodesics() throws {
    for pair in try pairs() where pair.geodesic > 0 {
      let error = pair.start.kilometres(to: pair.end) / pair.geodesic - 1
      #expect(abs(error) < 0.006, "\(pair.name): \(error)")
    }
  }

  @Test("what is no point on the globe is none, and neither is 0° N 0° E") func noPoint() {
    let stated = [
      (90.1, 0), (-90.1, 0), (0, 180.1), (1, -180.1), (.nan, 1), (1, .infinity), (0, 0),
    ]
    for (latitude, longitude) in stated {
      #expect(
        Coordinates(latitude: latitude, longitude: longitude) == nil, "\(latitude), \(longitude)")
    }
    #expect(Coordinates(latitude: 0, longitude: -180)?.longitude == -180)
    #expect(Coordinates(latitude: -0.0, longitude: -0.0) == nil)
  }

  @Test("only addresses that may be somebody's on the Internet are public") func publicAddresses()
    throws
  {
    for text in [
      "10.1.2.3", "192.168.7.1", "172.31.0.1", "100.64.0.1", "127.0.0.1", "::1", "fe80::1",
    ] {
      #expect(try !#require(Address(text)).isPublic, "\(text)")
    }
    for text in ["8.8.8.8", "172.32.0.1", "100.128.0.1", "2001:4860:4860::8888"] {
      #expect(try #require(Address(text)).isPublic, "\(text)")
    }
  }
}
