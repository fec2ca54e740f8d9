import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct ChangePointTests {
    private func noise(_ rows: Int, seed: UInt64 = 14) -> [Double] {
        var random = SplitMix64(seed: seed)
        return (0..<rows).map { _ in random.gaussian() }
    }

    @Test("a small shift that lasts is found by its sum, while each of its values is ordinary", arguments: [1.0, -1.0])
    func smallShift(size: Double) throws {
        var values = noise(2_000)
        for row in 1_500..<1_580 { values[row] = size }
        #expect((1_500..<1_600).contains(top(try output("cusum:period=1,limit=1000", [values]).scores)))
        #expect((1_500..<1_600).contains(top(try output("pagehinkley:period=1", [values]).scores)))
        #expect(!(1_500..<1_580).contains(top(try output("mad", [values]).scores)))
    }

    @Test("the sums forget a shift within limit/drift rows")
    func forgets() throws {
        var values = [Double](repeating: 0, count: 400)
        for row in values.indices { values[row] = row.isMultiple(of: 2) ? 1 : -1 }
        for row in 200..<230 { values[row] += 50 }
        let scores = try output("cusum:period=1,drift=0.5,limit=20", [values]).scores
        #expect(scores[229] == 20)
        #expect(scores[275] < 1)
    }

    @Test("a single wild value is no shift: it counts as ten deviations")
    func wild() throws {
        var values = noise(500)
        values[250] = 1e12
        #expect(try output("cusum:period=1,limit=1000", [values]).scores.allSatisfy { $0 < 20 })
    }

    @Test("a cycle is no shift")
    func cycle() throws {
        var random = SplitMix64(seed: 5)
        var values = (0..<1_200).map { ($0 % 24 < 12 ? 5 : -5) + 0.5 * random.gaussian() }
        for row in 800..<830 { values[row] += 1 }
        #expect((800..<840).contains(top(try output("cusum", [values]).scores)))
        #expect(top(try output("cusum:limit=1000", [values]).scores) < 840)
    }

    @Test("the statistic of Page and Hinkley is that of its definition")
    func definition() {
        let values = sawtooth(rows: 200)
        var test = PageHinkleyTest(delta: 0.3)
        var (up, down): ([Double], [Double]) = ([0], [0])
        for (row, value) in values.enumerated() {
            let mean = values[...row].reduce(0, +) / Double(row + 1)
            up.append((up.last ?? 0) + value - mean - 0.3)
            down.append((down.last ?? 0) + value - mean + 0.3)
            let expected = max(up[row + 1] - (up.min() ?? 0), (down.max() ?? 0) - down[row + 1])
            #expect(isClose(test.update(value), expected, within: 1e-9))
        }
    }

    @Test("a level that has changed for good is scored where it changes, and no more")
    func once() throws {
        var values = noise(1_000)
        for row in 700..<1_000 { values[row] += 8 }
        let scores = try output("pagehinkley:period=1", [values], training: 0..<700).scores
        #expect((700..<710).contains(top(scores)))
        #expect((scores[720...].max() ?? 0) < (scores.max() ?? 0) / 2)
        let sums = try output("cusum:period=1", [values], training: 0..<700).scores
        #expect(sums[990] == 20)
    }

    @Test("missing rows neither count nor score")
    func missing() throws {
        let values = sawtooth(rows: 120)
        let holed = values.flatMap { [$0, .nan] }
        for name in ["cusum:period=1", "pagehinkley:period=1"] {
            let plain = try output(name, [values]).scores
            let scores = try output(name, [holed]).scores
            #expect(plain.indices.allSatisfy { scores[2 * $0] == plain[$0] && scores[2 * $0 + 1] == 0 })
        }
    }
}
