import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexChanges

@Suite struct DeliveryTests {
    /// Monday, 2 March 2026, 00:00 UTC.
    private let monday = Timestamp(milliseconds: 1_772_409_600_000)

    private func deploy(
        _ id: String, at hours: Double, lasting: Double? = 0.5, _ outcome: Change.Outcome = .success,
        service: String = "shop", committed: Double? = nil, harm: ChangeOutcome.Harm = .harmless,
        incidents: [DeliveredChange.Disruption] = [], kind: Change.Kind = .deploy
    ) -> DeliveredChange {
        DeliveredChange(
            Change(
                id: id, kind: kind, service: service, environment: "production", startedAt: hour(at: hours),
                endedAt: lasting.map { hour(at: hours + $0) }, outcome: outcome,
                committedAt: committed.map { hour(at: $0) }),
            harm: harm, incidents: incidents)
    }

    private func hour(at hours: Double) -> Timestamp { monday + TimeSpan(milliseconds: Int64(hours * 3_600_000)) }

    private func figures(_ changes: [DeliveredChange], hours: Double = 240) -> DeliveryFigures {
        Delivery(changes).figures(since: monday, until: hour(at: hours))
    }

    @Test("ten days of one service, counted by hand")
    func byHand() {
        let all = figures([
            deploy("a", at: 1, committed: -1),
            deploy("b", at: 25, committed: 20, harm: .harmful),
            deploy("c", at: 30, committed: 29),
            deploy("d", at: 50, .failure, committed: 0),
            deploy("e", at: 51),
            deploy("f", at: 100, lasting: 2, .rolledBack, committed: 90),
            deploy("g", at: 120, harm: .open),
            deploy("h", at: 130, lasting: nil, .pending),
            deploy("flag", at: 2, harm: .harmful, kind: .flag),
        ])
        #expect(all.finished == 7)
        #expect(all.pending == 1)
        #expect(all.undecided == 1)
        #expect(all.frequency == .init(deploys: 6, days: 10, activeDays: 5, perDay: 0.6))
        // Lead times 2.5, 5.5, 1.5 and 12 hours; of two deploys it is not known.
        #expect(all.leadTime.known == 4)
        #expect(all.leadTime.of == 6)
        #expect(all.leadTime.median == 14_400.0)
        #expect(abs((all.leadTime.p90 ?? 0) - (5.5 + 0.7 * 6.5) * 3_600) < 1e-6)
        #expect(all.changeFailure.count == 3)
        #expect(all.changeFailure.of == 7)
        // b from 25 to the end of c at 30.5, d from 50 to 51.5, f from 100 to 102 when it had been undone.
        // The second of 1.5, 2 and 5.5 hours, and four fifths of the way from there to the third.
        #expect(all.restore == DeliveryFigures.Durations(known: 3, of: 3, median: 7_200, p90: 17_280))
        // c after b, e after d, g after f.
        #expect(all.rework.count == 3)
        #expect(all.rework.of == 6)
        #expect(all.bands == DeliveryBands(perDay: 0.6, leadTime: 4 * 3_600, failureRate: 3.0 / 7, restore: 2 * 3_600))
    }

    @Test("no deploys, or a span without length, have no figures and no bands")
    func empty() {
        for figures in [figures([]), Delivery([]).figures(since: monday, until: monday)] {
            #expect(figures.finished == 0)
            #expect(figures.leadTime == .init(known: 0, of: 0, median: nil, p90: nil))
            #expect(figures.changeFailure == .init(count: 0, of: 0, rate: nil, low: nil, high: nil))
            #expect(figures.restore.median == nil)
            #expect(figures.bands == DeliveryBands(perDay: nil, leadTime: nil, failureRate: nil, restore: nil))
            #expect(figures.bands.frequency == nil)
        }
        #expect(Delivery([deploy("a", at: 0)]).figures(since: monday, until: monday).frequency.perDay == 0)
    }

    @Test("a deploy belongs to the span in which it ends, and its repair may lie after it")
    func borders() {
        let changes = [
            deploy("before", at: -1, lasting: 0.5), deploy("into", at: -1, lasting: 1),
            deploy("last", at: 239, lasting: 0.9, harm: .harmful), deploy("out", at: 239.5, lasting: 0.5),
            deploy("running", at: -1, lasting: nil, .pending),
        ]
        let inside = figures(changes)
        #expect(inside.finished == 2)
        #expect(inside.pending == 0)
        #expect(inside.restore.known == 1)
        #expect(inside.restore.median == 3_600.0)
    }

    @Test("an incident is over when it is resolved; while it is not, the next successful deploy is the end")
    func incidents() {
        func restore(_ incidents: [DeliveredChange.Disruption], _ outcome: Change.Outcome = .success) -> Double? {
            figures([
                deploy("a", at: 1, outcome, harm: .harmful, incidents: incidents),
                deploy("other", at: 1.6, service: "till"), deploy("b", at: 9.5),
            ]).restore.median
        }
        func from(_ start: Double, to end: Double?) -> DeliveredChange.Disruption {
            .init(startedAt: hour(at: start), resolvedAt: end.map { hour(at: $0) })
        }
        #expect(restore([from(2, to: 5)]) == 3.0 * 3_600)
        #expect(restore([from(2, to: 5), from(3, to: 7)]) == 5.0 * 3_600)
        #expect(restore([from(2, to: nil)]) == 8.0 * 3_600)
        #expect(restore([from(2, to: 5), from(3, to: nil)]) == 8.0 * 3_600)
        #expect(restore([]) == 9.0 * 3_600)
        #expect(restore([], .rolledBack) == 0.5 * 3_600)
        #expect(restore([from(1.2, to: 3.2)], .rolledBack) == 2.0 * 3_600)
    }

    @Test("Wilson's interval holds the rate and is never outside 0 to 1")
    func interval() throws {
        // Wilson 1927, by hand: 1 of 10 is 1.79 % to 40.42 %.
        let tenth = DeliveryFigures.Share(1, of: 10)
        #expect(abs(try #require(tenth.low) - 0.0178762) < 1e-6)
        #expect(abs(try #require(tenth.high) - 0.4041500) < 1e-6)
        for whole in 1...40 {
            for count in 0...whole {
                let share = DeliveryFigures.Share(count, of: whole)
                let (low, rate, high) = (share.low ?? -1, share.rate ?? -1, share.high ?? 2)
                #expect(0 <= low && low <= rate && rate <= high && high <= 1)
            }
        }
    }

    @Test(
        "DORA's bands have their limits",
        arguments: [
            (1.0, DeliveryBands.Band.elite), (0.99, .high), (1.0 / 7, .high), (0.14, .medium), (1.0 / 30, .medium),
            (0.03, .low),
        ])
    func bands(perDay: Double, band: DeliveryBands.Band) {
        #expect(DeliveryBands(perDay: perDay, leadTime: nil, failureRate: nil, restore: nil).frequency == band)
    }

    @Test("the other bands: a day, a week, a month; 5, 10, 15 %; an hour, a day, a week")
    func otherBands() {
        func bands(_ lead: Double, _ rate: Double, _ restore: Double) -> [DeliveryBands.Band?] {
            let bands = DeliveryBands(perDay: nil, leadTime: lead, failureRate: rate, restore: restore)
            return [bands.leadTime, bands.changeFailure, bands.restore]
        }
        let day = 86_400.0
        #expect(bands(day - 1, 0.05, 3_599) == [.elite, .elite, .elite])
        #expect(bands(day, 0.1, 3_600) == [.high, .high, .high])
        #expect(bands(7 * day, 0.15, day) == [.medium, .medium, .medium])
        #expect(bands(30 * day, 0.16, 7 * day) == [.low, .low, .low])
    }

    @Test("weeks begin on Monday in UTC; the first and the last are cut off where the span begins and ends")
    func weeks() {
        let weeks = Delivery.weeks(since: hour(at: 30), until: hour(at: 24 * 16))
        #expect(weeks.map(\.since) == [hour(at: 30), hour(at: 24 * 7), hour(at: 24 * 14)])
        #expect(weeks.map(\.until) == [hour(at: 24 * 7), hour(at: 24 * 14), hour(at: 24 * 16)])
        #expect(Delivery.weeks(since: monday, until: monday).isEmpty)
        let old = Timestamp(milliseconds: -1)
        #expect(Delivery.weeks(since: old, until: Timestamp(milliseconds: 0)).count == 1)
    }

    @Test("a report has the whole, services and teams, of which the deploys add up, and knows the environment")
    func report() {
        var staging = deploy("s", at: 3)
        staging.change.environment = "staging"
        let changes = [
            deploy("a", at: 1), deploy("b", at: 2, service: "till"), deploy("c", at: 4, service: "db"), staging,
        ]
        let question = DeliveryReport.Question(
            environment: "production", since: monday, until: hour(at: 24 * 14), isByWeek: true)
        let report = DeliveryReport(question, changes, owners: ["shop": "web", "till": "web"])
        #expect(report.whole.finished == 3)
        #expect(report.services.map(\.name) == ["db", "shop", "till"])
        #expect(report.teams.map(\.name) == ["web"])
        #expect(report.teams.first?.figures.finished == 2)
        #expect(report.weeks.map(\.finished) == [3, 0])
        var team = question
        team.team = "web"
        team.environment = nil
        #expect(DeliveryReport(team, changes, owners: ["shop": "web", "till": "web"]).whole.finished == 3)
    }

    @Test("the order of the changes does not matter, and weeks add up to the whole")
    func properties() {
        var lots = SplitMix64(seed: 5)
        for _ in 0..<50 {
            let changes = (0..<40).map { number in
                deploy(
                    "d\(number)", at: Double(lots.next() % 1_000) / 2, lasting: Double(lots.next() % 3),
                    Change.Outcome.allCases[Int(lots.next() % 4)], service: "s\(lots.next() % 3)",
                    committed: lots.next() % 2 == 0 ? nil : -5,
                    harm: ChangeOutcome.Harm.allCases[Int(lots.next() % 3)])
            }
            let until = hour(at: 24 * 28)
            let whole = Delivery(changes).figures(since: monday, until: until)
            #expect(Delivery(changes.shuffled(using: &lots)).figures(since: monday, until: until) == whole)
            let weeks = Delivery.weeks(since: monday, until: until).map {
                Delivery(changes).figures(since: $0.since, until: $0.until)
            }
            #expect(weeks.reduce(0) { $0 + $1.finished } == whole.finished)
            #expect(weeks.reduce(0) { $0 + $1.changeFailure.count } == whole.changeFailure.count)
            #expect(weeks.reduce(0) { $0 + $1.rework.count } == whole.rework.count)
        }
    }
}
