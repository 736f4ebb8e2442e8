import Forest
import Glibc
import TestSupport
import Testing

@testable import FeatureTables

@Suite struct CSVTableTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  private func bits(_ table: some FeatureTable) throws -> [[UInt32]] {
    try table.all().rows.columns.map { $0.map { $0.isNaN ? 0x7FC0_0000 : $0.bitPattern } }
  }

  @Test("numbers, booleans and what stands for missing values are read")
  func cells() throws {
    let cells: [(String, Float)] = [
      ("1", 1), ("-2.5e3", -2_500), ("+.5", 0.5), ("1e400", .infinity), ("-inf", -.infinity),
      ("0.1", 0.1), ("16777217", 16_777_216), ("true", 1), ("FALSE", 0), ("", .nan), ("NaN", .nan),
      ("n/a", .nan), ("NA", .nan), ("Null", .nan), ("None", .nan), ("\"7\"", 7), (" 8 ", 8),
    ]
    let path = try folder.write("x,y\n" + cells.map { "\($0.0),1\n" }.joined())
    let table = try CSVTable(path: path)
    let (rows, problems) = try table.all(["x"])
    #expect(
      rows.columns[0].map { $0.isNaN ? "nan" : "\($0)" }
        == cells.map { $0.1.isNaN ? "nan" : "\($0.1)" })
    #expect(problems == CellProblems())
  }

  @Test("cells that are no numbers count as missing, and the first is named")
  func unreadable() throws {
    let table = try CSVTable(
      path: try folder.write("x,y\n1,2\n3,0x1F\n4,\"a,\nb\"\n5,1_000\n6,7\n7,8\n8,9\n"))
    let (rows, problems) = try table.all()
    #expect(rows.columns[1].map(\.isNaN) == [false, true, true, true, false, false, false])
    #expect(problems.unreadableCount == 3)
    #expect(problems.firstUnreadable == .init(row: 1, column: "y", text: "0x1F"))
    #expect(
      problems.lines == [
        "3 cells are no numbers and count as missing; the first is in row 1, column y: \"0x1F\""
      ])
  }

  @Test("rows of another length are counted; what they lack is missing")
  func ragged() throws {
    let table = try CSVTable(path: try folder.write("x,y\n1,2\n3\n4,5,6\n7,8\n"))
    let (rows, problems) = try table.all()
    #expect(rows.columns[0] == [1, 3, 4, 7])
    #expect(rows.columns[1].map { $0.isNaN ? -1 : $0 } == [2, -1, 5, 8])
    #expect(problems.raggedRowCount == 2 && problems.firstRaggedRow == 1)
  }

  @Test("columns of numbers are told apart by their first rows")
  func columns() throws {
    let table = try CSVTable(
      path: try folder.write("a,b,,d,e\nx,1,0,,1\ny,2,1,,bad\n,,2,,3\n"))
    #expect(table.names == ["b", "e"])
    #expect(
      table.others.map(\.description) == [
        "a (text such as \"x\")", " (no name)", "d (no values in the first rows)",
      ])
  }

  @Test("marks, line ends, other delimiters and missing headers are understood")
  func dialects() throws {
    let plain = try CSVTable(path: try folder.write("a,b\n1,2\n3,4\n"))
    let expected = try bits(plain)
    let marked = try CSVTable(path: try folder.write("\u{FEFF}a,b\r\n1,2\r\n\r\n3,4"))
    #expect(marked.names == ["a", "b"])
    #expect(try bits(marked) == expected)
    let tabs = try CSVTable(
      path: try folder.write("a\tb\n1\t2\n3\t4\n"), delimiter: UInt8(ascii: "\t"))
    #expect(try bits(tabs) == expected)
    let bare = try CSVTable(path: try folder.write("1,2\n3,4\n"), hasHeader: false)
    #expect(bare.names == ["c0", "c1"])
    #expect(try bits(bare) == expected)
  }

  @Test(
    "files that are no table are refused",
    arguments: [
      ("", "expected a row of names, and rows, found an empty file"),
      ("1,2\n3,4\n", "found only numbers; if they are a row, say --no-header"),
      ("a,a\n1,2\n", "expected columns of different names, found two named a"),
      ("a,b\n1,x\"y\"\n", "found another after 1 lines that are sound"),
      ("a,b\n1,\"2\n3,4\n", "expected a quote only around a whole field, and one that closes it"),
    ])
  func refused(text: String, message: String) throws {
    let path = try folder.write(text)
    let error = #expect(throws: TableError.self) { try CSVTable(path: path).all() }
    #expect(error?.description.contains(message) == true)
  }

  @Test("what can be read only once is refused, and not waited for")
  func pipe() throws {
    let path = folder.file("pipe.csv")
    #expect(mkfifo(path, 0o600) == 0)
    for path in [path, "/dev/null"] {
      let error = #expect(throws: TableError.self) { try CSVTable(path: path) }
      #expect(
        error?.description == "\(path): expected a regular file, "
          + "found a pipe, device or folder; write it to a file first")
    }
  }

  @Test("control characters of the input are not shown")
  func controls() throws {
    let path = try folder.write(
      "a,b\n1,\u{1B}[2J\u{7F}\u{9B}\té\n2,\u{1B}[2J\n")
    let table = try CSVTable(path: path)
    #expect(table.others.map(\.description) == ["b (text such as \"·[2J···é\")"])
    let other = LeftOutColumn(name: "\u{1B}c", reason: "utf8")
    #expect(other.description == "·c (utf8)")
  }

  @Test("columns are chosen by name, and refused where they are not there")
  func choice() throws {
    let table = try CSVTable(path: try folder.write("a,b,name,c\n1,2,x,3\n"))
    #expect(try ColumnChoice().columns(of: table) == ["a", "b", "c"])
    #expect(try ColumnChoice(wanted: ["c", "a"]).columns(of: table) == ["c", "a"])
    #expect(try ColumnChoice(excluded: ["b", "name"]).columns(of: table) == ["a", "c"])
    for (choice, message) in [
      (ColumnChoice(wanted: ["z"]), "expected a column z, found a, b, c, name"),
      (ColumnChoice(excluded: ["z"]), "expected a column z, found a, b, c, name"),
      (
        ColumnChoice(wanted: ["name"]),
        "expected numbers in column name, found text such as \"x\""
      ),
      (ColumnChoice(excluded: ["a", "b", "c"]), "expected columns of numbers, found name"),
      (ColumnChoice(wanted: ["a", "a"]), "expected each column to be named once, found a twice"),
      (
        ColumnChoice(excluded: ["b", "a", "b"]),
        "expected each column to be named once, found b twice"
      ),
    ] {
      let error = #expect(throws: TableError.self) { try choice.columns(of: table) }
      #expect(error?.description.contains(message) == true)
    }
  }
}
