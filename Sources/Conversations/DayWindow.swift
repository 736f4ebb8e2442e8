/// A civil day in microseconds since 1970, `start ..< end`.
struct DayWindow {
  let start: Int64
  let end: Int64

  @inline(__always) func contains(_ time: Int64) -> Bool { time >= start && time < end }
}
