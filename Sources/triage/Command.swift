import StageKit

@main
struct Triage: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "triage",
    abstract: "List, judge, suppress and close incidents: what people decide.",
    subcommands: [List.self])
}
