import Columnar
import Events

@testable import LogReaders

/// Called by libFuzzer: any bytes are an nfcapd file that is read or refused, with every record
/// accounted for.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  let file = Array(UnsafeBufferPointer(start: start, count: count))
  do {
    let head = try NfcapdHeader(Array(file.prefix(NfcapdHeader.largestByteCount)), path: "input")
    let (rows, rejects) = (RowCounter(), RowCounter())
    let reading = NfcapdReading(
      setUp.format, setUp.settings, setUp.plan, head, name: "input", rows: rows, rejects: rejects)
    let counts = try reading.run(MemoryStream(file)).counts
    precondition(counts.isBalanced && counts.rows == rows.count && counts.rejects == rejects.count)
  } catch is InputError {
  } catch is NotCovered {
  } catch {
    preconditionFailure("\(error)")
  }
  return 0
}

private final class RowCounter: BatchSink {
  var count = 0
  func write(_ batch: Batch) { count += batch.rowCount }
}

/// Made once: the format as it comes, and its plan, which is empty after each reading.
nonisolated(unsafe) private let setUp: (format: Format, settings: ReaderSettings, plan: FlowPlan) =
  {
    do {
      let repository = #filePath.split(separator: "/").dropLast(4).reduce("") { $0 + "/" + $1 }
      let format = try Format(path: repository + "/pipelines/formats/nfcapd.toml")
      let settings = ReaderSettings { _ in .utc }
      return (format, settings, try FlowPlan(format, settings))
    } catch {
      preconditionFailure("\(error)")
    }
  }()
