import Glibc

/// Where a secret is: never in the site file.
package enum Secret: Sendable {
  case file(path: String)
  case environment(name: String)

  init(_ table: TOMLReader, _ resolve: (String) -> String) throws {
    switch (try table.string("secret_file"), try table.string("secret_env")) {
    case (let path?, nil): self = .file(path: resolve(path))
    case (nil, let name?): self = .environment(name: name)
    default:
      throw table.fail(
        "secret_file",
        "expected either secret_file, a file that others can't read, or secret_env, a variable of the "
          + "environment; the secret itself has no place here")
    }
  }

  /// The secret, a line without its end.
  /// - Throws: where it is missing, empty, more than a line, or a file that others may read.
  package func read() throws -> String {
    let (place, text): (String, String)
    switch self {
    case .file(let path):
      let mode = try FileBytes.status(of: path).st_mode
      guard mode & 0o007 == 0 else {
        throw StageError("\(path): a secret that others may read or write; run chmod o= on it")
      }
      (place, text) = (path, String(decoding: try FileBytes.read(path), as: UTF8.self))
    case .environment(let name):
      guard let value = getenv(name) else {
        throw StageError(
          "\(name): expected a secret in this variable of the environment, found none")
      }
      (place, text) = (name, String(cString: value))
    }
    let secret = text.hasSuffix("\n") ? String(text.dropLast()) : text
    guard !secret.isEmpty, !secret.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else {
      throw StageError("\(place): expected a secret on one line, found none or more")
    }
    return secret
  }
}
