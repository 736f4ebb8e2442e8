import Foundation

struct LittleEndianReader {
  let data: Data
  private var offset = 0

  init(data: Data) { self.data = data }

  mutating func array<Element: BitwiseCopyable>(of: Element.Type, count: Int) -> [Element] {
    defer { offset += count * MemoryLayout<Element>.stride }
    return data.withUnsafeBytes { bytes in
      (0..<count).map {
        bytes.loadUnaligned(
          fromByteOffset: offset + $0 * MemoryLayout<Element>.stride, as: Element.self)
      }
    }
  }
}

let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/Fixtures"
