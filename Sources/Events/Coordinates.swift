import Glibc

/// A point on the globe.
package struct Coordinates: Hashable, Sendable {
  /// Degrees north of the equator, -90 … 90.
  package let latitude: Double
  /// Degrees east of Greenwich, -180 … 180.
  package let longitude: Double

  /// The mean radius of the Earth in kilometres, R₁ of GRS 80 (Moritz 2000,
  /// doi:10.1007/s001900050278).
  private static let meanRadius = 6371.0088

  /// How far apart two points can be, in kilometres: half the Earth's circumference.
  package static let greatestKilometres = Double.pi * meanRadius

  /// Nil for what is no point, and for 0° N 0° E, which logs state for places that they don't know.
  package init?(latitude: Double, longitude: Double) {
    guard latitude.magnitude <= 90, longitude.magnitude <= 180, latitude != 0 || longitude != 0
    else { return nil }
    // Of the two zeros only the positive one, so that equal points have equal bits.
    self.latitude = latitude + 0
    self.longitude = longitude + 0
  }

  /// The length of the great circle's shorter arc to another point in kilometres, 0 … 20,015.2:
  ///
  ///     h = sin²(Δφ/2) + cos φ₁ · cos φ₂ · sin²(Δλ/2)
  ///     d = 2 R · arcsin √h
  ///
  /// with latitudes φ and longitudes λ (Sinnott, "Virtues of the Haversine", Sky & Telescope 68,
  /// 1984). The Earth being no sphere, it is within 0.6 % of the distance over the ellipsoid.
  package func kilometres(to other: Coordinates) -> Double {
    let radians = Double.pi / 180
    let halfLatitude = sin((other.latitude - latitude) * radians / 2)
    let halfLongitude = sin((other.longitude - longitude) * radians / 2)
    let h =
      halfLatitude * halfLatitude
      + cos(latitude * radians) * cos(other.latitude * radians) * halfLongitude * halfLongitude
    return 2 * Coordinates.meanRadius * asin(min(1, h.squareRoot()))
  }
}
