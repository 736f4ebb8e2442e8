import StageKit

@main
struct Triage: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "triage",
    abstract: "List, judge, suppress and close incidents: what people decide.",
    discussion: """
      Every decision is a line of registry/events.jsonl in the store, with who made it and when; what
      stands is what the lines come to.

        triage list --site site.toml --store data/store
        triage label 3f2a TP --reason "the owner knows nothing of it" --site site.toml --store data/store
      """,
    subcommands: [
      List.self, Show.self, Acknowledge.self, Assign.self, Label.self, Note.self, Close.self,
      Reopen.self, Suppress.self, ApproveClosing.self, ApproveIsolation.self, Revoke.self,
      Hold.self, Release.self, Prune.self, Rules.self, WhatIf.self, Tune.self, Sync.self,
      Import.self, Verify.self,
      Keygen.self, Bundle.self, VerifyBundle.self,
    ])
}
