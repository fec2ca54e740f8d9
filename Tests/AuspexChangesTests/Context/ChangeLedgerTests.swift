import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexChanges

@Suite struct ChangeLedgerTests {
    private func at(_ minutes: Int64) -> Timestamp { Timestamp(milliseconds: 0) + .minutes(minutes) }

    private func change(
        _ id: String, _ minutes: Int64, _ outcome: Change.Outcome = .success, service: String = "shop",
        environment: String = "production", version: String = "", author: String = "ada", kind: Change.Kind = .deploy
    ) -> Change {
        Change(
            id: id, kind: kind, service: service, environment: environment, version: version, author: author,
            startedAt: at(minutes), endedAt: outcome == .pending ? nil : at(minutes + 1), outcome: outcome)
    }

    @Test("nothing is said before any change has an outcome, and of nobody")
    func empty() {
        var ledger = ChangeLedger()
        ledger.take(change("a", 0, .pending))
        #expect(ledger.rate(ofService: "shop") == nil)
        ledger.take(change("a", 0, .failure))
        #expect(ledger.rate(ofService: "shop") == FailureRate(failures: 1, changes: 1, usual: 0.75))
        #expect(ledger.rate(ofService: "new") == FailureRate(failures: 0, changes: 0, usual: 0.75))
        #expect(ledger.rate(ofAuthor: "ada")?.failures == 1 && ledger.rate(ofAuthor: "") == nil)
    }

    @Test("a change counts once, by its last outcome, however often and in whatever order it is reported")
    func repeated() {
        let reports = [
            change("a", 0, .pending), change("a", 0, .success), change("b", 5, .success),
            change("b", 5, .rolledBack), change("c", 9, .failure, service: "mail", author: ""),
        ]
        let expected = FailureRate(failures: 1, changes: 2, usual: 2.5 / 4)
        for seed in UInt64(0)..<20 {
            var random = SplitMix64(seed: seed)
            var ledger = ChangeLedger()
            for report in (reports + [reports[1], reports[4]]).shuffled(using: &random) where report.id != "b" {
                ledger.take(report)
            }
            for report in reports where report.id == "b" { ledger.take(report) }
            #expect(ledger.rate(ofService: "shop") == expected)
            #expect(ledger.rate(ofAuthor: "ada") == expected)
            #expect(ledger.count == 3)
        }
    }

    @Test("the last deploy is the newest that is not the one asked about")
    func lastDeploy() {
        var ledger = ChangeLedger()
        ledger.take(change("a", 0, version: "v1"))
        ledger.take(change("b", 10, .failure, version: "v2"))
        ledger.take(change("c", 20, .pending, version: "v3"))
        ledger.take(change("d", 30, environment: "staging", version: "v4"))
        ledger.take(change("e", 40, kind: .flag))
        func last(_ environment: String, _ version: String = "", at minutes: Int64 = 100) -> String? {
            ledger.lastDeploy(of: "shop", to: environment, at: at(minutes), besides: [version])?.id
        }
        #expect(last("production") == "c" && last("production", "v3") == "b" && last("production", "v2") == "c")
        func besides(_ versions: String...) -> String? {
            ledger.lastDeploy(of: "shop", to: "production", at: at(100), besides: versions)?.id
        }
        #expect(besides("main", "v3") == "b" && besides("", "3") == "b" && besides("", "v4") == "c")
        #expect(ledger.lastDeploy(of: "shop", to: "production", at: at(100), isCarriedOut: true)?.id == "a")
        #expect(last("staging") == "d" && last("") == "d" && last("test") == nil)
        #expect(last("production", at: 5) == "a" && last("production", at: 0) == nil)
    }

    @Test("it forgets the oldest when there are too many, and then they count no more")
    func bounded() {
        var ledger = ChangeLedger()
        for number in 0..<ChangeLedger.most + 10 {
            ledger.take(
                change("\(number)", Int64(number), number < 10 ? .failure : .success, service: "s\(number % 7)"))
        }
        #expect(ledger.count == ChangeLedger.most)
        #expect(ledger.rate(ofAuthor: "ada")?.failures == 0)
        #expect(ledger.rate(ofAuthor: "ada")?.changes == ChangeLedger.most)
    }
}
