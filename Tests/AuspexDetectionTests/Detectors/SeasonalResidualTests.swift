import AuspexDetection
import AuspexSignals
import AuspexTesting
import Testing

@Suite struct SeasonalResidualTests {
    /// 24 rows a day at 10 + the hour, with little noise.
    private func days(_ count: Int) -> [Double] {
        var random = SplitMix64(seed: 9)
        return (0..<24 * count).map { Double(10 + $0 % 24) + 0.1 * random.gaussian() }
    }

    @Test("a value that is usual at another hour is strange at this one, and only there")
    func wrongHour() throws {
        var values = days(20)
        values[10 * 24 + 3] = 30
        let seasonal = try output("seasonal", [values])
        let plain = try output("mad", [values])
        #expect(seasonal.scores[243] > 50)
        #expect(seasonal.scores.enumerated().filter { $0.offset != 243 }.allSatisfy { $0.element < 6 })
        #expect(plain.scores[243] < 2)
        #expect(seasonal.notes == ["value: a period of 24 rows"])
        let expectation = try #require(seasonal.expectations?[243])
        #expect(abs(expectation.value - 13) < 0.2)
        #expect(expectation.upper < 15)
    }

    @Test("noise has no period, and scores are then those of the robust z-score")
    func noise() throws {
        var random = SplitMix64(seed: 10)
        let values = (0..<2_000).map { _ in random.gaussian() }
        let seasonal = try output("seasonal", [values])
        #expect(
            seasonal.notes == ["value: no period shows, or too few cycles of it; scores are distances from the median"])
        for (left, right) in zip(seasonal.scores, try output("mad", [values]).scores) {
            #expect(isClose(left, right, within: 1e-6))
        }
    }

    @Test("fewer than four cycles make no profile")
    func fewCycles() throws {
        #expect(try output("seasonal", [Array(days(3))]).notes[0].contains("no period"))
        #expect(try output("seasonal", [Array(days(6))]).notes[0].contains("24 rows"))
    }

    @Test("an incident outside the training rows does not become the profile")
    func training() throws {
        var values = days(12)
        for row in 6 * 24..<12 * 24 { values[row] += 20 }
        let trained = try output("seasonal:period=24", [values], training: 0..<6 * 24).scores
        #expect(trained[6 * 24..<12 * 24].allSatisfy { $0 > 50 })
        #expect(trained[..<(6 * 24)].allSatisfy { $0 < 6 })
    }

    @Test("with times, a gap in the rows does not shift the hours")
    func gap() throws {
        let values = days(20)
        let hours = values.indices.map { Timestamp(milliseconds: Int64($0) * 3_600_000) }
        let kept = values.indices.filter { !(200..<211).contains($0) }
        let timed = try output("seasonal:period=24", [kept.map { values[$0] }], times: kept.map { hours[$0] })
        #expect(timed.scores.allSatisfy { $0 < 6 })
        let untimed = try output("seasonal:period=24", [kept.map { values[$0] }])
        #expect(untimed.scores.contains { $0 > 6 })
    }

    @Test("rows at 60 a second, whose times are whole milliseconds, stay in phase")
    func roundedTimes() throws {
        let values = days(50)
        // 0, 17, 33, 50…: the median step is 17 ms and the mean 16⅔.
        let times = values.indices.map { Timestamp(milliseconds: Int64((Double($0) * 1_000 / 60).rounded())) }
        #expect(try output("seasonal:period=24", [values], times: times).scores.allSatisfy { $0 < 6 })
        let (early, late) = (0..<600, 607..<values.count)
        let model = try DetectorRegistry.standard.makeBatch("seasonal:period=24")
            .fit(Table(columns: [Array(values[early])], times: Array(times[early])), training: nil)
        let later = try Table(columns: [Array(values[late])], times: Array(times[late]))
        #expect(try model.scores(later).scores.allSatisfy { $0 < 8 })
    }

    @Test("a later table is scored at the hours of the first one")
    func laterTable() throws {
        let values = days(20)
        let hours = values.indices.map { Timestamp(milliseconds: Int64($0) * 3_600_000) }
        let early = try Table(columns: [Array(values[..<300])], times: Array(hours[..<300]))
        let late = try Table(columns: [Array(values[305...])], times: Array(hours[305...]))
        let model = try DetectorRegistry.standard.makeBatch("seasonal").fit(early, training: nil)
        #expect(try model.scores(late).scores.allSatisfy { $0 < 8 })
    }

    @Test(
        "times that are no grid don't trap",
        arguments: [
            [0, 0, 0, 0], [.max, .min, 0, 5], [4, 3, 2, 1], [.min, 0, 1, .max], [.min, .min + 1, .min + 2, .max],
        ] as [[Int64]])
    func oddTimes(times: [Int64]) throws {
        let result = try output(
            "seasonal:period=2", [[1, 2, 1, 2]], times: times.map { Timestamp(milliseconds: $0) })
        #expect(result.scores.allSatisfy { $0.isFinite && $0 >= 0 })
    }
}
