import Columnar
import Events

extension DayDecisions {
  /// The day's raw votes with their p-values, batch by batch: `scores.arrow`.
  ///
  /// Only the strongest windows of a detector and entity have a p; it ranks entity-days.
  package func scores(of rawVotes: Batch) -> Batch {
    let kind = rawVotes[Vote.entityKind]
    let entity = rawVotes[Vote.entity]
    let detector = rawVotes[Vote.detector]
    let score = rawVotes[Vote.rawScore]
    let pValues = ValuesBuilder<Double>()
    for row in 0..<rawVotes.rowCount {
      guard let name = entity[row], let detector = detector[row],
        let kind = kind[row].flatMap(EntityKind.init(rawValue:))
      else {
        pValues.appendNull()
        continue
      }
      pValues.append(
        pValue(kind: kind, entity: name, detector: detector, score: score.value(row)))
    }
    let column = pValues.finish()
    let columns = Vote.schema.fields.map { field in
      guard field != Vote.pValue.field else { return column }
      guard let index = rawVotes.schema.index(of: field.name) else {
        return Column.nulls(field.type, rowCount: rawVotes.rowCount)
      }
      return rawVotes.columns[index]
    }
    return Batch(schema: Vote.schema, rowCount: rawVotes.rowCount, columns: columns)
  }

  /// Writes `entities.arrow`.
  package func writeEntities(to sink: any BatchSink) throws {
    let table = TableBuilder(EntityScore.schema)
    for row in entities {
      table.column(EntityScore.entityKind).append(row.kind.rawValue)
      table.column(EntityScore.entity).append(row.entity)
      table.column(EntityScore.votes).append(UInt32(row.votes))
      table.column(EntityScore.statistic).append(row.statistic)
      table.column(EntityScore.pValue).append(row.pValue)
      table.column(EntityScore.qValue).append(row.qValue)
      table.column(EntityScore.rank).append(UInt32(row.rank))
      table.column(EntityScore.leadingDetector).append(row.leadingDetector)
      table.column(EntityScore.decision).append(row.decision.rawValue)
      table.column(EntityScore.reason).append(row.reason)
      if table.rowCount == maximumBatchRowCount { try sink.write(table.finishBatch()) }
    }
    if table.rowCount > 0 { try sink.write(table.finishBatch()) }
  }
}

extension DecisionSummary {
  /// Writes `decision_line.arrow`.
  package func write(to sink: any BatchSink) throws {
    let table = TableBuilder(DecisionFigure.schema)
    for measure in DecisionFigure.Measure.allCases {
      for (subject, value) in figures(measure) {
        table.column(DecisionFigure.measure).append(measure.rawValue)
        table.column(DecisionFigure.subject).append(subject)
        table.column(DecisionFigure.value).append(value)
      }
    }
    try sink.write(table.finishBatch())
  }

  private func figures(_ measure: DecisionFigure.Measure) -> [(String?, Double)] {
    switch measure {
    case .earlierDays: [(nil, Double(earlierDays))]
    case .lineP: lineP.map { [(nil, $0)] } ?? []
    case .lineStatistic: lineStatistic.map { [(nil, $0)] } ?? []
    case .smallestP: [(nil, smallestP)]
    case .replayedDays: [(nil, Double(replayedDays))]
    case .askedInReplay: [(nil, Double(askedInReplay))]
    case .falseAlarmsPerDay: [(nil, falseAlarmsPerDay)]
    case .incidentsPerDay: [(nil, Double(incidentsPerDay))]
    case .classEntityDays: classes.map { ($0.name, Double($0.hostDays)) }
    case .siteWideEntities: siteWide.map { ($0.detector, Double($0.hosts)) }
    case .leftOutEntities:
      leftOut.map { ("\($0.date) \($0.detector)", Double($0.hosts)) }
    }
  }
}
