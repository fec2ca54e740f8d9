import AuspexSignals
import Testing

@testable import AuspexChanges

@Suite struct OutcomePolicyTests {
    private let noon = Timestamp(milliseconds: 1_772_366_400_000)
    private let policy = OutcomePolicy()

    private func change(_ outcome: Change.Outcome, ended: Bool = true) -> Change {
        Change(id: "d", service: "shop", startedAt: noon, endedAt: ended ? noon + .minutes(5) : nil, outcome: outcome)
    }

    private func decide(
        _ change: Change, after span: TimeSpan, known: ChangeOutcome? = nil, blame: Double? = nil,
        said: Bool? = nil
    ) -> ChangeOutcome {
        policy.outcome(
            of: change, known: known,
            incidents: blame.map { [BlamedIncident(incident: "inc-1", share: $0)] } ?? [],
            statement: said.map { OutcomeStatement(isHarmful: $0, by: "ann", reason: "seen", at: noon) },
            now: noon + span)
    }

    @Test("what failed or was rolled back is harmful at once", arguments: [Change.Outcome.failure, .rolledBack])
    func failed(outcome: Change.Outcome) {
        #expect(decide(change(outcome), after: .minutes(6)).harm == .harmful)
    }

    @Test("a change is harmless a week after its end and not a moment sooner, and never while nobody said it ran")
    func harmless() {
        let week = TimeSpan.minutes(7 * 24 * 60 + 5)
        #expect(decide(change(.success), after: TimeSpan(milliseconds: week.milliseconds - 1)).harm == .open)
        #expect(decide(change(.success), after: week).harm == .harmless)
        #expect(decide(change(.success, ended: false), after: .hours(7 * 24)).harm == .harmless)
        #expect(decide(change(.pending), after: .hours(24 * 365)).harm == .open)
    }

    @Test("enough blame for an incident makes it harmful, less does not, and the incident is named")
    func blame() {
        let harmful = decide(change(.success), after: .hours(1), blame: 0.4)
        #expect(harmful.harm == .harmful)
        #expect(harmful.reasons == ["40 % of the blame for incident inc-1"])
        #expect(harmful.incidents.map(\.incident) == ["inc-1"])
        let open = decide(change(.success), after: .hours(1), blame: 0.39)
        #expect(open.harm == .open)
        #expect(open.incidents.isEmpty)
    }

    @Test("what a person said wins over all of that", arguments: [true, false])
    func person(isHarmful: Bool) {
        for outcome in Change.Outcome.allCases {
            for blame in [nil, 1.0] {
                let said = decide(change(outcome), after: .hours(1), blame: blame, said: isHarmful)
                #expect(said.harm == (isHarmful ? .harmful : .harmless))
                #expect(said.reasons == ["ann said so: seen"])
            }
        }
    }

    @Test("one that was taken for harmless is corrected, and the time of a decision is when it was made first")
    func late() {
        let first = decide(change(.success), after: .hours(8 * 24))
        #expect(first.harm == .harmless)
        let again = decide(change(.success), after: .hours(9 * 24), known: first)
        #expect(again == first)
        let late = decide(change(.success), after: .hours(10 * 24), known: again, blame: 0.9)
        #expect(late.harm == .harmful)
        #expect(late.decidedAt == noon + .hours(10 * 24))
        #expect(late.reasons.last == "it had been taken for harmless since \(first.decidedAt.iso8601)")
        #expect(decide(change(.success), after: .hours(11 * 24), known: late, blame: 0.9) == late)
    }

    @Test("when the blame turns out to lie elsewhere the change is open again")
    func acquitted() {
        let harmful = decide(change(.success), after: .hours(1), blame: 0.9)
        #expect(decide(change(.success), after: .hours(2), known: harmful, blame: 0.1).harm == .open)
    }
}
