import Glibc
import LogReaders
import ReaderChecks

/// Called by libFuzzer: the first byte names a format, two more a place in the text, and the rest
/// is that text, which must come to the same however it is read.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  guard count > 3 else { return -1 }
  let input = UnsafeBufferPointer(start: start, count: count)
  let (format, check) = checks[Int(input[0]) % checks.count]
  do {
    let boundary = (Int(input[1]) << 8 | Int(input[2])) % (count - 2)
    if let fault = try check.fault(Array(input[3...]), boundary: boundary) {
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
      let half = text.utf8.count / 2
      var bytes = [UInt8(number), UInt8(half >> 8), UInt8(half & 0xFF)]
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
