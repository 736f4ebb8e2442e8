import Glibc

/// Zeroed pages of memory, taken from the system and given back to it.
///
/// The heap would keep what a day's summary needed, and the stage would go on with both that and
/// what its forests need.
enum Pages {
  static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
    let pages = mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    guard let pages, pages != MAP_FAILED else {
      preconditionFailure("no \(byteCount) bytes of memory: \(String(cString: strerror(errno)))")
    }
    return pages
  }

  /// - Parameter byteCount: as it was asked for.
  static func deallocate(_ pages: UnsafeMutableRawPointer, _ byteCount: Int) {
    munmap(pages, byteCount)
  }
}
