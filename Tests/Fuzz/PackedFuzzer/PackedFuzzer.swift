import ReaderChecks

/// Called by libFuzzer: any bytes are a file, plain or packed, that gives the same text in any
/// pieces, or is refused.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    let file = Array(UnsafeBufferPointer(start: start, count: count))
    if let fault = try PackingCheck.fault(file) { fatalError(fault) }
  } catch {
    fatalError("\(error)")
  }
  return 0
}
