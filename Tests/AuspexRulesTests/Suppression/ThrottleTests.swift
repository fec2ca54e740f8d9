import AuspexSignals
import Foundation
import Testing

@testable import AuspexRules

@Suite("Throttling")
struct ThrottleTests {
    typealias State = ThrottleState<String>

    private let once = Throttle(.onceWithin(.seconds(10)))
    private let gather = Throttle(.onceAfter(.seconds(10)))
    private let count = Throttle(.accumulate(within: .seconds(10), threshold: 3))

    private func event(_ time: Int64, key: String = "a", id: String? = nil) -> State.Event {
        State.Event(id: id ?? "\(key)\(time)", key: Labels(["host": key]), time: second(time), payload: "p\(time)")
    }

    @Test("once_within lets the first through and counts the others until its time is over")
    func onceWithin() {
        var state = State(once)
        #expect(state.take(event(0)).map(\.brief) == ["p0 x1 @0"])
        #expect(state.take(event(3)).isEmpty)
        #expect(state.take(event(9)).isEmpty)
        #expect(state.take(event(4, key: "b")).map(\.brief) == ["p4 x1 @4"])
        #expect(state.nextDeadline == second(10))
        #expect(state.advance(to: second(9)).isEmpty)
        #expect(state.advance(to: second(10)).map(\.brief) == ["2 held back @10"])
        #expect(state.advance(to: second(14)).isEmpty)
        #expect(state.keyCount == 0)
        #expect(state.take(event(20)).map(\.brief) == ["p20 x1 @20"])
        #expect(state.statistics.released == 3)
        #expect(state.statistics.heldBack == 2)
    }

    @Test("what comes at the end of a window belongs to the next")
    func edges() {
        var state = State(once)
        _ = state.take(event(0))
        _ = state.take(event(1))
        #expect(state.take(event(10)).map(\.brief) == ["1 held back @10", "p10 x1 @10"])
        state = State(gather)
        _ = state.take(event(0))
        #expect(state.take(event(10)).map(\.brief) == ["p0 x1 @10"])
        state = State(count)
        _ = state.take(event(0))
        _ = state.take(event(5))
        #expect(state.take(event(10)).isEmpty)
        #expect(state.take(event(14)).map(\.brief) == ["p14 x3 @14"])
    }

    @Test("once_after lets one through at the end of its window, and says how many came")
    func onceAfter() {
        var state = State(gather)
        #expect(state.take(event(0)).isEmpty)
        #expect(state.take(event(2)).isEmpty)
        #expect(state.take(event(8)).isEmpty)
        #expect(state.nextDeadline == second(10))
        let outcomes = state.advance(to: second(30))
        #expect(outcomes.map(\.brief) == ["p0 x3 @10"])
        guard case .release(let release)? = outcomes.first else { return }
        #expect(release.span == second(0)...second(8))
        #expect(state.nextDeadline == nil)
    }

    @Test("accumulate_within counts in a sliding window, and begins anew after its threshold")
    func accumulate() {
        var state = State(count)
        let times: [Int64] = [0, 8, 12, 13, 14, 15, 16, 40]
        #expect(times.flatMap { state.take(event($0)) }.map(\.brief) == ["p13 x3 @13", "p16 x3 @16"])
        #expect(state.take(event(40)).isEmpty)
        #expect(state.statistics.duplicates == 1)
        #expect(state.take(event(41)).isEmpty)
        #expect(state.advance(to: second(51)).isEmpty)
        #expect(state.keyCount == 0)
    }

    @Test("with time to wait, the order in which events come does not matter, nor that one comes twice")
    func waiting() {
        var state = State(once, allowLate: .seconds(5))
        #expect(state.take(event(4)).isEmpty)
        #expect(state.take(event(2)).isEmpty)
        #expect(state.take(event(4)).isEmpty)
        #expect(state.statistics.duplicates == 1)
        #expect(state.nextDeadline == second(7))
        #expect(state.advance(to: second(6)).isEmpty)
        #expect(state.advance(to: second(7)).map(\.brief) == ["p2 x1 @2"])
        #expect(state.advance(to: second(17)).map(\.brief) == ["1 held back @12"])
    }

    @Test("an event that comes too late is counted in the window that is open")
    func late() {
        var state = State(once, allowLate: .seconds(5))
        _ = state.take(event(10))
        _ = state.advance(to: second(16))
        #expect(state.take(event(8)).isEmpty)
        #expect(state.statistics.late == 1)
        #expect(state.advance(to: second(25)).map(\.brief) == ["1 held back @20"])
        var gathering = State(gather)
        _ = gathering.advance(to: second(30))
        // Its window is over before it comes, and nothing would ever let it go.
        #expect(gathering.take(event(8)).map(\.brief) == ["p8 x1 @18"])
        #expect(gathering.nextDeadline == nil)
    }

    @Test("time does not go back")
    func backwards() {
        var state = State(gather)
        _ = state.advance(to: second(20))
        #expect(state.advance(to: second(5)).isEmpty)
        _ = state.take(event(21))
        #expect(state.advance(to: second(20)).isEmpty)
        #expect(state.advance(to: second(31)).map(\.brief) == ["p21 x1 @31"])
    }

    @Test("the ends of time are no trap")
    func extremes() {
        for throttle in [once, gather, count] {
            var state = State(throttle, allowLate: .seconds(5))
            for time in [Int64.min, Int64.min + 1, 0, Int64.max - 1, Int64.max] {
                let id = "\(time)"
                let event = State.Event(
                    id: id, key: Labels(), time: Timestamp(milliseconds: time), payload: id)
                _ = state.take(event)
                _ = state.advance(to: Timestamp(milliseconds: time))
            }
            _ = state.replace(with: once, at: Timestamp(milliseconds: .max))
            #expect(state.keyCount == 0)
        }
    }

    // MARK: Bounds

    @Test("with too many keys the oldest is forgotten, and what it gathered goes out")
    func keys() {
        var state = State(gather)
        for number in 0..<State.mostKeys {
            #expect(state.take(event(Int64(number % 5), key: "k\(number)", id: "\(number)")).isEmpty)
        }
        let outcomes = state.take(event(6, key: "new"))
        #expect(outcomes.map(\.brief) == ["p0 x1 @6"])
        #expect(state.keyCount == State.mostKeys)
        #expect(state.statistics.forgottenKeys == 1)
        #expect(state.advance(to: second(100)).count == State.mostKeys)
    }

    @Test("a key whose window is over makes room without being counted as forgotten")
    func room() {
        var state = State(once)
        for number in 0..<State.mostKeys { _ = state.take(event(0, key: "k\(number)")) }
        _ = state.take(event(10, key: "new"))
        #expect(state.statistics.forgottenKeys == 0)
        #expect(state.keyCount == State.mostKeys)
    }

    @Test("with too many waiting the oldest is decided early")
    func hurry() {
        var state = State(once, allowLate: .seconds(5))
        for number in 0..<State.mostWaiting { #expect(state.take(event(1, key: "k\(number)")).isEmpty) }
        #expect(state.take(event(0, key: "z")).map(\.brief) == ["p0 x1 @0"])
        #expect(state.statistics.hurried == 1)
    }

    @Test("deadlines that no longer hold do not pile up")
    func deadlines() {
        var state = State(Throttle(.accumulate(within: .seconds(10), threshold: 1_000)))
        for time in 0..<Int64(5_000) { #expect(state.take(event(time)).isEmpty) }
        #expect(state.deadlineCount <= 66)
        #expect(state.nextDeadline == second(5_009))
    }

    // MARK: Change and restart

    @Test("another throttle lets go what this one kept")
    func replacement() {
        var state = State(gather, allowLate: .seconds(5))
        _ = state.take(event(0))
        _ = state.take(event(1, key: "b"))
        #expect(state.replace(with: gather, allowLate: .seconds(1), at: second(2)).isEmpty)
        #expect(state.replace(with: once, at: second(2)).map(\.brief) == ["p0 x1 @2", "p1 x1 @2"])
        #expect(state.nextDeadline == nil)
        #expect(state.take(event(3)).map(\.brief) == ["p3 x1 @3"])
    }

    @Test("a snapshot is the same for the same state, and no state is lost in it")
    func snapshot() throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        for throttle in [once, gather, count] {
            var state = State(throttle, allowLate: .seconds(5))
            for number in 0..<Int64(50) { _ = state.take(event(number / 2, key: "k\(number % 7)")) }
            _ = state.advance(to: second(20))
            let data = try encoder.encode(state)
            var copy = try JSONDecoder().decode(State.self, from: data)
            #expect(try encoder.encode(copy) == data)
            #expect(copy.nextDeadline == state.nextDeadline)
            #expect(copy.advance(to: second(60)) == state.advance(to: second(60)))
        }
    }
}

extension ThrottleOutcome {
    /// `p3 x2 @5`: payload, how many and when; or `2 held back @5`.
    var brief: String {
        switch self {
        case .release(let release): "\(release.event.payload) x\(release.count) @\(release.at.milliseconds / 1_000)"
        case .lapse(let lapse): "\(lapse.heldBack) held back @\(lapse.at.milliseconds / 1_000)"
        }
    }
}
