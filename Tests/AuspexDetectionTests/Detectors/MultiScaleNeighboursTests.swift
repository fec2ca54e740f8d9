import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct MultiScaleNeighboursTests {
    /// Scores of ``sawtooth(seed:rows:)`` as numpy computes them in double precision; the lowest score of each is 0.
    @Test(
        "scores are those of the reference implementation, with all windows as landmarks and with few",
        arguments: [
            (
                240, "msnn",
                [
                    5.434682137799692, 4.681779483273892, 4.081657787695378, 2.075259427956813, 0.3000475008590966,
                    1.3216884810457112, 1.0467299195980317,
                ]
            ),
            (
                900, "msnn:landmarks=100",
                [
                    3.220927296365839, 2.29057881388208, 4.136805904100256, 3.3741332303388534, 2.8945662365177904,
                    1.781720027628039, 0.34574176275080326,
                ]
            ),
        ])
    func golden(rows: Int, detector: String, expected: [Double]) throws {
        let scores = try output(detector, [sawtooth(rows: rows)]).scores
        for (row, value) in zip([0, 17, 50, 100, 150, 200, 239], expected) {
            #expect(isClose(scores[row], value, within: 1e-9), "row \(row): \(scores[row])")
        }
    }

    @Test("missing values are bridged and score 0, a spike scores most")
    func missing() throws {
        var series = sawtooth(rows: 900)
        for row in 300..<320 { series[row] = .nan }
        series[500] = 40
        let scores = try output("msnn:landmarks=100", [series]).scores
        let expected = [
            (0, 1.1480522246666056), (310, 0), (500, 40.74053985534417), (510, 16.063395602138296),
            (899, 4.3212806061188),
        ]
        for (row, value) in expected {
            #expect(isClose(scores[row], value, within: 1e-9), "row \(row): \(scores[row])")
        }
        #expect(scores.max() == scores[500])
    }

    @Test("series that say nothing score 0, short ones by their distance from the median")
    func degenerate() throws {
        #expect(try output("msnn", [[Double](repeating: 5, count: 50)]).scores == [Double](repeating: 0, count: 50))
        #expect(try output("msnn", [[Double](repeating: .nan, count: 20)]).scores == [Double](repeating: 0, count: 20))
        #expect(try output("msnn", [[]]).scores.isEmpty)
        let short = try output("msnn", [[1, 1, 2, 1, 1, 1, 9, 1, 1, 2]]).scores
        for (score, value) in zip(short, [0, 0, 1, 0, 0, 0, 8, 0, 0, 1.0]) {
            #expect(isClose(score, value, within: 1e-9))
        }
        // Every window of a periodic series has a twin.
        let periodic = try output("msnn", [(0..<400).map { Double($0 % 20) }]).scores
        #expect(periodic.allSatisfy { $0 < 1e-6 })
    }

    @Test("a second column that is strange by itself is found")
    func columns() throws {
        var second = sawtooth(seed: 5, rows: 600)
        second[400] += 60
        let scores = try output("msnn", [sawtooth(rows: 600), second]).scores
        #expect(scores.indices.max { scores[$0] < scores[$1] } == 400)
    }

    @Test("the search agrees with one that looks at every landmark", arguments: [1, 2, 3, 4])
    func twin(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let values = (0..<1_300).map { _ in random.gaussian() }
        let form: ScaledWindows.Form = seed.isMultiple(of: 2) ? .raw : .shape(floor: 0.3)
        let windows = ScaledWindows(values, length: 5 + Int(seed), form: form)
        for (most, exclusion) in [(2_000, 40), (150, 65), (16, 1_200), (150, 3_000)] {
            let landmarks = LandmarkSearch.landmarks(of: windows.count, most: most)
            #expect(landmarks == landmarks.sorted() && landmarks.count == min(most, windows.count))
            let found = LandmarkSearch(windows, most: most).nearest(exclusion: exclusion)
            for index in stride(from: 0, to: windows.count, by: 7) {
                let expected = landmarks.filter { abs($0 - index) >= exclusion }
                    .map { windows.distance(index, $0) }.min()
                switch (found[index], expected) {
                case (nil, nil): continue
                case (let neighbour?, let least?):
                    #expect(isClose(neighbour.distance, least, within: 1e-5))
                    #expect(windows.distance(index, neighbour.index) == neighbour.distance)
                default: Issue.record("window \(index): \(String(describing: found[index]))")
                }
            }
        }
    }
}
