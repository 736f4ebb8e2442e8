import Events

extension RegistryState.Record {
  /// "acknowledged by anna, assigned to boris, labelled TP by anna (…)"
  package var text: String {
    var parts: [String] = []
    if let acknowledgedBy { parts.append("acknowledged by \(acknowledgedBy)") }
    if let assignee { parts.append("assigned to \(assignee)") }
    if let label {
      parts.append("labelled \(label.verdict.rawValue) by \(label.by) (\(label.reason))")
    }
    if let isolationApprovedBy { parts.append("isolation approved by \(isolationApprovedBy)") }
    if let hold { parts.append("held by \(hold.by) (\(hold.reason))") }
    if let closing { parts.append("closed by \(closing.by) (\(closing.cause))") }
    return parts.isEmpty ? "noted" : parts.joined(separator: ", ")
  }
}

extension RegistryState.StandingRule {
  /// "R2 suppresses host 10.0.0.7, detector beacon from 2026-03-20 to 2026-04-20: backup (anna)"
  package var text: String {
    let verb = effect == .suppress ? "suppresses" : "closes"
    let end =
      revoked.map { ", revoked \(Quantity.timestamp($0))" }
      ?? (rule.scope.isNarrowEnough ? "" : ", covers nothing: name a detector or another end")
    return "\(rule.id) \(verb) \(rule.scope.text) from \(rule.firstDay) to \(rule.lastDay): "
      + "\(rule.reason) (\(by))\(end)"
  }
}
