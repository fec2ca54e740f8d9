import AuspexDetection
import AuspexTesting
import Testing

@Suite struct NearestNeighboursTests {
    /// The distance of each window to its k-th nearest one, by its definition.
    private func naive(_ columns: [[Double]], references: Range<Int>? = nil, window: Int, k: Int) -> [Double] {
        let count = columns[0].count - window + 1
        let known = references.map { $0.lowerBound..<($0.upperBound - window + 1) } ?? 0..<count
        return (0..<count).map { query in
            known.map { reference in
                columns.reduce(0.0) { sum, column in
                    (0..<window).reduce(sum) {
                        let difference = column[query + $1] - column[reference + $1]
                        return $0 + difference * difference
                    }
                }.squareRoot()
            }.sorted()[min(k, known.count - 1) - 1]
        }
    }

    /// Window scores: what the detector gives at the middle rows.
    private func actual(_ specification: String, _ columns: [[Double]], window: Int, training: Range<Int>? = nil) throws
        -> [Double]
    {
        let scores = try output(specification, columns, training: training).scores
        return Array(scores[window / 2..<window / 2 + scores.count - window + 1])
    }

    @Test(
        "distances are those of the definition",
        arguments: [(20, 1, 1), (60, 5, 3), (200, 16, 7), (257, 1, 50), (300, 75, 300), (130, 128, 2)])
    func definition(rows: Int, window: Int, k: Int) throws {
        var random = SplitMix64(seed: UInt64(rows))
        let columns = [sawtooth(seed: 3, rows: rows), (0..<rows).map { _ in 100 * random.gaussian() + 1e6 }]
        for chosen in [[columns[0]], columns] {
            let expected = naive(chosen, window: window, k: k)
            let scores = try actual("knn:k=\(k),window=\(window)", chosen, window: window)
            #expect(scores.count == expected.count)
            #expect(zip(scores, expected).allSatisfy { isClose($0, $1, within: 1e-8) })
        }
    }

    /// Each window, or each column, at mean 0 and standard deviation 1.
    private func standardised(_ values: [Double], byLess freedom: Int) -> [Double] {
        let mean = values.reduce(0, +) / Double(values.count)
        let square = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count - freedom)
        return values.map { square > 0 ? ($0 - mean) / square.squareRoot() : 0 }
    }

    @Test("with scaled columns distances are those of scaled columns", arguments: [1, 12])
    func scaledColumns(window: Int) throws {
        let columns = [sawtooth(seed: 3, rows: 90), sawtooth(seed: 4, rows: 90).map { 1e6 + 1e3 * $0 }]
        let expected = naive(columns.map { standardised($0, byLess: 0) }, window: window, k: 4)
        let scores = try actual("knn:k=4,scaling=column,window=\(window)", columns, window: window)
        #expect(zip(scores, expected).allSatisfy { isClose($0, $1, within: 1e-8) })
    }

    @Test(
        "with scaled windows distances are those of forms, in one column and in two",
        arguments: [(60, 5, 3), (200, 16, 7), (1_300, 9, 20)])
    func scaledWindows(rows: Int, window: Int, k: Int) throws {
        var flat = sawtooth(seed: 4, rows: rows).map { 1e6 + 1e3 * $0 }
        for row in 30..<30 + 2 * window { flat[row] = 1e6 }
        for columns in [[flat], [sawtooth(seed: 3, rows: rows), flat]] {
            let windows = (0...(rows - window)).map { start in
                columns.flatMap { standardised(Array($0[start..<start + window]), byLess: 1) }
            }
            let scores = try actual("knn:scaling=window,k=\(k),window=\(window)", columns, window: window)
            for query in stride(from: 0, to: windows.count, by: 17) {
                let sorted = windows.map { zip($0, windows[query]).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
                    .sorted()
                #expect(isClose(scores[query], sorted[k - 1].squareRoot(), within: 1e-6), "window \(query)")
            }
        }
    }

    @Test("tiles and blocks leave no seam: 3,000 rows cross all of their borders")
    func seams() throws {
        let values = sawtooth(seed: 8, rows: 3_000)
        let scores = try actual("knn:k=5,window=9", [values], window: 9)
        let count = values.count - 8
        // The definition at rows around the borders only; the whole would take a minute.
        for query in [0, 1, 1_022, 1_023, 1_024, 1_025, 2_046, 2_047, 2_048, 2_049, count - 1] {
            let sorted = (0..<count).map { reference in
                (0..<9).reduce(0.0) {
                    let difference = values[query + $1] - values[reference + $1]
                    return $0 + difference * difference
                }
            }.sorted()
            #expect(isClose(scores[query], sorted[4].squareRoot(), within: 1e-9), "window \(query)")
        }
    }

    @Test("repeated windows have the distance 0 exactly, even on a large offset")
    func exactZero() throws {
        let values = (0..<300).map { 1e9 + Double($0 % 10) }
        #expect(try output("knn:k=5,window=10", [values]).scores.allSatisfy { $0 == 0 })
    }

    @Test("the first and last window speak for the rows that have none of their own")
    func padding() throws {
        let scores = try output("knn:k=2,window=10", [sawtooth()]).scores
        #expect(Set(scores[...5]).count == 1)
        #expect(Set(scores.suffix(5)).count == 1)
        #expect(scores[5] != scores[6])
    }

    @Test("with reference=training windows are compared with those of the training rows alone")
    func training() throws {
        let values = sawtooth(rows: 200)
        let expected = naive([values], references: 20..<120, window: 6, k: 4)
        let scores = try actual("knn:k=4,window=6,reference=training", [values], window: 6, training: 20..<120)
        #expect(zip(scores, expected).allSatisfy { isClose($0, $1, within: 1e-9) })
    }

    @Test("the unit of the values is the unit of the scores", arguments: [1e-200, 1e-6, 1e6, 1e130])
    func unit(scale: Double) throws {
        let plain = try output("knn:k=3,window=8", [sawtooth()]).scores
        let scaled = try output("knn:k=3,window=8", [sawtooth().map { $0 * scale }]).scores
        #expect(zip(plain, scaled).allSatisfy { isClose($0, $1 / scale, within: 1e-9) })
    }

    @Test("a search that would take too long is refused with its cost, whichever side makes it long")
    func tooLarge() throws {
        func reason(rows: Int, columns: Int, training: Range<Int>?) throws -> String? {
            let column = [Double](repeating: 0, count: rows)
            let table = try Table(columns: Array(repeating: column, count: columns))
            let model = try DetectorRegistry.standard.makeBatch("knn:window=2,reference=training")
                .fit(table, training: training)
            return (#expect(throws: DetectorError.self) { try model.scores(table) })?.description
        }
        #expect(
            try reason(rows: 820_001, columns: 1, training: nil)
                == "detector 'knn': 820000 windows against 820000 in 1 column(s) take 4 minutes or more; "
                + "score it in parts, choose fewer columns, or learn from fewer rows with reference=training")
        // As many rows as one column may have are too many for twenty.
        #expect(try reason(rows: 400_000, columns: 20, training: nil)?.contains("take 12 minutes") == true)
    }

    @Test("few reference rows make a long table cheap")
    func cheapReference() throws {
        let table = try Table(columns: [[Double](repeating: 0, count: 820_001)])
        let model = try DetectorRegistry.standard.makeBatch("knn:k=1,window=2,reference=training")
            .fit(table, training: 0..<9)
        #expect(try model.scores(table).scores.count == 820_001)
    }

    @Test("a window longer than the table scores 0 and says so")
    func tooShort() throws {
        let result = try output("knn:window=50", [sawtooth(rows: 50)])
        #expect(result.scores == [Double](repeating: 0, count: 50))
        #expect(result.notes == ["50 row(s) are too few to compare windows of 50 row(s); all scores are 0"])
    }
}
