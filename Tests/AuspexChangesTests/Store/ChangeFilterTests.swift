import AuspexSignals
import Testing

@testable import AuspexChanges

@Suite struct ChangeFilterTests {
    static let changes = (0..<6).map { index in
        Change(
            id: "\(index)", service: index.isMultiple(of: 2) ? "shop" : "cart",
            environment: index < 3 ? "staging" : "production",
            startedAt: Timestamp(milliseconds: Int64(index / 2) * 1_000))
    }

    static let cases: [(filter: ChangeFilter, ids: [String])] = [
        (ChangeFilter(), ["4", "5", "2", "3", "0", "1"]),
        (ChangeFilter(limit: 3), ["4", "5", "2"]),
        (ChangeFilter(limit: 0), []),
        (ChangeFilter(limit: -1), []),
        (ChangeFilter(service: "shop"), ["4", "2", "0"]),
        (ChangeFilter(environment: "production"), ["4", "5", "3"]),
        (ChangeFilter(service: "cart", environment: "staging"), ["1"]),
        (ChangeFilter(since: Timestamp(milliseconds: 1_000)), ["4", "5", "2", "3"]),
        (ChangeFilter(until: Timestamp(milliseconds: 1_000)), ["0", "1"]),
        (
            ChangeFilter(since: Timestamp(milliseconds: 1_000), until: Timestamp(milliseconds: 2_000), limit: 1), ["2"]
        ),
        (ChangeFilter(service: "none"), []),
    ]

    @Test("a filter picks the newest of what matches", arguments: cases.indices)
    func applied(index: Int) {
        let (filter, ids) = Self.cases[index]
        #expect(filter.applied(to: Self.changes.shuffled()).map(\.id) == ids)
    }
}
