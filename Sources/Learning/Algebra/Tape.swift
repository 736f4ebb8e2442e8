/// Computations on matrices, recorded so that the gradient of a result can be found by going back
/// through them (reverse-mode differentiation; Linnainmaa 1976, doi:10.1007/BF01931367).
///
/// Each operation says in its extension what it computes and what it hands back.
package final class Tape {
  /// A matrix that is on a tape.
  package struct Variable: Sendable {
    fileprivate let place: Int
  }

  private struct Entry {
    let value: Matrix
    var gradient: Matrix?
    let needsGradient: Bool
    /// Takes the gradient of this value and adds to those that it was made of.
    let handBack: ((Matrix, Tape) -> Void)?
  }

  private var entries: [Entry] = []

  package init() {}

  /// What no gradient is wanted of.
  package func constant(_ value: Matrix) -> Variable {
    append(Entry(value: value, needsGradient: false, handBack: nil))
  }

  /// What is to be learned.
  package func parameter(_ value: Matrix) -> Variable {
    append(Entry(value: value, needsGradient: true, handBack: nil))
  }

  private func append(_ entry: Entry) -> Variable {
    entries.append(entry)
    return Variable(place: entries.count - 1)
  }

  package func value(_ variable: Variable) -> Matrix { entries[variable.place].value }

  /// Of the result that `differentiate` was given; zeros where it doesn't depend on the variable.
  package func gradient(_ variable: Variable) -> Matrix {
    entries[variable.place].gradient ?? zeros(like: variable)
  }

  private func zeros(like variable: Variable) -> Matrix {
    let value = entries[variable.place].value
    return Matrix(rowCount: value.rowCount, columnCount: value.columnCount)
  }

  /// Records what an operation made of its inputs.
  ///
  /// - Parameter handBack: takes the gradient of the value, and adds to those of the inputs.
  func record(
    _ value: Matrix, from inputs: [Variable], handBack: @escaping (Matrix, Tape) -> Void
  ) -> Variable {
    let isLearned = inputs.contains(where: needsGradient)
    return append(
      Entry(value: value, needsGradient: isLearned, handBack: isLearned ? handBack : nil))
  }

  func needsGradient(_ variable: Variable) -> Bool { entries[variable.place].needsGradient }

  /// Adds a matrix to a variable's gradient, where one is wanted.
  func addGradient(_ variable: Variable, _ change: @autoclosure () -> Matrix) {
    guard needsGradient(variable) else { return }
    if entries[variable.place].gradient == nil {
      entries[variable.place].gradient = change()
    } else {
      updateGradient(variable) { $0.add(change()) }
    }
  }

  /// Adds to a variable's gradient, where one is wanted.
  func updateGradient(_ variable: Variable, _ add: (inout Matrix) -> Void) {
    guard needsGradient(variable) else { return }
    var gradient = entries[variable.place].gradient.take() ?? zeros(like: variable)
    add(&gradient)
    entries[variable.place].gradient = gradient
  }

  /// Finds the gradients of a single number.
  package func differentiate(_ result: Variable) {
    precondition(value(result).numbers.count == 1, "the gradient of a single number")
    updateGradient(result) { $0.numbers[0] = 1 }
    for place in entries.indices.reversed() {
      guard let handBack = entries[place].handBack, let gradient = entries[place].gradient else {
        continue
      }
      handBack(gradient, self)
      // Nobody asks for that of an intermediate result.
      entries[place].gradient = nil
    }
  }
}
