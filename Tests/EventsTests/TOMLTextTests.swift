import Events
import Testing

@Suite("Text in TOML")
struct TOMLTextTests {
  @Test(
    "a table's header without a name is found where it stands",
    arguments: [
      ("[=]", 1, 2), ("[[ .a]]", 1, 4), ("a = 1\n  [#x]\n", 2, 4), ("[[[a]]]", 1, 3),
      ("[\n]", 1, 2), ("[é]", 1, 2), ("a = \"\"\"\n[=]\n\"\"\"\n[=]", 4, 2),
      ("a = '[' # [\n[,]", 2, 2),
    ])
  func nameless(text: String, line: Int, column: Int) throws {
    let place = try #require(TOMLText.namelessHeader(in: text))
    #expect(place.line == line && place.column == column)
  }

  @Test(
    "brackets elsewhere, and headers that a parser refuses itself, are none",
    arguments: [
      "", "[a]", "[ \"b c\".d ]", "[['e']]", "[]", "[", "[ [a]]", "a = [\n  [1],\n  [ [=] ]\n]",
      "a = '''\n[=]\n'''", "a = \"\\\"[\"\n[b]", "# [=]\n", "a = { b = [\n{}] }\n[c] # [=]",
    ])
  func others(text: String) {
    #expect(TOMLText.namelessHeader(in: text) == nil)
  }
}
