import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexLogs

@Suite struct WindowTalliesTests {
    private typealias Tallies = WindowTallies<Int>

    private func seconds(_ count: Int64) -> Timestamp { Timestamp(milliseconds: count * 1_000) }

    private func tallies(lateness: Int64 = 0) -> Tallies {
        WindowTallies(length: .seconds(10), lateness: .seconds(lateness))
    }

    @discardableResult
    private func add(_ second: Int64, to tallies: inout Tallies) -> [[Int?]] {
        tallies.add(at: seconds(second), default: 0) { count, _ in count += 1 }.map { [Int($0.number), $0.tally] }
    }

    @Test("windows begin at multiples of their length, also before 1970")
    func borders() {
        var tallies = tallies()
        add(-11, to: &tallies)
        #expect(add(-10, to: &tallies) == [[-2, 1]])
        #expect(add(0, to: &tallies) == [[-1, 1]])
        #expect(tallies.end(of: -1) == seconds(0))
    }

    @Test("windows without lines are given too, but not those of a long absence")
    func empty() {
        var tallies = tallies()
        add(5, to: &tallies)
        #expect(add(35, to: &tallies) == [[0, 1], [1, nil], [2, nil]])
        let away = tallies.add(at: seconds(10_000), default: 0) { count, _ in count += 1 }
        #expect(away.map(\.number) == [3])
        let next = tallies.advance(to: seconds(10_010))
        #expect(next.map(\.isAfterGap) == [true])
        #expect(tallies.advance(to: seconds(10_020)).map(\.isAfterGap) == [false])
    }

    @Test("the order of lines does not matter within the lateness", arguments: 0..<5)
    func order(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let times = (0..<300).map { Int64($0) }
        // No line moves more than 14 seconds, so that none is later than the 30 that are allowed.
        let shuffled = times.map { (Double($0) + 14 * random.uniform(), $0) }.sorted { $0.0 < $1.0 }.map(\.1)
        var (one, other) = (tallies(lateness: 30), tallies(lateness: 30))
        let expected =
            times.flatMap { add($0, to: &one) } + one.advance(to: seconds(400)).map { [Int($0.number), $0.tally] }
        let found =
            shuffled.flatMap { add($0, to: &other) }
            + other.advance(to: seconds(400)).map { [Int($0.number), $0.tally] }
        #expect(expected == found)
        #expect(other.lateLines == 0)
    }

    @Test("late lines are counted, and after many in a row time goes on from them")
    func clockGoesBack() {
        var tallies = tallies()
        add(1_000_000, to: &tallies)
        for line in 1..<Tallies.patience {
            #expect(add(100, to: &tallies).isEmpty)
            #expect(tallies.lateLines == UInt64(line))
        }
        #expect(tallies.restarts == 0)
        add(100, to: &tallies)
        #expect(tallies.restarts == 1)
        #expect(add(110, to: &tallies) == [[10, 1]])
    }

    @Test("times at the ends of their range do no harm")
    func extremes() {
        var tallies = tallies()
        for time in [Int64.min, .max, 0, .min, .max] {
            _ = tallies.add(at: Timestamp(milliseconds: time), default: 0) { count, _ in count += 1 }
            _ = tallies.advance(to: Timestamp(milliseconds: time))
        }
        #expect(tallies.lateLines == 2)
    }
}
