import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexLogs

@Suite struct ParameterDetectorTests {
    @Test(
        "numbers are read with their units",
        arguments: [
            ("512", 512), ("-3.5e2", -350), ("1.2ms", 0.0012), ("900us", 0.0009), ("64KiB", 65_536), ("85%", 85),
            ("+7", 7), (".5", 0.5), ("2m", 120), ("1e3s", 1_000),
        ] as [(String, Double)])
    func numbers(text: String, value: Double) throws {
        #expect(abs(try #require(read(text)) - value) <= 1e-12 * abs(value))
    }

    @Test(
        "what is no measurement is not read as one",
        arguments: ["", "-", ".", "0x1f", "10.0.0.1", "blk_12", "3.4.5", "12:30", "5 apples", "1e9999", "7f3a"])
    func noNumbers(text: String) {
        #expect(read(text) == nil)
    }

    private func read(_ text: String) -> Double? {
        let bytes = Array(text.utf8)
        return MeasuredNumber.read(bytes.span)
    }

    @Test("quantiles are those of sorted numbers, to the width of a bin", arguments: 0..<5)
    func quantiles(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var histogram = LogHistogram()
        let values = (0..<5_000).map { _ in exp(Double(seed) * random.normal()) * (random.uniform() < 0.2 ? -1 : 1) }
        for value in values { histogram.add(LogHistogram.place(value)) }
        let places = values.map(LogHistogram.place).sorted()
        for share in [0.01, 0.1, 0.5, 0.9, 0.99] {
            let exact = places[Int((share * 5_000).rounded(.up)) - 1]
            #expect(abs(histogram.quantile(share) - exact) <= histogram.width)
        }
        let (border, count, excess) = histogram.tail(100, sign: 1)
        let beyond = places.filter { $0 >= border }
        #expect(Double(beyond.count) == count && count <= 100)
        let mean = beyond.reduce(0) { $0 + $1 - border } / Double(max(1, beyond.count))
        #expect(abs(mean - excess) <= histogram.width)
        for value in [0, 1e-9, -3, 4e5] {
            #expect(abs(LogHistogram.value(at: LogHistogram.place(value)) - value) <= 1e-9 * abs(value) + 1e-15)
        }
    }

    @Test("a histogram forgets and stays small")
    func fading() {
        var histogram = LogHistogram()
        for step in 0..<400_000 { histogram.add(Double(step % 5_000) / 10) }
        #expect(histogram.total <= 100_000)
        let bytes = { () -> Int in
            var writer = StateWriter()
            histogram.write(to: &writer)
            return writer.bytes.count
        }()
        #expect(bytes < LogHistogram.capacity * 12 + 64)
    }

    // Seeds 101 and up are for tests and reports; settings were chosen on 1 to 9.
    @Test(
        "false alarms stay near α, heavy tails or not, and what is far out is found",
        arguments: ParameterSimulation.Kind.allCases)
    func simulation(kind: ParameterSimulation.Kind) throws {
        let result = try ParameterSimulation(kind: kind, seed: 101, usual: 30_000, factor: 1_000).run()
        // Five standard deviations of 30,000 lines above 10⁻⁴.
        #expect(result.falseAlarmRate <= 1e-4 + 5 * (1e-4 / 30_000).squareRoot(), "\(result)")
        if let recall = result.recall { #expect(recall >= 0.7, "\(result)") }
    }

    private func update(_ detector: inout ParameterDetector, _ values: [String], _ template: UInt64 = 1) -> [LogVerdict]
    {
        let line = Array(values.joined(separator: " ").utf8)
        var (ranges, start): ([Range<Int>], Int) = ([], 0)
        for value in values {
            ranges.append(start..<start + value.utf8.count)
            start += value.utf8.count + 1
        }
        return detector.update(
            TemplateID(template), parameters: ranges, of: line.span, at: Timestamp(milliseconds: 0))
    }

    @Test("verdicts say what was seen and what is usual")
    func verdicts() throws {
        var random = SplitMix64(seed: 5)
        var detector = ParameterDetector()
        for line in 0..<20_000 {
            #expect(update(&detector, ["\(10 + random.gaussian())ms", line % 3 == 0 ? "GET" : "POST"]).isEmpty)
        }
        let verdicts = update(&detector, ["9000ms", "BREW"])
        #expect(verdicts.map(\.kind) == [.unusualNumber, .newValue])
        #expect(verdicts[0].subject == .parameter(TemplateID(1), 0) && verdicts[0].observed == 9)
        #expect(verdicts[0].expected.map { abs($0 - 0.01) < 0.001 } ?? false)
        #expect(verdicts[0].explanation.hasPrefix("9000ms where 0.01 is usual"))
        #expect(
            verdicts[1].explanation == "\"BREW\" is none of 2 known values; a new one is expected once in 14428 lines")
        #expect(verdicts.allSatisfy { $0.isAnomalous })
        #expect(detector.readiness(of: TemplateID(1), parameter: 1) == .ready)
        // Another number of parameters is another template in all but name.
        #expect(update(&detector, ["TEAPOT"]).isEmpty)
        #expect(detector.readiness(of: TemplateID(1), parameter: 0) == .warmingUp(seen: 1, needed: 500))
    }

    @Test("parameters are bounded, and those that had to make room are counted")
    func flood() throws {
        var detector = try ParameterDetector(configuration: .init(maximumParameters: 100, parametersPerTemplate: 2))
        for line in 0..<5_000 { _ = update(&detector, ["\(line)", "a", "b"], UInt64(line)) }
        #expect(detector.parameterCount == 100 && detector.evictedParameters == 9_900)
        for line in 0..<200_000 { _ = update(&detector, [String(line, radix: 36), "\(exp(Double(line % 700)))"], 1) }
        #expect(detector.snapshot().count < 100 * 200 + 8_192)
    }

    @Test("a snapshot in the middle gives the same rest, and a damaged one does no harm")
    func snapshot() throws {
        var random = SplitMix64(seed: 6)
        var detector = ParameterDetector()
        func values(_ random: inout SplitMix64) -> [String] {
            ["\(exp(3 * random.gaussian()))", "v\(random.next() % 5)", "\(random.next())"]
        }
        for _ in 0..<2_000 { _ = update(&detector, values(&random)) }
        let whole = detector.snapshot()
        var restored = try ParameterDetector(restoring: whole)
        #expect(restored == detector)
        for _ in 0..<1_000 {
            let next = values(&random)
            #expect(update(&restored, next) == update(&detector, next))
        }
        #expect(restored.snapshot() == detector.snapshot())
        #expect(ResealedSnapshot.refuses(whole) { _ = try ParameterDetector(restoring: $0) })
        for _ in 0..<1_000 {
            let bytes = ResealedSnapshot.damaged(whole, &random)
            guard var hostile = try? ParameterDetector(restoring: bytes) else { continue }
            for _ in 0..<40 {
                #expect(update(&hostile, values(&random)).allSatisfy { $0.anomalyScore.isFinite && $0.pValue > 0 })
            }
        }
    }
}
