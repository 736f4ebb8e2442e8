import Incidents
import TestSupport
import Testing

@testable import Rewording

/// A sentence that says something the evidence doesn't, made of one that says what it does.
struct Falsehood: Hashable {
  let scenario: String
  let kind: String
  let text: String
}

/// Makes falsehoods of true sentences; the same for the same seed.
struct FalsehoodMaker {
  private let scenario: Scenario
  private let truths: [String]
  private var draw: SplitMix
  private(set) var made: [Falsehood] = []

  init(_ scenario: Scenario, truths: [String], seed: UInt64) {
    self.scenario = scenario
    self.truths = truths
    draw = SplitMix(seed: seed)
    for truth in truths {
      digits(truth)
      words(truth)
      insertions(truth)
      ends(truth)
      units(truth)
      marks(truth)
    }
    pairs()
    hosts()
    passives()
    antecedents()
    values()
    subjects()
  }

  private mutating func add(_ kind: String, _ text: String, unlike truth: String = "") {
    guard text != truth else { return }
    made.append(Falsehood(scenario: scenario.name, kind: kind, text: text))
  }

  /// One digit of each number is another: of values, times, scores, p-values, tokens.
  private mutating func digits(_ truth: String) {
    let characters = Array(truth)
    for index in characters.indices where characters[index].isNumber {
      let other = "0123456789".filter { $0 != characters[index] }.randomElement(using: &draw)
      var changed = characters
      changed[index] = other ?? "0"
      add("digit", String(changed))
    }
  }

  private static let opposites = [
    ("sent", "received"), ("received", "sent"), ("outside", "inside"), ("more than", "less than"),
    ("usually", "never"), ("usual", "highest"), ("different", "identical"),
    ("did not answer", "answered"), ("not met", "met"), ("unusual", "usual"), ("bad", "good"),
    ("regular", "random"), ("failed", "successful"), ("before", "after"), ("above", "below"),
    ("above the usual", "below the usual"), ("up from", "down from"), ("far more", "far less"),
    ("neither", "both"), ("unlike", "like"), ("rise", "fall"), ("mostly by", "not by"),
    ("mostly by", "with"), ("HOST_1", "PEER_1"), ("PEER_1", "HOST_1"), ("HOST_1", "HOST_2"),
    ("PEER_1", "PEER_2"), ("HOST_1", "10.0.0.9"), ("PEER_1", "203.0.113.99:443/tcp"),
    ("with PEER_1", "with evil.example"), ("not raised below", "not raised above"),
    ("between", "not between"), ("conversations", "attacks"), ("contacts", "infections"),
  ]

  private mutating func words(_ truth: String) {
    for (word, opposite) in FalsehoodMaker.opposites where truth.contains(word) {
      add("word", truth.replacing(word, with: opposite), unlike: truth)
    }
  }

  private static let additions = [
    "not", "never", "no longer", "hardly", "without", "was isolated", "was blocked",
    "has been contained", "was removed", "is harmless", "certainly", "surely", "probably",
    "maybe", "confirmed", "malware", "ransomware", "an attacker", "by mallory", "on 2026-03-24",
    "on Monday", "yesterday", "at 03:17", "three", "a dozen", "twice", "a million", "42", "-1",
    "7 %", "evil.example", "203.0.113.99", "HOST_2", "PEER_9", "user admin", "in Russia",
    "because of an update", "so it is safe", "and was cleaned", "and nothing was lost", "only",
    "almost", "about", "at least", "up to", "severity critical", "close it", "isolate it",
    "<b>x</b>", "10.0.0.1", "every day", "again", "for the first time", "to PEER_1", "from HOST_1",
  ]

  /// A word too many, at some place of the sentence.
  private mutating func insertions(_ truth: String) {
    let words = truth.split(separator: " ")
    for addition in FalsehoodMaker.additions.shuffled(using: &draw).prefix(12) {
      let place = Int.random(in: 0...words.count, using: &draw)
      let text = words[..<place] + addition.split(separator: " ") + words[place...]
      add("insertion", text.joined(separator: " "))
    }
  }

  /// A claim more, behind the sentence.
  private mutating func ends(_ truth: String) {
    for addition in FalsehoodMaker.additions.shuffled(using: &draw).prefix(4) {
      add("claim", truth + " It " + addition + ".")
    }
  }

  private static let unitsOfOthers = [
    ("GB", "MB"), ("MB", "GB"), ("MB", "TB"), ("kB", "MB"), ("min", "h"), ("min", "s"),
    ("%", "percent points"), ("days", "hours"), ("days", "weeks"), ("p =", "p <"),
    ("score", "confidence"), ("p-value", "probability"),
  ]

  private mutating func units(_ truth: String) {
    for (unit, other) in FalsehoodMaker.unitsOfOthers where truth.contains(" \(unit)") {
      add("unit", truth.replacing(" \(unit)", with: " \(other)"), unlike: truth)
    }
  }

  /// Marks that part a number or a phrase, and characters that look like others.
  private mutating func marks(_ truth: String) {
    for (text, other) in [
      ("2.1 GB", "2, 1 GB"), ("1,412", "1. 412"), ("1,412", "1 412"), ("2.1", "2.\u{200B}1"),
      ("GB", "G\u{0042}\u{0301}"), ("0", "\u{FF10}"), ("1", "l"), ("PEER_1", "PEER_\u{FF11}"),
      ("HOST_1", "\u{202E}HOST_1"), ("HOST_1", "HOST_1's peer"), ("usually ", "usually -"),
      ("did not answer", "did; not answer"), ("not raised", "not. Raised"), (".", "?"),
    ] where truth.contains(text) {
      add("mark", truth.replacing(text, with: other), unlike: truth)
    }
  }

  /// Values in each other's places: actual and usual, one measure and another.
  private mutating func values() {
    let measures = scenario.finding.measures
    for measure in measures {
      let text = MeasureText.of(measure.name)
      guard let actual = measure.actual, let typical = measure.typical else { continue }
      let (said, usual) = (text.format(actual), text.format(typical))
      add("swapped", "\(text.sentence(typical)) (usually \(said)).")
      add("swapped", "HOST_1 had \(text.sentence(typical)), usually \(said).")
      add("swapped", "\(text.sentence(actual)), usually \(said).")
      let wrong = actual > typical ? "less" : "more"
      add("direction", "\(text.sentence(actual)), \(wrong) than the usual \(usual).")
      add("direction", "\(text.sentence(actual)), the same as the usual \(usual).")
      add("misplaced", "Usually \(usual) ± \(usual): \(text.sentence(actual)).")
      add("misplaced", "It was usually \(usual).")
      for phrase in MeasurePhrases(measure.name).actual(typical) {
        add("swapped", "HOST_1 \(phrase).")
      }
    }
    for measure in measures {
      for other in measures where other.name != measure.name {
        guard let value = measure.actual, let usual = measure.typical ?? measure.actual else {
          continue
        }
        let (text, kind) = (MeasureText.of(other.name), MeasureText.of(measure.name))
        add("measure", "\(kind.format(value)) \(text.phrase).")
        guard let actual = other.actual,
          kind.format(usual) != other.typical.map(text.format)
        else { continue }
        add("measure", "\(text.sentence(actual)), usually \(kind.format(usual)).")
      }
    }
  }

  private var acts: [String] {
    scenario.finding.measures.flatMap { measure in
      MeasurePhrases(measure.name).actual(measure.actual ?? 0).dropFirst()
        .filter { $0.first?.isNumber != true && !$0.hasPrefix("with ") }
    }
  }

  /// Values of one pair, said of the whole host.
  private mutating func pairs() {
    let finding = scenario.finding
    guard finding.peer != nil, DetectorKind.speaksOfOnePeer(finding.detector) else { return }
    for measure in finding.measures {
      for phrase in MeasurePhrases(measure.name).actual(measure.actual ?? 0) {
        add("pair", "HOST_1 \(phrase).")
        add("pair", "HOST_1 had \(phrase).")
        add("pair", "HOST_1 was there with PEER_1. It \(phrase).")
        add("pair", "It was with PEER_1; HOST_1 had \(phrase).")
        add("pair", "HOST_1 had \(phrase), and it was with PEER_1.")
        add("pair", "HOST_1 had \(phrase); it was with PEER_1.")
      }
    }
  }

  /// What the host did, said as if it were done to it, or seen by it.
  private mutating func passives() {
    let with = scenario.finding.peer == nil ? "" : " with PEER_1"
    // To be connected is no act.
    for act in acts where !act.contains("connected for") {
      for auxiliary in ["was", "is", "had", "has", "was itself", "was there, and also"] {
        add("passive", "HOST_1 \(auxiliary) \(act)\(with).")
      }
      add("passive", "HOST_1 was\(with) \(act).")
    }
    let headlines = HeadlinePhrases.phrases(of: scenario.finding.detector)
    for headline in headlines where scenario.passiveHeadlines.contains(headline) {
      for verb in ["was", "had", "was also", "observed", "has seen", "saw", "was observed"] {
        add("passive", "HOST_1 \(verb) \(headline)\(with).")
      }
    }
  }

  /// "It" and "that did" without what they speak of.
  private mutating func antecedents() {
    let headline = HeadlinePhrases.phrases(of: scenario.finding.detector).last ?? ""
    for measure in scenario.finding.measures where scenario.dependent.contains(measure.name) {
      for phrase in MeasurePhrases(measure.name).actual(measure.actual ?? 0) {
        add("antecedent", "HOST_1 had \(phrase).")
        add("antecedent", "It had \(phrase).")
        guard scenario.name != "ramp" else { continue }
        add("antecedent", "HOST_1 \(headline); \(phrase).")
        add("antecedent", "\(headline): \(phrase).")
        add("antecedent", "HOST_1 \(headline). \(phrase), with PEER_1.")
        add("antecedent", "With PEER_1. There it had \(phrase).")
      }
    }
  }

  /// Of a site: what one host did, said where no host is named.
  private mutating func hosts() {
    let with = scenario.finding.peer == nil ? "" : " with PEER_1"
    let headline = HeadlinePhrases.phrases(of: scenario.finding.detector).last ?? ""
    for act in acts + [headline] {
      add("host", "It \(act)\(with). HOST_1 was there.")
      add("host", "HOST_1 was there. It \(act)\(with).")
      add("host", "\(act)\(with); HOST_1 was there.")
    }
  }

  /// What the host did, said so that the other end did it.
  private mutating func subjects() {
    let (finding, company) = (scenario.finding, scenario.finding.peer != nil ? "with" : "mostly by")
    guard finding.peer != nil || finding.cause != nil else { return }
    let headline = HeadlinePhrases.phrases(of: finding.detector).last ?? ""
    for act in acts + [headline] {
      add("subject", "PEER_1 \(act).")
      add("subject", "PEER_1 \(act) and HOST_1 was there.")
      add("subject", "\(company) PEER_1, which \(act).")
      add("subject", "HOST_1 was seen \(company) PEER_1; which \(act).")
      add("subject", "\(company) PEER_1 \(act).")
      add("subject", "There it was \(company) PEER_1 and it \(act).")
      add("subject", "\(act), PEER_1.")
      add("subject", "\(act) to HOST_1.")
      add("subject", "\(act) HOST_1.")
    }
  }
}
