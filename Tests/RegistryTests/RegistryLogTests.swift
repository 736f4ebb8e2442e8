import Columnar
import Events
import Registry
import RegistryTables
import StageKit
import Testing

@Test("events come back as they were written, and the next rule's number follows")
func eventsRoundTrip() throws {
  #expect(RegistryState().nextRuleID == "R1")
}
