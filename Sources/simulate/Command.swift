import Events
import Simulator
import StageKit

/// Writes a simulated firm's exports, its site file and the truth about its attacks.
@main
struct Simulate: StageCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Write weeks of exports of a simulated small firm, with attacks that are known.",
    discussion: """
      The same options give the same bytes. For example:
        simulate --output data/demo/exports
        simulate --output /tmp/quiet --seed 7 --attacks none --days 14
      """)

  @Option(help: "The folder to write to.")
  var output: String

  @Option(help: "The first day.")
  var start = "2026-03-02"

  @Option(help: "How many days.")
  var days = 28

  @Option(help: "Names the firm: its people, machines, habits and attacks.")
  var seed: UInt64 = 1

  @Option(help: "The time zone that the firm lives in.")
  var zone = "Europe/Berlin"

  @Option(help: "The attacks: none, demo (ten kinds, once each) or all (seventeen kinds).")
  var attacks = AttackPlan.Choice.demo

  @Option(help: "The share of machines' days before the eighteenth that are attacked, too.")
  var contamination = 0.0

  @Option(help: "How many people and devices, 1 being a firm of 76 machines.")
  var scale = 1.0

  @Flag(help: "Exporters' clocks show UTC rather than the firm's time.")
  var utc = false

  @Flag(help: "The core switch also exports what the server sensor sees.")
  var overlap = false

  @Option(help: "How often Zeek begins a new file: daily or hourly.")
  var rotation = ExportOptions.Rotation.daily

  @Flag(help: "Write the domain controller's log of sign-ins, too.")
  var signIns = false

  @Flag(help: "Write gzip files.")
  var gzip = false

  func validate() throws {
    guard CivilDate(start) != nil else {
      throw ValidationError("--start: expected a date such as 2026-03-02, found \(start)")
    }
    guard (1...3660).contains(days) else { throw ValidationError("--days: expected 1 to 3660") }
    guard (0.1...20).contains(scale) else { throw ValidationError("--scale: expected 0.1 to 20") }
    guard (0...1).contains(contamination) else {
      throw ValidationError("--contamination: expected 0 to 1")
    }
  }

  func run() throws {
    guard let first = CivilDate(start) else { return }
    let marker = output + "/simulated.txt"
    let made =
      "version \(Simulation.version) seed \(seed) start \(start) days \(days) zone \(zone) "
      + "tzdata \(TimeZoneDatabase.version) attacks \(attacks.rawValue) "
      + "contamination \(contamination) scale \(scale) utc \(utc) overlap \(overlap) "
      + "rotation \(rotation.rawValue) gzip \(gzip)\(signIns ? " sign-ins" : "")\n"
    if FileBytes.exists(marker), try FileBytes.read(marker) == Array(made.utf8) {
      StandardError.write("simulate: \(output): up to date")
      return
    }
    let rules = try TimeZoneDatabase.rules(named: zone)
    let simulation = Simulation(
      seed: seed, start: first, dayCount: days, zone: rules, attacks: attacks, scale: scale,
      contamination: contamination)
    var total = 0
    try simulation.export(
      to: output,
      ExportOptions(
        zone: utc ? .utc : rules, overlap: overlap, rotation: rotation, isCompressed: gzip,
        withSignIns: signIns)
    ) { day in
      total += day.rowCount
      StandardError.write(
        "simulate: \(day.date): \(day.netflowRecords) flow records, "
          + "\(day.zeekConnections) Zeek connections, \(day.zeekQuestions) names, "
          + "\(day.firewallSessions) firewall sessions"
          + (signIns ? ", \(day.signIns) sign-ins" : ""))
    }
    try FileBytes.replace(marker, with: made.utf8)
    StandardError.write("simulate: \(total) rows; site file \(output)/site.toml")
  }
}

extension AttackPlan.Choice: ExpressibleByArgument {}
extension ExportOptions.Rotation: ExpressibleByArgument {}
