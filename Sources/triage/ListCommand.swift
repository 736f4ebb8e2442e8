import Registry
import RegistryTables
import StageKit

extension Triage {
  struct List: StageCommand {
    static let configuration = CommandConfiguration(abstract: "Incidents, last seen first.")

    @OptionGroup var common: CommonOptions

    func run() throws {
      let store = try common.openStore()
      _ = try RegistryLog(store).events()
    }
  }
}
