import Testing

@testable import Features

struct AskedNameTests {
  private func text(_ body: (inout AskedName, UnsafeRawBufferPointer) -> String, _ name: String)
    -> String
  {
    var asked = AskedName()
    return Array(name.utf8).withUnsafeBytes { body(&asked, $0) }
  }

  @Test(
    "a name's domain is its last two labels, three below a public second level",
    arguments: [
      ("www.example.com", "example.com"), ("EXAMPLE.COM.", "example.com"),
      ("a.b.c.example.co.uk", "example.co.uk"), ("example.co.uk", "example.co.uk"),
      ("co.uk", "co.uk"), ("x.com.br", "x.com.br"), ("a.com.example", "a.com.example"),
      ("host", "host"), (".", "."), ("4.3.2.1.in-addr.arpa", "in-addr.arpa"), ("", ""),
    ])
  func domains(name: String, expected: String) {
    let found = text(
      { asked, bytes in asked.withDomain(of: bytes) { String(decoding: $0, as: UTF8.self) } }, name)
    #expect(found == expected)
  }

  @Test(
    "a Host header's host has no port and no brackets",
    arguments: [
      ("API.example.com:8080", "api.example.com"), ("example.com.", "example.com"),
      ("example.com", "example.com"), ("10.0.0.1:80", "10.0.0.1"),
      ("[2001:db8::1]:443", "2001:db8::1"),
      ("[2001:db8::1]", "2001:db8::1"), ("2001:db8::1", "2001:db8::1"), (":80", ":80"),
      ("host:", "host:"), ("[]", "[]"),
    ])
  func hosts(name: String, expected: String) {
    let found = text(
      { asked, bytes in asked.withHost(of: bytes) { String(decoding: $0, as: UTF8.self) } }, name)
    #expect(found == expected)
  }

  @Test("spellings of a name are one name")
  func elements() {
    func element(_ name: String) -> UInt64 {
      var asked = AskedName()
      return Array(name.utf8).withUnsafeBytes { asked.element(of: $0) }
    }
    #expect(element("WWW.Example.com.") == element("www.example.com"))
    #expect(element("www.example.com") != element("wwv.example.com"))
  }
}
