import AuspexSignals
import Testing

@testable import AuspexChanges

@Suite struct ChangeMergingTests {
    private func at(_ seconds: Int64) -> Timestamp { Timestamp(milliseconds: seconds * 1_000) }

    @Test("reports of one change may come in any order, and twice")
    func anyOrder() {
        let reports = [
            Change(id: "1", service: "shop", version: "v2", title: "Deploy", startedAt: at(10), source: "github"),
            Change(
                id: "1", service: "shop", environment: "production", version: "v2", startedAt: at(11),
                outcome: .pending,
                source: "github"),
            Change(
                id: "1", service: "shop", environment: "production", version: "v2", previousVersion: "v1",
                author: "ann", startedAt: at(10), endedAt: at(20), outcome: .success, source: "github"),
            Change(
                id: "1", service: "shop", version: "v2", startedAt: at(10), endedAt: at(30), outcome: .rolledBack,
                source: "github"),
        ]
        let expected = Change(
            id: "1", service: "shop", environment: "production", version: "v2", previousVersion: "v1", author: "ann",
            title: "Deploy", startedAt: at(10), endedAt: at(30), outcome: .rolledBack, source: "github")
        for order in permutations(reports) {
            guard let first = order.first else { continue }
            let merged = (order.dropFirst() + order).reduce(first) { $0.merged(with: $1) }
            #expect(merged == expected)
        }
    }

    @Test("a late report that it is pending undoes no outcome")
    func latePending() {
        let done = Change(id: "1", service: "s", startedAt: at(1), endedAt: at(5), outcome: .failure)
        let pending = Change(id: "1", service: "s", startedAt: at(1))
        #expect(done.merged(with: pending) == done)
        #expect(pending.merged(with: done) == done)
    }

    @Test("an outcome without a time is corrected by a later report")
    func correction() {
        let first = Change(id: "1", service: "s", startedAt: at(1), outcome: .success)
        let second = Change(id: "1", service: "s", startedAt: at(1), outcome: .rolledBack)
        #expect(first.merged(with: second).outcome == .rolledBack)
    }

    private func permutations(_ list: [Change]) -> [[Change]] {
        guard list.count > 1 else { return [list] }
        return list.indices.flatMap { index in
            var rest = list
            let chosen = rest.remove(at: index)
            return permutations(rest).map { [chosen] + $0 }
        }
    }
}
