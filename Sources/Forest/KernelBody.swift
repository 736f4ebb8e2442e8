import CKernels

/// Who evaluates trees. All give the same bits.
package enum KernelBody: String, CaseIterable, Sendable {
  /// Swift's own vectors: what to read first, and where there is no C.
  case swift
  /// C for any processor, with the vectors that its compiler may use everywhere.
  case plain
  case avx2
  case avx512

  package static var best: KernelBody {
    switch forest_best_instructions() {
    case forest_avx512: .avx512
    case forest_avx2: .avx2
    default: .plain
    }
  }

  /// Those that this machine can run.
  package static var available: [KernelBody] {
    allCases.filter { $0.instructions.rawValue <= forest_best_instructions().rawValue }
  }

  /// Ranking features has no Swift body.
  var instructions: forest_instructions {
    switch self {
    case .swift, .plain: forest_plain
    case .avx2: forest_avx2
    case .avx512: forest_avx512
    }
  }
}
