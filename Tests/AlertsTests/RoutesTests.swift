import Glibc
import Incidents
import StageKit
import TestSupport
import Testing

private func problem(_ routes: String) throws -> String {
  let folder = try TemporaryFolder()
  let error = #expect(throws: StageError.self) { try site(folder, "[[routes]]\n" + routes) }
  return error?.description ?? ""
}

@Test("a route that would leave the machine in the clear must say so")
func encryption() throws {
  let hook = "name = \"a\"\nkind = \"webhook\"\nsecret_env = \"X\"\n"
  #expect(
    try problem(hook + "url = \"http://hooks.example.org/\"").contains(
      "since it leaves this machine"))
  let folder = try TemporaryFolder()
  for url in ["https://hooks.example.org/", "http://127.0.0.1:80/x", "http://[::1]/"] {
    _ = try site(folder, "[[routes]]\n" + hook + "url = \"\(url)\"")
  }
  _ = try site(folder, "[[routes]]\n" + hook + "url = \"http://a.example/\"\ntls = \"none\"")
  // The host is b.example, whatever stands before it.
  #expect(try !problem(hook + "url = \"http://127.0.0.1@b.example/\"").isEmpty)
  #expect(try !problem(hook + "url = \"http://127.0.0.1.b.example/\"").isEmpty)
}

@Test("mail is encrypted unless it stays here or the route says none")
func mailEncryption() throws {
  let mail = "[[routes]]\nname = \"a\"\nkind = \"smtp\"\nfrom = \"a@b.c\"\nto = \"d@e.f\"\n"
  let folder = try TemporaryFolder()
  func needs(_ rest: String) throws -> Bool? {
    guard case .smtp(_, _, _, _, let needs) = try site(folder, mail + rest).routes.first?.receiver
    else { return nil }
    return needs
  }
  #expect(try needs("url = \"smtp://mail.example.org:587\"") == true)
  #expect(try needs("url = \"smtp://localhost:25\"") == false)
  #expect(try needs("url = \"smtp://mail.example.org\"\ntls = \"none\"") == false)
}

@Test("errors name the route, the key and what was expected")
func errors() throws {
  #expect(try problem("kind = \"slack\"").contains("name: missing"))
  #expect(try problem("name = \"a b\"\nkind = \"slack\"").contains("letters, digits"))
  #expect(try problem("name = \"a\"\nkind = \"pager\"").contains("smtp, syslog or file"))
  #expect(
    try problem("name = \"a\"\nkind = \"slack\"\nurl = \"https://hooks.slack.com/x\"")
      .contains("the secret itself has no place here"))
  let file = "name = \"a\"\nkind = \"file\"\npath = \"x\"\n"
  #expect(try problem(file + "quiet = \"20-7\"").contains("20:00-07:00"))
  #expect(try problem(file + "digest = \"24:00\"").contains("08:00"))
  #expect(try problem(file + "least_severity = \"urgent\"").contains("medium, high, critical"))
  #expect(try problem(file + "secret_file = \"x\"").contains("not a known key"))
  #expect(try problem(file + "[[routes]]\n" + file).contains("another table has \"a\""))
  let mail = "name = \"a\"\nkind = \"smtp\"\nurl = \"smtp://localhost\"\n"
  #expect(
    try problem(mail + "from = \"a@b.c\\r\\nBcc: x@y.z\"\nto = \"d@e.f\"").contains("an address"))
}

@Test("a secret that others may read is refused, and so is an empty one or more than a line")
func secrets() throws {
  let folder = try TemporaryFolder()
  let path = folder.path + "/secret"
  try writeSecret("word\n", to: path)
  #expect(try Secret.file(path: path).read() == "word")
  for mode in [0o644, 0o641, 0o642] as [mode_t] {
    chmod(path, mode)
    let error = #expect(throws: StageError.self) { try Secret.file(path: path).read() }
    #expect(error?.description.contains("chmod o=") == true)
    #expect(error?.description.contains("word") == false)
  }
  chmod(path, 0o600)
  for text in ["", "\n", "a\nb\n", "a\r\n"] {
    try writeSecret(text, to: path)
    #expect(throws: StageError.self) { try Secret.file(path: path).read() }
  }
  #expect(throws: StageError.self) { try Secret.environment(name: "TIDEMARK_NO_SUCH").read() }
}
