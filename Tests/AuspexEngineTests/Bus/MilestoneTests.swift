import Testing

@testable import AuspexEngine

@Suite(.timeLimit(.minutes(1))) struct MilestoneTests {
    @Test("those who wait go on when their position is reached, and not before")
    func waiting() async {
        let milestone = Milestone(3)
        #expect(await milestone.wait(for: 3, atMost: .seconds(50)))
        await withTaskGroup(of: (Int64, Bool).self) { group in
            for position in [4, 5, 9] as [Int64] {
                group.addTask { (position, await milestone.wait(for: position, atMost: .seconds(50))) }
            }
            milestone.reach(5)
            var done: Set<Int64> = []
            for _ in 0..<2 {
                guard let (position, isReached) = await group.next() else { break }
                #expect(isReached)
                done.insert(position)
            }
            #expect(done == [4, 5])
            group.cancelAll()
            #expect(await group.next()?.1 == false)
        }
    }

    @Test("who has waited for long enough hears that it was in vain")
    func late() async {
        #expect(await !Milestone(0).wait(for: 1, atMost: .milliseconds(1)))
    }
}
