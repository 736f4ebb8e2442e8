import Testing

@testable import Features

@Suite struct RequestShapeTests {
  private func shape(_ url: String) -> String {
    var shape = RequestShape()
    Array(url.utf8).withUnsafeBytes { shape.set($0) }
    return String(decoding: shape.bytes, as: UTF8.self)
  }

  @Test(
    "what differs from one request to the next is left out",
    arguments: [
      ("/product/17", "/product/0"),
      ("/product/4711?ref=mail&page=2", "/product/0?ref=A&page=0"),
      ("https://www.example.org/Cart", "/cart"),
      ("https://www.example.org", ""),
      ("/static/app.3fa8bc9d.js#top", "/static/app.X.js"),
      ("/media/0a1b2c3d4e5f60718293.png", "/media/X.png"),
      ("/blog/how-to-fix-a-car", "/blog/W"),
      ("/blog/how_to_fix.php", "/blog/W.php"),
      ("/search?q=red%20shoes+for%20two+people", "/search?q=A+A"),
      ("", ""),
    ])
  func usual(url: String, expected: String) { #expect(shape(url) == expected) }

  @Test(
    "what is strange stays, however it was written",
    arguments: [
      ("/product/17%27%20OR%201=1--", "/product/0'+or+0=0--"),
      ("/?id=0%27+UNION+SELECT+1,2", "/?id=0'+A+A+0,0"),
      ("/cgi-bin/.%2e/%2e%2e/bin/sh", "/cgi-bin/../../bin/sh"),
      ("/?x=${jndi:ldap://203.0.113.9/a}", "/?x=${A:A://0.0.0.0/A}"),
      ("/a%00%01b\u{e9}", "/aUbU"),
      ("/.git/config", "/.git/config"),
      ("/100%", "/0%"),
    ])
  func strange(url: String, expected: String) { #expect(shape(url) == expected) }

  @Test("shapes are cut at 128 bytes") func cut() {
    #expect(shape("/" + String(repeating: "a", count: 5000)).utf8.count == 128)
  }

  @Test("a request is shown without control characters, cut before an escape that does not fit")
  func shown() {
    func shown(_ text: String) -> String {
      Array(text.utf8).withUnsafeBytes { bytes in
        RequestShape.withShown(bytes) { String(decoding: $0, as: UTF8.self) }
      }
    }
    #expect(shown("/a\n\u{1B}[2J\u{e9}") == "/a\\x0A\\x1B[2J\\xC3\\xA9")
    #expect(shown(String(repeating: "a", count: 158) + "\n") == String(repeating: "a", count: 158))
  }

  @Test("each character of a shape has a symbol of its own, but for those that are not printable")
  func symbols() {
    let bytes = (0x21...0x7E).filter { byte in
      !(0x31...0x39).contains(byte) && !(0x42...0x56).contains(byte)
        && ![0x59, 0x5A].contains(byte)
    }
    let symbols = bytes.map { RequestShape.symbol(UInt8($0)) }
    #expect(Set(symbols).count == symbols.count)
    #expect(symbols.allSatisfy { (1...63).contains($0) })
  }
}
