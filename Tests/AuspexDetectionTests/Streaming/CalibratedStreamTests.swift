import AuspexDetection
import AuspexSignals
import AuspexTesting
import Testing

@Suite struct CalibratedStreamTests {
    private func noise(_ count: Int, seed: UInt64 = 1) -> [Double] {
        var random = SplitMix64(seed: seed)
        return (0..<count).map { _ in random.gaussian() }
    }

    @Test("warm-up is counted over detector and calibrator, and nothing is reported in it")
    func warmUp() throws {
        var stream = try CalibratedStream("ewma")
        var values = noise(400)
        values[100] = 1_000
        for (index, time) in minutes(400).enumerated() {
            let reading = stream.update(time: time, value: values[index])
            if index < 230 {
                #expect(reading.readiness == .warmingUp(seen: index + 1, needed: 230))
                #expect(reading.anomalyScore == 0)
                #expect(!reading.isAnomalous)
            } else {
                #expect(reading.readiness == .ready)
            }
        }
    }

    @Test("a spike after the warm-up crosses the alert line")
    func spike() throws {
        var stream = try CalibratedStream("ewma")
        var values = noise(2_000)
        values[1_500] = 60
        let readings = zip(minutes(2_000), values).map { stream.update(time: $0, value: $1) }
        #expect(readings[1_500].isAnomalous)
        #expect(readings[1_500].anomalyScore > 2)
        #expect(readings.count { $0.isAnomalous } <= 10)
    }

    @Test("duplicates, late samples and missing values teach nothing and are counted")
    func gate() throws {
        let values = noise(600)
        var plain = try CalibratedStream("ewma")
        var disturbed = plain
        var last: (expected: Reading, actual: Reading)?
        for (index, time) in minutes(600).enumerated() {
            let expected = plain.update(time: time, value: values[index])
            let actual = disturbed.update(time: time, value: values[index])
            for (odd, value) in [(time, 1e6), (time - .hours(1), -1e6)] {
                #expect(disturbed.update(time: odd, value: value).readiness == .missing)
            }
            let between = Timestamp(milliseconds: time.milliseconds + 1 + Int64(index % 3))
            let bad: [Double] = [.nan, .infinity, Double(bitPattern: Sample.staleBits)]
            let reading = disturbed.update(time: between, value: bad[index % 3])
            #expect(reading.readiness == .missing && reading.anomalyScore == 0 && reading.pValue == 1)
            #expect(expected == actual)
            last = (expected, actual)
        }
        #expect(last?.expected.readiness == .ready)
        #expect(disturbed.lateSamples == 1_200)
        #expect(disturbed.missingSamples == 600)
        #expect(plain.lateSamples == 0)
    }

    @Test("a missing value takes no time from the value that comes for the same moment")
    func missingThenValue() throws {
        let values = noise(300)
        var plain = try CalibratedStream("ewma")
        var filled = plain
        for (time, value) in zip(minutes(300), values) {
            #expect(filled.update(time: time, value: .nan).readiness == .missing)
            #expect(filled.update(time: time, value: value) == plain.update(time: time, value: value))
        }
        #expect(filled.missingSamples == 300 && filled.lateSamples == 0)
    }

    @Test("a snapshot keeps everything, specification and counts too")
    func snapshot() throws {
        var stream = try CalibratedStream("ewma:halflife=5", alpha: 0.01)
        for (time, value) in zip(minutes(700), noise(700)) { _ = stream.update(time: time, value: value) }
        _ = stream.update(time: Timestamp(milliseconds: 0), value: 1)
        var restored = try CalibratedStream(restoring: stream.snapshot())
        #expect(restored.specification == "ewma:halflife=5")
        #expect(restored.alpha == 0.01)
        #expect(restored.lateSamples == 1)
        for (time, value) in zip(minutes(300, from: 1_800_000_000_000), noise(300, seed: 2)) {
            #expect(stream.update(time: time, value: value) == restored.update(time: time, value: value))
        }
    }

    @Test("a damaged snapshot is refused, whichever byte it is")
    func damage() throws {
        var stream = try CalibratedStream("ewma")
        for (time, value) in zip(minutes(300), noise(300)) { _ = stream.update(time: time, value: value) }
        let bytes = stream.snapshot()
        #expect(bytes.count < 4_096, "a stream's state stays small: \(bytes.count) bytes")
        for position in stride(from: 0, to: bytes.count, by: 7) {
            var copy = bytes
            copy[position] ^= 0x40
            #expect(throws: DetectorError.self) { try CalibratedStream(restoring: copy) }
        }
        for length in stride(from: 0, to: bytes.count, by: 13) {
            #expect(throws: DetectorError.self) { try CalibratedStream(restoring: Array(bytes[..<length])) }
        }
        #expect(throws: DetectorError.self) { try CalibratedStream(restoring: bytes, registry: DetectorRegistry()) }
    }

    @Test("a batch detector and a rate that is none make no stream", arguments: [0, 1, -0.1, 2, Double.nan])
    func refusals(alpha: Double) {
        #expect(throws: DetectorError.self) { try CalibratedStream("stl") }
        #expect(throws: DetectorError.self) { try CalibratedStream("ewma", alpha: alpha) }
    }
}
