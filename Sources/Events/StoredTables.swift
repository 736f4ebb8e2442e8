import Columnar

/// The tables of a store's day folders, as this version writes them; models are not among them.
package enum StoredTables {
  package static let schemas: [Schema] =
    EventClass.allCases.map(\.schema) + [
      SourceRows.schema, SeenElsewhere.schema, RejectedLines.schema, ClockPair.schema,
    ] + profiles + state + learned + judged

  /// The table of a name; nil where there is none.
  package static func schema(named name: String) -> Schema? { byName[name] }

  private static let byName = Dictionary(
    schemas.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  private static let profiles: [Schema] = [
    HostHour.schema, Pair.schema, PairValue.schema, Edge.schema, Service.schema, Coverage.schema,
    Login.schema, LoginPlace.schema, ServedRequest.schema, Step.schema, AskedDomain.schema,
    Alert.schema, Handshake.schema, HostTotal.schema, ColumnNulls.schema,
  ]
  private static let state: [Schema] = [
    HostProfile.schema, Seen.schema, KnownHost.schema, PairHistory.schema,
    PairHistoryValue.schema, EdgeHistory.schema, LoginHabit.schema, StepHabit.schema,
    RequestGram.schema, RequestHabit.schema, NameHabit.schema, NameHistory.schema,
    NameGram.schema, FeatureBin.schema, HostHourFeature.schema, FlowFeature.schema,
    LoginPlace.lastSchema,
  ]
  private static let learned: [Schema] = [
    LearnedEdge.schema, LearnedService.schema, LearnedGroup.schema,
  ]
  private static let judged: [Schema] = [
    SourceDay.schema, QualityFinding.schema, FeatureDrift.schema, VoteDrift.schema, HostDay.schema,
    DetectorRun.schema, Vote.schema, EntityScore.schema, DecisionFigure.schema, IncidentRow.schema,
    Comparison.schema, DetectorCharge.schema,
  ]
}
