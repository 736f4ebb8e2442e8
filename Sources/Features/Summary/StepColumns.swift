import Events

/// Columns of a class whose rows are steps of hosts.
protocol StepColumns: ClassColumns {
  func addSteps(_ rows: Range<Int>, slice: UInt32, to table: inout StepTable)
}

extension Endpoint {
  /// How a host turns to this one.
  fileprivate var wayTo: StepKind.Way { isSiteHost ? .toInside : .toOutside }
  /// How a host sees this one turn to it.
  fileprivate var wayFrom: StepKind.Way { isSiteHost ? .fromInside : .fromOutside }
}

extension FlowColumns: StepColumns {
  func addSteps(_ rows: Range<Int>, slice: UInt32, to table: inout StepTable) {
    for row in rows {
      let (originator, responder) = (originator(row), responder(row))
      guard table.mayTake(originator, responder) else { continue }
      let service = StepKind.Service(port: port(row))
      let conversation = conversation(row, from: originator, to: responder)
      let isFailed = conversation.isFailed
      table.add(
        .conversation(responder.wayTo, service, isFailed: isFailed), to: originator, slice: slice)
      table.add(
        .conversation(originator.wayFrom, service, isFailed: isFailed), to: responder,
        slice: slice, isProof: conversation.isAnswered || responder.kind == .named)
    }
  }
}

extension DNSColumns: StepColumns {
  func addSteps(_ rows: Range<Int>, slice: UInt32, to table: inout StepTable) {
    for row in rows where isFailed(row) {
      table.add(.nameMissing, to: originator(row), slice: slice)
    }
  }
}

extension HTTPColumns: StepColumns {
  func addSteps(_ rows: Range<Int>, slice: UInt32, to table: inout StepTable) {
    for row in rows {
      let way: StepKind.Way = isExternal(row) && server(row) == nil ? .toOutside : .toInside
      table.add(
        isFailed(row) ? .requestRefused : .conversation(way, .web, isFailed: false),
        to: originator(row), slice: slice)
    }
  }
}

extension LoginColumns: StepColumns {
  func addSteps(_ rows: Range<Int>, slice: UInt32, to table: inout StepTable) {
    for row in rows {
      guard let outcome = outcome(row) else { continue }
      let isFailed = outcome == .failure
      let destination = destination(row)
      let source = source(row, destination: destination)
      if source != destination {
        // Guessing tools make names of clients up.
        table.add(
          .login(.toInside, isFailed: isFailed), to: source, slice: slice,
          isProof: source.kind == .inside || !isFailed)
      }
      table.add(.login(source.wayFrom, isFailed: isFailed), to: destination, slice: slice)
    }
  }
}

extension AlertColumns: StepColumns {
  func addSteps(_ rows: Range<Int>, slice: UInt32, to table: inout StepTable) {
    for row in rows {
      let (source, destination) = ends(row)
      table.add(.alertAsSource, to: source, slice: slice, isProof: false)
      table.add(.alertAsTarget, to: destination, slice: slice, isProof: false)
    }
  }
}
