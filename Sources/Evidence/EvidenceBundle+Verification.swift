import Glibc
import StageKit

extension EvidenceBundle {
  /// What came of checking a bundle.
  package struct Verification: Equatable, Sendable {
    /// What is not as it was signed.
    package struct Problem: Equatable, Sendable, CustomStringConvertible {
      package let file: String
      package let fault: String

      package var description: String { "\(file): \(fault)" }
    }

    package let fileCount: Int
    /// Those of the signature first, then by path; none where the bundle is whole.
    package let problems: [Problem]

    package var isIntact: Bool { problems.isEmpty }
  }

  /// Checks a bundle's signature, and that its files are those that were signed.
  ///
  /// - Parameter publicKey: path of the signer's `public.pem`, had from elsewhere; nil for the
  ///   bundle's own, which shows that the files belong together, not who signed them.
  /// - Throws: where the folder or the given key can't be read; what is wrong with a bundle is
  ///   returned.
  package static func verify(folder: String, publicKey: String? = nil) throws -> Verification {
    guard FileBytes.isFolder(folder) else {
      throw StageError("\(folder): expected a bundle's folder, found none", code: .usage)
    }
    let given = try publicKey.map(EvidencePublicKey.init(path:))
    let found = try Checksums(ofFilesIn: folder)
    let sums = try plainFile(sumsName, in: folder)
    var problems = try signatureProblems(folder, given, found, sums)
    if let sums {
      if let signed = Checksums(text: String(decoding: sums, as: UTF8.self)) {
        problems += differences(signed, found)
      } else {
        problems.append(.init(file: sumsName, fault: "not as sha256sum writes it"))
      }
    }
    return Verification(fileCount: found.paths.count, problems: problems)
  }

  private static func signatureProblems(
    _ folder: String, _ given: EvidencePublicKey?, _ found: Checksums, _ sums: [UInt8]?
  ) throws -> [Verification.Problem] {
    guard let sums else {
      return [.init(file: sumsName, fault: "missing: nothing says what was signed")]
    }
    guard let signature = try plainFile(signatureName, in: folder) else {
      return [.init(file: signatureName, fault: "missing: nothing is signed")]
    }
    let key: EvidencePublicKey
    if let given {
      key = given
    } else {
      guard found.sums[keyName] != nil else {
        return [.init(file: keyName, fault: "missing: name the signer's with --key")]
      }
      do {
        key = try EvidencePublicKey(path: "\(folder)/\(keyName)")
      } catch {
        return [.init(file: keyName, fault: "not a key that signs: \(error)")]
      }
    }
    guard key.isSignature(signature, of: sums) else {
      return [
        .init(
          file: signatureName,
          fault: given == nil
            ? "not the signature of \(sumsName) by \(keyName): one of the three was changed"
            : "not the signature of \(sumsName) by the given key: either was changed, or another "
              + "key signed")
      ]
    }
    return []
  }

  /// A file's bytes; nil where there is no plain file of that name.
  private static func plainFile(_ name: String, in folder: String) throws -> [UInt8]? {
    let path = "\(folder)/\(name)"
    var status = stat()
    guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return try FileBytes.read(path)
  }

  private static func differences(_ signed: Checksums, _ found: Checksums)
    -> [Verification.Problem]
  {
    let paths = Set(signed.paths).union(found.paths).union(found.strangers)
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    return paths.compactMap { path in
      if found.strangers.contains(path) {
        return .init(file: path, fault: "neither a file nor a folder")
      }
      switch (signed.sums[path], found.sums[path]) {
      case (_, nil): return .init(file: path, fault: "missing")
      case (nil, _): return .init(file: path, fault: "was not signed: it was added")
      case (let old?, let new?) where old != new: return .init(file: path, fault: "was changed")
      default: return nil
      }
    }
  }
}
