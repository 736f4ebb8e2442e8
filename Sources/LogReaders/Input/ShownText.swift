/// Text of an input as a message may show it: control characters and bytes that are not UTF-8 as
/// `\u{b7}`, at most `limit` characters.
func shown(_ text: some StringProtocol, limit: Int = 160) -> String {
  let clean = text.unicodeScalars.prefix(limit).map { scalar -> Character in
    scalar.properties.generalCategory == .control || scalar == "\u{FFFD}"
      ? "\u{b7}" : Character(scalar)
  }
  return String(clean) + (text.unicodeScalars.count > limit ? "…" : "")
}
