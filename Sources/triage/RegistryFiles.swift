import Events
import Incidents
import Registry
import RegistryTables
import StageKit

/// What is made of the registry for other programs: `registry.sqlite` and `incidents.csv`.
struct RegistryFiles {
  private let casebook: Casebook

  init(_ casebook: Casebook) { self.casebook = casebook }

  var folder: String { casebook.store.registry }

  /// Writes both anew.
  func write() throws {
    try FileBytes.makeFolder(folder)
    let lock = try FileLock(path: folder + "/tables.lock", subject: folder, patience: 10_000)
    defer { lock.release() }
    // Others may have reported while the lock was waited for.
    casebook.forgetReports()
    let state = RegistryState(try casebook.log.events())
    let cases = try casebook.cases(state)
    try writeDatabase(cases, state)
    try FileBytes.replace(folder + "/incidents.csv", with: CasesCSV.render(cases).utf8)
  }

  private func writeDatabase(_ cases: [Case], _ state: RegistryState) throws {
    let database = folder + "/registry.sqlite"
    let temporary = database + ".partial"
    func clear() throws {
      // SQLite would take a journal that it left for that of the new file.
      for path in [temporary, temporary + "-journal"] { try FileBytes.remove(path) }
    }
    try clear()
    do {
      do { try RegistryDatabase.write(cases, state, to: temporary) } catch {
        throw StageError("\(database): cannot write: \(error)")
      }
      try FileBytes.move(temporary, to: database)
    } catch {
      try clear()
      throw error
    }
  }
}
