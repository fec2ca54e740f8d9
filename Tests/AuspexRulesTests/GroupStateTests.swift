import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexRules

@Suite("The life of an alert")
struct GroupStateTests {
    private typealias Answer = RuleEvaluation.Answer

    /// An answer for one of a few series at one of a few moments.
    private struct Step {
        var tick: Int64
        var series: Int
        var answer: Answer
    }

    /// What became of a sequence of steps: each transition with its moment.
    private struct Change: Hashable, CustomStringConvertible {
        var transition: GroupState.Transition
        var tick: Int64
        var description: String { "\(transition)@\(tick)" }
    }

    private static let series = (0..<3).map { load("\($0)") }

    private func fact(_ step: Step) -> Fact {
        .metric(
            MetricFact(
                labels: Self.series[step.series],
                reading: Reading(time: Timestamp(milliseconds: step.tick), value: 0)))
    }

    /// The machine, driven as the engine drives it.
    private func run(_ steps: [Step], until end: Int64, _ timing: GroupState.Timing) -> [Change] {
        var state: GroupState?
        var changes: [Change] = []
        func note(_ transitions: [GroupState.Transition]) {
            guard let current = state else { return }
            for transition in transitions {
                let time =
                    switch transition {
                    case .pending: current.startedAt
                    case .firing: current.firedAt ?? current.startedAt
                    case .resolved: if case .over(let time, _) = current.phase { time } else { current.startedAt }
                    }
                changes.append(Change(transition: transition, tick: time.milliseconds))
            }
            if current.isOver { state = nil }
        }
        for step in steps {
            let fact = fact(step)
            let member = fact.labels.id
            note(state?.pass(before: fact.time) ?? [])
            if state != nil {
                note(state?.answer(step.answer, member, fact, timing: timing) ?? [])
            } else if step.answer == .holds || (step.answer == .lost && timing.missingData == .fire) {
                let (begun, transitions) = GroupState.begin(Labels(), member, fact, timing: timing)
                state = begun
                note(transitions)
            }
        }
        let last = Timestamp(milliseconds: end)
        while let deadline = state?.deadline, deadline <= last { note(state?.pass(upTo: last) ?? []) }
        return changes
    }

    /// The same by going through time tick by tick and asking, at the end of each, what holds.
    private func naive(_ steps: [Step], until end: Int64, _ timing: GroupState.Timing) -> [Change] {
        enum Answered { case holds, silent }
        var answers: [Int: Answered] = [:]
        var changes: [Change] = []
        var start: Int64?
        var isFiring = false
        var endedAt: Int64?
        var due: Int64 = 0
        var pausedFor: Int64?
        for tick in 0...end {
            for step in steps where step.tick == tick {
                switch (step.answer, timing.missingData) {
                case (.holds, _), (.lost, .fire): answers[step.series] = .holds
                case (.fails, _), (.lost, .resolve): answers[step.series] = nil
                case (.lost, .hold), (.unknown, _): if answers[step.series] != nil { answers[step.series] = .silent }
                case (.ended, _): break
                }
            }
            let holds = !answers.isEmpty
            let isSilent = !answers.values.contains(.holds)
            if start == nil, holds {
                start = tick
                due = tick + timing.hold.milliseconds
                if due > tick { changes.append(Change(transition: .pending, tick: tick)) }
            }
            guard start != nil else { continue }
            if !isFiring {
                if !holds {
                    changes.append(Change(transition: .resolved, tick: tick))
                    (start, pausedFor) = (nil, nil)
                } else {
                    if let remaining = pausedFor, !isSilent { (due, pausedFor) = (tick + remaining, nil) }
                    if pausedFor == nil, tick >= due {
                        changes.append(Change(transition: .firing, tick: tick))
                        isFiring = true
                    } else if pausedFor == nil, isSilent {
                        pausedFor = due - tick
                    }
                }
            }
            if isFiring {
                if holds { endedAt = nil } else { endedAt = endedAt ?? tick }
                if let ended = endedAt, tick - ended >= timing.keepFiring.milliseconds {
                    changes.append(Change(transition: .resolved, tick: tick))
                    (start, isFiring, endedAt) = (nil, false, nil)
                }
            }
        }
        return changes
    }

    @Test("agrees with its naive twin on random lives", arguments: Rule.MissingData.allCases)
    func twin(missingData: Rule.MissingData) {
        var generator = SplitMix64(seed: 7)
        let end: Int64 = 60
        for round in 0..<1_000 {
            let timing = GroupState.Timing(
                hold: TimeSpan(milliseconds: .random(in: 0...8, using: &generator)),
                keepFiring: TimeSpan(milliseconds: .random(in: 0...6, using: &generator)), missingData: missingData)
            var steps: [Step] = []
            for tick in 0...end {
                for series in 0..<Int.random(in: 1...3, using: &generator)
                where Int.random(in: 0..<3, using: &generator) == 0 {
                    let answers: [Answer] = [.holds, .holds, .fails, .fails, .lost, .unknown]
                    steps.append(
                        Step(tick: tick, series: series, answer: answers.randomElement(using: &generator) ?? .holds))
                }
            }
            let found = run(steps, until: end, timing)
            let expected = naive(steps, until: end, timing)
            guard found == expected else {
                Issue.record("round \(round), \(timing): \(found), not \(expected); \(steps)")
                return
            }
        }
    }

    @Test("the order of the facts of one moment does not matter")
    func orderWithinMoment() {
        var generator = SplitMix64(seed: 11)
        let timing = GroupState.Timing(hold: TimeSpan(milliseconds: 3), keepFiring: TimeSpan(milliseconds: 2))
        for _ in 0..<400 {
            var steps: [Step] = []
            for tick in 0..<Int64(40) {
                for series in 0..<3 {
                    steps.append(
                        Step(tick: tick, series: series, answer: Bool.random(using: &generator) ? .holds : .fails))
                }
            }
            var mixed = steps.shuffled(using: &generator)
            mixed.sort { $0.tick < $1.tick }
            #expect(run(steps, until: 60, timing) == run(mixed, until: 60, timing))
        }
    }

    @Test("a late answer of a series changes nothing")
    func late() {
        let timing = GroupState.Timing(hold: .zero, keepFiring: .zero)
        let steps = [
            Step(tick: 5, series: 0, answer: .holds), Step(tick: 3, series: 0, answer: .fails),
            Step(tick: 9, series: 0, answer: .fails),
        ]
        #expect(run(steps, until: 20, timing).map(\.description) == ["firing@5", "resolved@9"])
    }

    @Test("a moment fires for as long as it is kept, and one that comes late does not shorten that")
    func momentary() {
        let timing = GroupState.Timing(hold: .zero, keepFiring: TimeSpan(milliseconds: 10), isMomentary: true)
        let steps = [
            Step(tick: 5, series: 0, answer: .holds), Step(tick: 9, series: 0, answer: .holds),
            Step(tick: 7, series: 0, answer: .holds),
        ]
        #expect(run(steps, until: 30, timing).map(\.description) == ["firing@5", "resolved@19"])
    }
}
