/// Decodes one kind of packing.
protocol Decoder: AnyObject {
  /// What it is called in errors.
  static var name: String { get }
  /// What a file of it is made of, one or several in a row.
  static var unit: String { get }
  /// Whether what was taken so far ends inside a unit.
  var isInsideUnit: Bool { get }

  /// Takes bytes from the start of `input`, which is empty only at the end, and fills `output` from
  /// its start.
  ///
  /// - Throws: `DecodingFailure`.
  func decode(
    _ input: UnsafeMutableRawBufferPointer, into output: UnsafeMutableRawBufferPointer
  ) throws -> (usedCount: Int, producedCount: Int)
}

/// Why bytes can't be decoded.
struct DecodingFailure: Error {
  let problem: String

  static func corrupt(_ detail: String) -> DecodingFailure {
    DecodingFailure(problem: "data is corrupt (\(detail)); fetch the file again")
  }
}

/// What a decoder makes of another stream.
final class DecodedStream<Kind: Decoder>: ByteStream {
  private let stream: any ByteStream
  private let decoder: Kind
  private let path: String
  private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
  /// Of the buffer's bytes, those not decoded yet.
  private var rest = 0..<0

  /// - Parameter path: for errors.
  init(_ stream: any ByteStream, _ decoder: Kind, path: String) {
    self.stream = stream
    self.decoder = decoder
    self.path = path
  }

  deinit { buffer.deallocate() }

  func read(into output: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      if rest.isEmpty { rest = 0..<(try stream.read(into: buffer)) }
      let isAtEnd = rest.isEmpty
      guard !isAtEnd || decoder.isInsideUnit else { return 0 }
      do {
        let (used, produced) = try decoder.decode(
          UnsafeMutableRawBufferPointer(rebasing: buffer[rest]), into: output)
        rest = rest.lowerBound + used..<rest.upperBound
        if produced > 0 { return produced }
      } catch let failure as DecodingFailure {
        throw InputError(path, "\(Kind.name) \(failure.problem)")
      }
      guard !isAtEnd || !decoder.isInsideUnit else {
        throw InputError(
          path,
          "\(Kind.name) data ends in the middle of a \(Kind.unit): truncated; "
            + "fetch the file again")
      }
    }
  }
}
