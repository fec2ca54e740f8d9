import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexDetection

@Suite struct ShiftStreamTests {
    /// The sums over again from the beginning of time at every row, from levels and scales that are written down.
    @Test(
        "scores are the largest sums of all stretches that end here, less the allowance",
        arguments: ["cusum:limit=100000", "pagehinkley:threshold=100000"])
    func definition(specification: String) throws {
        let readings = try readings(specification, noise(400))
        let units = try readings[30...].map { reading in
            let band = try #require(reading.expectation)
            // The band is three deviations wide to either side.
            return (level: band.value, unit: (band.upper - band.value) / 3)
        }
        let residuals = zip(noise(400)[30...], units).map { ($0 - $1.level) / $1.unit }
        for row in residuals.indices {
            let ends = (0...row).map { start in residuals[start...row].reduce(0, +) }
            let counts = (0...row).map { Double(row - $0 + 1) / 2 }
            let rise = zip(ends, counts).map { $0 - $1 }.max() ?? 0
            let fall = zip(ends, counts).map { -$0 - $1 }.max() ?? 0
            #expect(isClose(readings[row + 30].rawScore, max(0, rise, fall), within: 1e-6), "row \(row)")
        }
    }

    @Test(
        "a small shift that lasts reaches the limit in the stated patience, and then is the new normal",
        arguments: [("cusum", 20.0), ("pagehinkley", 30)], [1.5, -1.5, 2.5])
    func smallShift(detector: (name: String, limit: Double), size: Double) throws {
        var values = noise(900)
        for row in 500..<900 { values[row] += size }
        let readings = try readings(detector.name, values)
        let before = readings[100..<500].map(\.rawScore).max() ?? 0
        #expect(before < detector.limit * 0.75, "\(before)")
        // Twice the patience for a level that is known from noise, and that moves along meanwhile.
        let patience = Int(2 * detector.limit / (abs(size) - 0.5))
        let peak = 500 + top(readings[500..<900].map(\.rawScore))
        #expect(readings[peak].rawScore > detector.limit)
        #expect((500..<500 + patience).contains(peak), "\(peak)")
        let learned = try #require(readings[peak + 1].expectation)
        #expect(abs(learned.value - 50 - size) < 0.6, "\(learned)")
        #expect(readings[(peak + 30)...].allSatisfy { $0.rawScore < detector.limit })
    }

    @Test("one wild value counts as ten deviations, and moves nothing", arguments: ["cusum", "pagehinkley"])
    func spike(name: String) throws {
        var values = noise(500)
        values[300] = 1e300
        let readings = try readings(name, values)
        #expect((9..<20).contains(readings[300].rawScore))
        let after = try #require(readings[301].expectation)
        #expect(abs(after.value - 50) < 0.5)
        #expect(readings[340...].allSatisfy { $0.rawScore < 15 })
    }

    @Test("a large shift is settled after a handful of samples", arguments: ["cusum", "pagehinkley"])
    func largeShift(name: String) throws {
        var values = noise(700)
        for row in 400..<700 { values[row] += 1_000 }
        let readings = try readings(name, values)
        #expect(readings[400..<403].allSatisfy { $0.rawScore > 8 })
        let learned = try #require(readings[412].expectation)
        #expect(abs(learned.value - 1_050) < 10)
        #expect(readings[460...].allSatisfy { $0.rawScore < 25 })
    }

    @Test("a state that cannot be is refused", arguments: ["cusum", "pagehinkley"])
    func impossible(name: String) throws {
        var tracker = ShiftTracker(.init(allowance: 0.5, limit: 5, gain: 0.1, memory: 20, band: 3))
        for value in noise(60) { _ = tracker.update(value) }
        #expect(try ShiftTracker(restoring: tracker.snapshot(of: name), of: name) == tracker)
        for settings in [
            ShiftTracker.Settings(allowance: -1, limit: 5, gain: 0.1, memory: 20, band: 3),
            .init(allowance: 0.5, limit: .nan, gain: 0.1, memory: 20, band: 3),
            .init(allowance: 0.5, limit: 5, gain: 2, memory: 20, band: 3),
            .init(allowance: 0.5, limit: 5, gain: 0.1, memory: 0, band: 3),
        ] {
            let bytes = ShiftTracker(settings).snapshot(of: name)
            #expect(throws: DetectorError.self) { try ShiftTracker(restoring: bytes, of: name) }
        }
        #expect(throws: DetectorError.self) {
            try DetectorRegistry.standard.restoreStreaming(name, from: tracker.snapshot(of: "ewma"))
        }
    }
}
