import AuspexDetection
import AuspexSignals
import Testing

@Suite struct MedianDeviationTests {
    @Test("the score is the distance from the median in 1.4826 MAD, and the band is around it")
    func definition() throws {
        let result = try output("mad:band=2", [[1, 2, 3, 4, 100]])
        #expect(isClose(result.scores[4], 97 / 1.4826, within: 1e-6))
        #expect(result.scores[2] == 0)
        let expectation = try #require(result.expectations?[0])
        #expect(expectation.value == 3)
        #expect(isClose(expectation.upper, 3 + 2 * 1.4826, within: 1e-12))
        #expect(isClose(expectation.lower, 3 - 2 * 1.4826, within: 1e-12))
    }

    @Test("where the deviation is 0, another value stands out by far")
    func noDeviation() throws {
        let scores = try output("mad", [[5, 5, 5, 5, 6, 5, 5]]).scores
        #expect(scores[4] > 1e7)
        #expect(scores.filter { $0 == 0 }.count == 6)
    }

    @Test("a single wild value does not hide the others", arguments: [4_294_967_295, 9.2e18, 1e300])
    func wildValue(_ wild: Double) throws {
        var values = sawtooth()
        values[50] += 40
        let expected = try output("mad", [values]).scores[50]
        values[120] = wild
        #expect(isClose(try output("mad", [values]).scores[50], expected, within: 0.02))
    }

    @Test(
        "a column without a value to learn from says nothing",
        arguments: [
            "mad:reference=training", "zscore:reference=training", "seasonal", "esd:reference=training", "ar", "var",
            "holtwinters", "stl", "cusum", "pagehinkley", "bocpd", "pelt",
        ])
    func nothingLearned(specification: String) throws {
        let values = [Double](repeating: .nan, count: 60) + sawtooth()
        let result = try output(specification, [values], training: 0..<60)
        #expect(result.scores.allSatisfy { $0 == 0 })
        #expect(result.expectations?.allSatisfy { $0 == nil } ?? true)
        let other = try output(specification, [values, values.map { -$0 }], training: 0..<60)
        #expect(other.scores.allSatisfy { $0 == 0 })
    }

    @Test(
        "a reader is told of such a column",
        arguments: ["mad", "zscore", "seasonal", "ar", "var", "holtwinters", "stl"])
    func note(specification: String) throws {
        let missing = [Double](repeating: .nan, count: 240)
        let notes = try output(specification, [sawtooth(), missing]).notes
        #expect(notes.contains("value2: no row to learn from has a value; it adds nothing to the scores"))
        #expect(!notes.contains { $0.hasPrefix("value1: no row") })
    }

    @Test("of several columns the strangest counts, and missing cells don't")
    func columns() throws {
        let one: [Double] = [1, 2, 3, 4, 50, .nan]
        let two: [Double] = [1, 2, 3, 40, 2, .nan]
        let both = try output("mad", [one, two])
        let apart = [try output("mad", [one]).scores, try output("mad", [two]).scores]
        #expect(both.scores == zip(apart[0], apart[1]).map { max($0, $1) })
        #expect(both.scores[5] == 0)
        #expect(both.expectations == nil)
    }

    @Test("with reference=training only the training rows say what is normal")
    func training() throws {
        let values: [Double] = [1, 2, 3, 2, 1, 100, 101, 102, 103, 104, 105]
        let all = try output("mad", [values], training: 0..<5).scores
        let trained = try output("mad:reference=training", [values], training: 0..<5).scores
        #expect(all == (try output("mad", [values]).scores))
        #expect(trained[8] > 50)
        #expect(all[8] < 2)
    }
}
