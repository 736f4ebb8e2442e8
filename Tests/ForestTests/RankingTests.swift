import Testing

@testable import Forest

@Suite struct RankingTests {
  @Test("rows rank by falling score, in their order where scores tie")
  func ties() {
    #expect(ranking(byScore: [0.5, 0.7, 0.5, 0.9, 0.7]) == [3, 1, 4, 0, 2])
  }

  @Test("a budget goes to both rankings in turn, and to nothing twice")
  func turns() {
    #expect(sharedBudget([1, 2, 3, 4], [9, 1, 8, 2], count: 6) == [1, 9, 2, 8, 3, 4])
    #expect(sharedBudget([1, 2, 3], [1, 2, 3], count: 2) == [1, 2])
    #expect(sharedBudget(["a", "b"], ["z", "y"], count: 3) == ["a", "z", "b"])
  }

  @Test("when one ranking ends, the rest comes from the other")
  func uneven() {
    #expect(sharedBudget([1], [5, 6, 7], count: 9) == [1, 5, 6, 7])
    #expect(sharedBudget([5, 6, 7], [], count: 2) == [5, 6])
    #expect(sharedBudget([Int](), [], count: 4) == [])
    #expect(sharedBudget([1, 2], [3], count: 0) == [])
  }

  @Test("whatever the adjusted ranking says, the untouched one's first rows are within the budget")
  func untouchedHalf() {
    let untouched = Array(0..<100)
    for count in 0...40 {
      let taken = sharedBudget(untouched.reversed(), untouched, count: count)
      #expect(taken.count == count && Set(taken).count == count)
      #expect(untouched.prefix(count / 2).allSatisfy(taken.contains))
    }
  }
}
