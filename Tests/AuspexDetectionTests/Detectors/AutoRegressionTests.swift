import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct AutoRegressionTests {
    /// x = 1 + 0.6 of the last − 0.3 of the one before, and noise.
    private func series(_ rows: Int, noise: Double) -> [Double] {
        var random = SplitMix64(seed: 31)
        var values = [0.0, 0.0]
        while values.count < rows {
            values.append(
                1 + 0.6 * values[values.count - 1] - 0.3 * values[values.count - 2] + noise * random.gaussian())
        }
        return values
    }

    @Test("weights of a known process are found")
    func weights() throws {
        let values = series(20_000, noise: 1)
        let predictor = try LinearPredictor(values, rows: 0..<values.count, order: 2)
        #expect(abs(predictor.weights[1] - 0.6) < 0.03)
        #expect(abs(predictor.weights[2] + 0.3) < 0.03)
    }

    @Test("errors are at right angles to what predicts: least squares by its normal equations")
    func normalEquations() throws {
        let values = sawtooth(rows: 300)
        let predictor = try LinearPredictor(values, rows: 0..<300, order: 4)
        let framed = predictor.framed(values)
        let errors = predictor.predictions(framed).enumerated().compactMap { row, predicted in
            predicted.map { framed[row] - $0 }
        }
        #expect(errors.count == 296)
        for lag in 1...4 {
            let product = errors.indices.reduce(0.0) { $0 + errors[$1] * framed[$1 + 4 - lag] }
            #expect(abs(product) < 1e-9)
        }
    }

    @Test("a jump within the usual range is found where it happens")
    func jump() throws {
        var values = (0..<1_000).map { 10 * abs(Double($0 % 200) - 100) / 100 }
        var random = SplitMix64(seed: 1)
        for row in values.indices { values[row] += 0.05 * random.gaussian() }
        values[650] += 2
        #expect(top(try output("ar", [values]).scores) == 650)
        #expect(top(try output("mad", [values]).scores) != 650)
    }

    @Test("what is expected is the prediction, with a band of errors around it")
    func expectation() throws {
        let values = series(2_000, noise: 0.2)
        let result = try output("ar:order=2,band=3", [values])
        let expectations = try #require(result.expectations)
        #expect(expectations[0] == nil)
        let inside = values.indices.dropFirst(2).count { row in
            guard let band = expectations[row] else { return false }
            return band.lower <= values[row] && values[row] <= band.upper
        }
        #expect(inside > 1_980)
        let one = try #require(expectations[1_000])
        #expect(abs(one.value - (1 + 0.6 * values[999] - 0.3 * values[998])) < 0.05)
    }

    @Test("an order that the rows do not determine is lowered", arguments: [3, 8, 20, 60])
    func fewRows(rows: Int) throws {
        let predictor = try LinearPredictor(sawtooth(rows: rows), rows: 0..<rows, order: 10)
        #expect(predictor.weights.count - 1 == [3: 0, 8: 0, 20: 2, 60: 10][rows])
    }

    @Test(
        "rows that predict each other exactly have no errors, also when more rows predict than need to",
        arguments: [11, 30])
    func exact(order: Int) throws {
        let values = (0..<300).map { Double($0 % 12) }
        #expect(try LinearPredictor(values, rows: 0..<300, order: order).weights.count - 1 == 11)
        #expect(try output("ar:order=\(order)", [values]).scores.allSatisfy { $0 < 1 })
    }

    @Test("an order for which memory would not do is refused")
    func tooLarge() throws {
        let table = try Table(columns: [[Double](repeating: 0, count: 200_000)])
        let error = #expect(throws: DetectorError.self) {
            try DetectorRegistry.standard.makeBatch("ar:order=1000").fit(table, training: nil)
        }
        #expect(error?.description.contains("choose a smaller order") == true)
    }
}
