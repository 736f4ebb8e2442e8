import Events

extension Store {
  /// The day whose folder of `learned` has the models for a day: the Saturday before, or the day
  /// itself where it is one, so that the last day they are trained on is a workday.
  package func modelDay(for day: CivilDate) -> CivilDate {
    day.advanced(by: -((day.weekday + 2) % LookBack.modelDays))
  }

  package static let edgeModelName = "edge_model.arrow"
  package static let sequenceModelName = "sequence_model.arrow"
}
