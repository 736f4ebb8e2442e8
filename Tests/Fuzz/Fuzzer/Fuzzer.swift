import FuzzChecks
import Glibc

/// The process's main function, by the name that SwiftPM links it as.
@_cdecl("fuzzer_main")
public func fuzzerMain(
  _ argumentCount: CInt, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> CInt {
  var (argumentCount, arguments) = (argumentCount, arguments)
  return runDriver(&argumentCount, &arguments, testOneInput)
}

/// `int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*UserCb)(const uint8_t *, size_t))`
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ argumentCount: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Called by libFuzzer: checks any bytes as what TIDEMARK_FUZZ names, and ends the process where
/// something came out wrong.
@_cdecl("test_one_input")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let input = Array(UnsafeBufferPointer(start: start, count: count))
  do {
    let fault = try target.map { try $0.fault(input) } ?? NfcapdCheck.fault(input)
    if let fault { fatalError(fault) }
  } catch {
    fatalError("\(error)")
  }
  return 0
}

/// Called by libFuzzer before it looks at any input: writes the formats' own samples to the folder
/// that TIDEMARK_SEEDS names.
@_cdecl("LLVMFuzzerInitialize")
public func initialize(
  _: UnsafeMutablePointer<CInt>, _: UnsafeMutablePointer<UnsafeMutablePointer<CChar>>
) -> CInt {
  guard let folder = variable("TIDEMARK_SEEDS") else { return 0 }
  do {
    for (name, input) in try TextInput.samples() { write(input, to: "\(folder)/\(name)") }
  } catch {
    fatalError("\(error)")
  }
  return 0
}

/// Nil for files of nfcapd, of which the check needs the reader's insides.
private let target: FuzzTarget? = {
  let name = variable("TIDEMARK_FUZZ") ?? ""
  let target = FuzzTarget(rawValue: name)
  guard target != nil || name == "nfcapd" else {
    let names = FuzzTarget.allCases.map(\.rawValue) + ["nfcapd"]
    fatalError("TIDEMARK_FUZZ: expected one of \(names.joined(separator: ", ")), found \"\(name)\"")
  }
  return target
}()

private func variable(_ name: String) -> String? { getenv(name).map { String(cString: $0) } }

private func write(_ bytes: [UInt8], to path: String) {
  let file = fopen(path, "w")
  guard file != nil, fwrite(bytes, 1, bytes.count, file) == bytes.count, fclose(file) == 0 else {
    fatalError("\(path): \(String(cString: strerror(errno)))")
  }
}
