import AuspexTesting
import Testing

@testable import AuspexChanges

@Suite struct RankWindowTests {
    @Test("ranks are those among the last 500 changes, counted one by one")
    func naiveTwin() {
        var lots = SplitMix64(seed: 3)
        let changes = (0..<1_300).map { _ in ChangeMeasures { _ in Double(lots.next() % 40) } }
        var window = RankWindow()
        for (index, change) in changes.enumerated() {
            if index % 97 == 0 || index == 1 {
                let before = changes[..<index].suffix(500)
                let naive = change.values.indices.map { measure -> Double in
                    guard !before.isEmpty else { return 0.5 }
                    let value = change.values[measure]
                    let less = before.count { $0.values[measure] < value }
                    let equal = before.count { $0.values[measure] == value }
                    return (Double(less) + Double(equal) / 2) / Double(before.count)
                }
                #expect(zip(window.ranks(of: change), naive).allSatisfy { abs($0 - $1) < 1e-12 })
                #expect(window.changes == Array(before))
            }
            window.add(change)
        }
    }

    @Test("a window over many changes is the one that saw them come")
    func suffix() {
        var lots = SplitMix64(seed: 4)
        let changes = (0..<700).map { _ in ChangeMeasures { _ in Double(lots.next() % 40) } }
        var window = RankWindow()
        for change in changes { window.add(change) }
        let probe = ChangeMeasures { _ in 20 }
        #expect(RankWindow(changes).ranks(of: probe) == window.ranks(of: probe))
    }
}
