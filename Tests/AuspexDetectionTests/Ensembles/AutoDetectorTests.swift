import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct AutoDetectorTests {
    /// Scores of ``sawtooth(seed:rows:)`` as numpy computes them in double precision, every pair of windows by itself.
    @Test(
        "scores are those of the reference implementation, with all windows as landmarks and with few",
        arguments: [
            (
                240, "auto",
                [
                    5.603925684238579, 0.3704275878713015, 2.860731872199736, 4.507582996127131, 1.2740918474269272,
                    0.9152233145271267, 0.6362362314135972,
                ]
            ),
            (
                900, "auto:landmarks=100",
                [
                    2.8025323744781705, 2.6375965081641737, 6.007332357045504, 4.299122395238882, 3.392833945559413,
                    1.7643166128865007, 0.42427233727806835,
                ]
            ),
        ])
    func golden(rows: Int, detector: String, expected: [Double]) throws {
        let scores = try output(detector, [sawtooth(rows: rows)]).scores
        for (row, value) in zip([0, 17, 50, 100, 150, 200, 239], expected) {
            #expect(isClose(scores[row], value, within: 1e-9), "row \(row): \(scores[row])")
        }
    }

    @Test("series that say nothing score 0, short ones by their distance from the median")
    func degenerate() throws {
        for causal in ["no", "strict", "half-window"] {
            let constant = try output("auto:causal=\(causal)", [[Double](repeating: 5, count: 1_500)]).scores
            #expect(Set(constant).count <= 2 && constant[0] == 0)
            #expect(
                try output("auto:causal=\(causal)", [[Double](repeating: .nan, count: 20)]).scores.allSatisfy {
                    $0 == 0
                })
            #expect(try output("auto:causal=\(causal)", [[]]).scores.isEmpty)
        }
        let short = try output("auto", [[1, 1, 2, 1, 1, 1, 9, 1, 1, 2]]).scores
        #expect(short.indices.max { short[$0] < short[$1] } == 6)
    }

    @Test("a spike, a flat stretch and a burst of another form are each found, and the scale that found it is named")
    func kinds() throws {
        var series = sawtooth(rows: 3_000)
        series[700] += 30
        let spike = try output("auto", [series])
        #expect(spike.scores.indices.max { spike.scores[$0] < spike.scores[$1] }.map { abs($0 - 700) <= 8 } == true)
        let leader = try #require(spike.attribution?.leaders(of: 700).first)
        #expect(leader.member == "values over 8 rows" && leader.share > 0.3)

        var flat = sawtooth(rows: 3_000)
        for row in 1_500..<1_600 { flat[row] = flat[1_500] }
        let found = try output("auto", [flat])
        let top = found.scores.indices.max { found.scores[$0] < found.scores[$1] }
        #expect(top.map { (1_480..<1_620).contains($0) } == true)
    }

    @Test("one column of a table is found and named; a switch beside measurements is left out")
    func tables() throws {
        var second = sawtooth(seed: 5, rows: 1_200)
        second[800] += 60
        let toggled = (0..<1_200).map { $0 == 300 ? 1.0 : 0 }
        let table = try Table(columns: [sawtooth(rows: 1_200), second, toggled], names: ["cpu", "memory", "leader"])
        let found = try DetectorRegistry.standard.makeBatch("auto").fit(table, training: nil).scores(table)
        #expect(found.scores.indices.max { found.scores[$0] < found.scores[$1] }.map { abs($0 - 800) <= 8 } == true)
        #expect(found.attribution?.leaders(of: 800).first?.member.hasPrefix("memory: ") == true)
        #expect(found.notes == ["1 column(s) with two values or fewer were left out"])
        let alone = try output("auto", [toggled]).scores
        #expect(alone.indices.max { alone[$0] < alone[$1] }.map { abs($0 - 300) <= 8 } == true)
    }

    @Test("causal scores stay when rows are added behind", arguments: [1, 2, 3])
    func causality(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var first = sawtooth(seed: seed, rows: 2_600)
        for row in stride(from: 150, to: 2_600, by: 400) { first[row] += 20 * random.gaussian() }
        for row in 1_200..<1_230 { first[row] = .nan }
        let second = (0..<2_600).map { $0 < 1_700 ? 3.0 : random.gaussian() }
        let columns = seed == 1 ? [first] : [first, second]
        let whole = try output("auto:causal=strict,landmarks=300", columns).scores
        for rows in [1, 57, 300, 999, 1_000, 1_001, 1_205, 1_702, 2_048] {
            let part = try output("auto:causal=strict,landmarks=300", columns.map { Array($0.prefix(rows)) }).scores
            #expect(part == Array(whole.prefix(rows)), "the first \(rows) rows")
        }
    }

    @Test("with half a window of delay, scores stay that far from the end, and a spike is found at its row")
    func delay() throws {
        var series = sawtooth(rows: 2_600)
        series[2_000] += 40
        let whole = try output("auto:causal=half-window,landmarks=300", [series]).scores
        let part = try output("auto:causal=half-window,landmarks=300", [Array(series.prefix(2_300))]).scores
        #expect(part.prefix(2_300 - 125) == whole.prefix(2_300 - 125))
        #expect(whole.indices.max { whole[$0] < whole[$1] }.map { abs($0 - 2_000) <= 8 } == true)
    }

    @Test("a causal search finds what one that looks at every landmark finds")
    func causalTwin() {
        var random = SplitMix64(seed: 9)
        let values = (0..<700).map { _ in random.gaussian() }
        let windows = ScaledWindows(values, length: 6, form: .raw)
        let found = CausalSearch(windows: windows, most: 2_000).distances()
        for index in 0..<windows.count {
            let last = index - max(6, index / 20)
            let expected = last < 0 ? nil : (0...last).map { windows.distance(index, $0) }.min()
            switch (found[index], expected) {
            case (nil, nil): continue
            case (let distance?, let least?): #expect(isClose(distance, least, within: 1e-5))
            default: Issue.record("window \(index): \(String(describing: found[index]))")
            }
        }
    }

    @Test("a table that would take hours is refused with the time")
    func tooLarge() throws {
        let table = try Table(columns: [[Double](repeating: 1, count: 50_000_000)])
        #expect {
            try DetectorRegistry.standard.makeBatch("auto:landmarks=2000").fit(table, training: nil).scores(table)
        } throws: { error in
            "\(error)".contains("minutes") && "\(error)".contains("landmarks to 250")
        }
    }

    @Test("an attribution keeps the three largest shares of a row in order")
    func attribution() {
        var attribution = Attribution(rows: 2)
        for (name, values) in [("a", [1.0, 0]), ("b", [4, -1]), ("c", [2, 0]), ("d", [3, 0])] {
            attribution.add(name, values)
        }
        #expect(attribution.leaders(of: 0).map(\.member) == ["b", "d", "c"])
        #expect(attribution.leaders(of: 0).map(\.share) == [0.4, 0.3, 0.2].map { Double(Float($0 * 10) / 10) })
        #expect(attribution.leaders(of: 1).isEmpty)
    }
}
