import LogReaders
import ReaderChecks

/// Called by libFuzzer: any text is a format file that is refused as one, or whose samples come out
/// as stated or are reported.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let bytes = UnsafeBufferPointer(start: start, count: count)
  guard let text = String(validating: bytes, as: UTF8.self) else { return -1 }
  if let fault = FormatCheck.fault(text, settings) { fatalError(fault) }
  return 0
}

nonisolated(unsafe) private let settings: ReaderSettings = {
  do {
    return try .ofAnyFormat()
  } catch {
    fatalError("\(error)")
  }
}()
