import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexRules

@Suite("Throttling, against its definition")
struct ThrottlePropertyTests {
    private typealias State = ThrottleState<String>

    /// What the definition says of one key's events, in order: no state, no deadlines.
    private func naive(_ events: [State.Event], _ form: Throttle.Form) -> [State.Outcome] {
        var outcomes: [State.Outcome] = []
        var rest = events[...]
        switch form {
        case .onceWithin(let length):
            while let first = rest.first {
                let held = rest.dropFirst().prefix { $0.time < first.time + length }
                outcomes.append(release(first, at: first.time, [first]))
                if !held.isEmpty {
                    outcomes.append(
                        .lapse(
                            State.Outcome.Lapse(
                                key: first.key, since: first.time, at: first.time + length, heldBack: held.count)))
                }
                rest = rest.dropFirst(1 + held.count)
            }
        case .onceAfter(let length):
            while let first = rest.first {
                let gathered = rest.prefix { $0.time < first.time + length }
                outcomes.append(release(first, at: first.time + length, Array(gathered)))
                rest = rest.dropFirst(gathered.count)
            }
        case .accumulate(within: let length, let threshold):
            var start = 0
            for place in events.indices {
                let first = place - threshold + 1
                guard first >= start, events[first].time + length > events[place].time else { continue }
                outcomes.append(release(events[place], at: events[place].time, Array(events[first...place])))
                start = place + 1
            }
        }
        return outcomes
    }

    private func release(_ event: State.Event, at time: Timestamp, _ all: [State.Event]) -> State.Outcome {
        let times = all.map(\.time)
        return .release(
            State.Outcome.Release(
                event: event, at: time, count: all.count,
                span: (times.min() ?? time)...(times.max() ?? time)))
    }

    private func sorted(_ outcomes: [State.Outcome]) -> [String] { outcomes.map { "\($0)" }.sorted() }

    @Test("whatever the order within what is allowed, and over restarts, it is what the definition says")
    func equivalence() throws {
        var generator = SplitMix64(seed: 29)
        for round in 0..<240 {
            let length = TimeSpan(milliseconds: .random(in: 1...12, using: &generator))
            let form: Throttle.Form =
                switch round % 3 {
                case 0: .onceWithin(length)
                case 1: .onceAfter(length)
                default: .accumulate(within: length, threshold: .random(in: 2...4, using: &generator))
                }
            let allowed = round % 4 == 0 ? Int64(0) : .random(in: 1...9, using: &generator)
            var events: [State.Event] = []
            var time: Int64 = 0
            for number in 0..<60 {
                time += .random(in: 0...3, using: &generator)
                events.append(
                    State.Event(
                        id: "\(number + 100)", key: Labels(["k": "\(Int.random(in: 0..<3, using: &generator))"]),
                        time: Timestamp(milliseconds: time), payload: "p\(number)"))
            }
            // Each comes late by up to what is allowed, some twice; sorting by arrival mixes them up.
            var arrivals = events.map { (at: $0.time.milliseconds + .random(in: 0...allowed, using: &generator), $0) }
            if allowed > 0 { arrivals += arrivals.filter { _ in Int.random(in: 0..<8, using: &generator) == 0 } }
            if allowed > 0 { arrivals.shuffle(using: &generator) }
            arrivals.sort { $0.at < $1.at }
            var state = State(Throttle(form), allowLate: TimeSpan(milliseconds: allowed))
            var outcomes: [State.Outcome] = []
            for place in arrivals.indices {
                outcomes += state.take(arrivals[place].1)
                let isLastOfMoment = place + 1 == arrivals.count || arrivals[place + 1].at > arrivals[place].at
                if isLastOfMoment, Bool.random(using: &generator) {
                    let passed = state.advance(to: Timestamp(milliseconds: arrivals[place].at))
                    #expect(passed.map(\.at) == passed.map(\.at).sorted())
                    outcomes += passed
                }
                if Int.random(in: 0..<10, using: &generator) == 0 {
                    state = try JSONDecoder().decode(State.self, from: JSONEncoder().encode(state))
                }
            }
            while let deadline = state.nextDeadline { outcomes += state.advance(to: deadline) }
            let keys = Set(events.map(\.key))
            let expected = keys.flatMap { key in naive(events.filter { $0.key == key }, form) }
            #expect(sorted(outcomes) == sorted(expected), "\(form) allowing \(allowed)")
            #expect(state.statistics.late == 0)
            #expect(state.statistics.duplicates == arrivals.count - events.count)
            #expect(state.keyCount == 0)
        }
    }

    @Test("of all orders in which events can come, each gives the same")
    func permutations() {
        var generator = SplitMix64(seed: 31)
        for form in [
            Throttle.Form.onceWithin(.seconds(4)), .onceAfter(.seconds(4)),
            .accumulate(within: .seconds(4), threshold: 3),
        ] {
            let events = [0, 1, 1, 3, 4, 5, 9].enumerated().map { number, time in
                State.Event(id: "\(number)", key: Labels(), time: second(time), payload: "\(number)")
            }
            var seen: Set<[String]> = []
            for _ in 0..<200 {
                var state = State(Throttle(form), allowLate: .seconds(20))
                var outcomes = events.shuffled(using: &generator).flatMap { state.take($0) }
                outcomes += state.advance(to: second(60))
                seen.insert(outcomes.map { "\($0)" })
            }
            #expect(seen.count == 1)
            #expect(seen.first?.isEmpty == false)
        }
    }
}
