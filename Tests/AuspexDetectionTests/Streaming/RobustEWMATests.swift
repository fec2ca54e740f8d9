import AuspexDetection
import AuspexSignals
import AuspexTesting
import Testing

@Suite struct RobustEWMATests {
    private func readings(_ values: [Double]) throws -> [RawReading] {
        var stream = try DetectorRegistry.standard.makeStreaming("ewma")
        return zip(minutes(values.count), values).map { stream.update(time: $0, value: $1) }
    }

    private func noise(_ count: Int, seed: UInt64 = 1) -> [Double] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in 50 + random.gaussian() }
    }

    @Test("30 samples of warm-up are counted, and score nothing")
    func warmUp() throws {
        let readings = try readings(noise(40))
        for (index, reading) in readings[..<30].enumerated() {
            #expect(reading == RawReading(readiness: .warmingUp(seen: index + 1, needed: 30)))
        }
        #expect(readings[30...].allSatisfy { $0.readiness == .ready && $0.rawScore > 0 && $0.expectation != nil })
    }

    @Test("scores of Gaussian noise are about those of a standard deviation")
    func scale() throws {
        let scores = try readings(noise(5_000)).dropFirst(500).map(\.rawScore)
        let meanSquare = scores.reduce(0) { $0 + $1 * $1 } / Double(scores.count)
        #expect((0.9...1.2).contains(meanSquare), "\(meanSquare)")
        let values = noise(5_000)
        var inside = 0
        for (reading, value) in zip(try readings(values), values).dropFirst(500) {
            let band = try #require(reading.expectation)
            if band.lower <= value, value <= band.upper { inside += 1 }
        }
        #expect(Double(inside) / 4_500 > 0.99)
    }

    @Test("a spike scores high, and hardly moves the level or the scale")
    func spike() throws {
        var values = noise(400)
        values[300] = 500
        let readings = try readings(values)
        #expect(readings[300].rawScore > 200)
        let after = try #require(readings[301].expectation)
        #expect(abs(after.value - 50) < 3)
        #expect(readings[301...].allSatisfy { $0.rawScore < 7 })
    }

    @Test("a shift scores high for a few samples and then is the new normal")
    func shift() throws {
        var values = noise(600)
        for row in 300..<600 { values[row] += 100 }
        let readings = try readings(values)
        #expect(readings[300..<305].allSatisfy { $0.rawScore > 20 })
        #expect(readings[320...].allSatisfy { $0.rawScore < 7 })
    }

    @Test("noise after silence is learned, not alarmed for ever")
    func noiseAfterSilence() throws {
        let values = [Double](repeating: 50, count: 200) + noise(400)
        let readings = try readings(values)
        #expect(readings[..<200].allSatisfy { $0.rawScore == 0 })
        #expect(readings[200].rawScore > 1e6)
        #expect(readings[300...].allSatisfy { $0.rawScore < 7 })
    }

    @Test("the future does not matter: a prefix has the scores of the whole")
    func causal() throws {
        let values = noise(500) + noise(100, seed: 2).map { $0 * 3 }
        #expect(Array(try readings(values)[..<450]) == (try readings(Array(values[..<450]))))
    }
}
