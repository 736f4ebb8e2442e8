import Glibc
import LogReaders
import ReaderChecks

/// Called by libFuzzer: the first byte names a format, two more a place in the text or none, and the
/// rest is that text, which must come to the same however it is read.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard count > 3 else { return -1 }
  let input = UnsafeBufferPointer(start: start, count: count)
  let (format, check) = checks[Int(input[0]) % checks.count]
  do {
    let text = Array(input[3...])
    let place = Int(input[1]) << 8 | Int(input[2])
    let fault =
      place & 1 == 0
      ? try check.fault(text) : try check.fault(text, boundary: place / 2 % (text.count + 1))
    if let fault {
      fatalError("\(format.id): \(fault)")
    }
  } catch {
    fatalError("\(format.id): \(error)")
  }
  return 0
}

/// Called by libFuzzer before it looks at any input: writes the formats' own samples to the folder
/// that TIDEMARK_SEEDS names.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _: UnsafeMutablePointer<CInt>, _: UnsafeMutablePointer<UnsafeMutablePointer<CChar>>
) -> CInt {
  guard let folder = getenv("TIDEMARK_SEEDS").map({ String(cString: $0) }) else { return 0 }
  for (number, (format, _)) in checks.enumerated() {
    let header = format.tests.first?.header.map { $0 + "\n" } ?? ""
    let lines = format.tests.map(\.line)
    let texts = lines.map { header + $0 + "\n" } + [header + lines.joined(separator: "\r\n")]
    for (index, text) in texts.enumerated() {
      let place = text.utf8.count
      var bytes = [UInt8(number), UInt8(place >> 8), UInt8(place & 0xFF)]
      bytes += Array(text.utf8)
      write(bytes, to: "\(folder)/\(format.id)-\(index)")
    }
  }
  return 0
}

private func write(_ bytes: [UInt8], to path: String) {
  let file = fopen(path, "w")
  guard file != nil, fwrite(bytes, 1, bytes.count, file) == bytes.count, fclose(file) == 0 else {
    fatalError("\(path): \(String(cString: strerror(errno)))")
  }
}

nonisolated(unsafe) private let checks: [(Format, TextCheck)] = {
  do {
    let settings = try ReaderSettings.ofAnyFormat()
    return try FormatLibrary.ofRepository().formats.map { ($0, try TextCheck($0, settings)) }
  } catch {
    fatalError("\(error)")
  }
}()
