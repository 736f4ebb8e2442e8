import Columnar
import Events
import Testing

@testable import Features

@Suite("name model") struct NameModelTests {
  private static let words = [
    "garden", "water", "house", "market", "silver", "travel", "music", "green", "paper", "light",
    "stone", "river", "cloud", "north", "family", "coffee", "winter", "school", "dragon", "table",
  ]

  /// Two words each, as firms call themselves.
  private static func model() -> NameModel {
    var model = NameModel()
    for first in words {
      for second in words where first != second { learn("\(first)\(second).example", &model) }
    }
    model.prepare()
    return model
  }

  private static func learn(_ name: String, _ model: inout NameModel) {
    var name = name
    name.withUTF8 { model.add(UnsafeRawBufferPointer($0)) }
  }

  private static func weight(_ name: String, isMissing: Bool, _ model: NameModel) -> Double {
    var name = name
    return name.withUTF8 {
      model.weight(ofUnseen: UnsafeRawBufferPointer($0), isMissing: isMissing)
    }
  }

  @Test("letters drawn by chance weigh a name, words that exist nothing, words that do not half")
  func weights() {
    let model = NameModelTests.model()
    for name in ["xkqzvbwjtrpd.example", "qwzjxkvpfhtb.test", "k3v9x0q7z2j5w8.example"] {
      #expect(NameModelTests.weight(name, isMissing: true, model) > 0.95, "\(name)")
      #expect(NameModelTests.weight(name, isMissing: false, model) > 0.5, "\(name)")
    }
    for name in ["gardenriver.example", "coffeehouse.test", "wintercloud.example"] {
      #expect(NameModelTests.weight(name, isMissing: true, model) < 0.55, "\(name)")
      #expect(NameModelTests.weight(name, isMissing: false, model) < 0.01, "\(name)")
    }
  }

  @Test("without enough names, and of internationalised ones, nothing is said") func unfit() {
    let model = NameModelTests.model()
    var young = NameModel()
    NameModelTests.learn("garden.example", &young)
    young.prepare()
    for (name, model) in [("xkqzvbwjtrpd.example", young), ("xn--80akhbyknj4f.example", model)] {
      #expect(NameModelTests.weight(name, isMissing: true, model) == 0.5)
      #expect(NameModelTests.weight(name, isMissing: false, model) == 0)
    }
  }

  @Test("a stored model says the same") func stored() throws {
    let model = NameModelTests.model()
    let sink = TableSink()
    try model.write(to: sink)
    let read = try NameModel(Table(schema: NameGram.schema, batches: sink.batches))
    for name in ["xkqzvbwjtrpd.example", "gardenriver.example", "ab.test"] {
      #expect(
        NameModelTests.weight(name, isMissing: true, model)
          == NameModelTests.weight(name, isMissing: true, read))
    }
  }

  @Test("names of devices, sites and addresses are not public") func publicNames() {
    func isPublic(_ name: String) -> Bool {
      var name = name
      return name.withUTF8 { PublicName.isPublic(UnsafeRawBufferPointer($0)) }
    }
    for name in ["in-addr.arpa", "ip6.arpa", "host.local", "corp.lan", "wpad", "", "1.5", "x."] {
      #expect(!isPublic(name), "\(name)")
    }
    for name in ["site.example", "shop.co.uk", "x.de", "a.xn--p1ai"] { #expect(isPublic(name)) }
  }
}
