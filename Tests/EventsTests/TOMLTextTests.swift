import Testing

@testable import Events

@Suite("Text in TOML")
struct TOMLTextTests {
  @Test(
    "a table's header without a name is found where it stands",
    arguments: [
      ("[=]", 1, 2), ("[[ .a]]", 1, 4), ("a = 1\n  [#x]\n", 2, 4), ("[[[a]]]", 1, 3),
      ("[\n]", 1, 2), ("[é]", 1, 2), ("a = \"\"\"\n[=]\n\"\"\"\n[=]", 4, 2),
      ("a = '[' # [\n[,]", 2, 2),
    ])
  func nameless(text: String, line: Int, column: Int) {
    #expect(
      TOMLText.fault(in: text)
        == .init(line: line, column: column, problem: "a table's header lacks its name"))
  }

  @Test(
    "a brace in an array that closes no table is found where it stands",
    arguments: [
      ("x = [\"a\", }", 1, 11), ("[a]\nb = [ # }\n  }", 3, 3),
      ("x = { a = [1, {b = 2}, } }", 1, 24),
    ])
  func brace(text: String, line: Int, column: Int) {
    #expect(
      TOMLText.fault(in: text)
        == .init(line: line, column: column, problem: "expected a value or closing ']', found '}'"))
  }

  @Test(
    "brackets elsewhere, and what a parser refuses itself, are none",
    arguments: [
      "", "[a]", "[ \"b c\".d ]", "[['e']]", "[]", "[", "[ [a]]", "a = [\n  [1],\n  [ [=] ]\n]",
      "a = '''\n[=]\n'''", "a = \"\\\"[\"\n[b]", "# [=]\n", "a = { b = [\n{}] }\n[c] # [=]",
      "a = [{ b = [1] }, { c = '}' }]", "a = }", "a = [ \"}\" ] # }",
    ])
  func others(text: String) {
    #expect(TOMLText.fault(in: text) == nil)
  }
}
