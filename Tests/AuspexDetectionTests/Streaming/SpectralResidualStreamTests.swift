import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexDetection

@Suite struct SpectralResidualStreamTests {
    /// Ren et al. 2019, §4.1, written out in double precision: estimated values, the log spectrum less its mean over three,
    /// back with the old phases, and the newest saliency against the 21 before it.
    private func naive(_ values: ArraySlice<Double>) -> Double {
        let measured = Array(values)
        let newest = measured.count - 1
        let slope = (1...5).map { (measured[newest - 1] - measured[newest - 1 - $0]) / Double($0) }.reduce(0, +) / 5
        let estimate = measured[newest - 5] + slope * 5
        let raw = measured + [Double](repeating: estimate, count: 5)
        let (least, most) = (raw.min() ?? 0, raw.max() ?? 1)
        let scaled = raw.map { ($0 - least) / (most - least) }
        let mean = scaled.reduce(0, +) / Double(scaled.count)
        let count = scaled.count
        func wave(_ k: Int, _ t: Int) -> (Double, Double) {
            let angle = 2 * Double.pi * Double(k * t % count) / Double(count)
            return (cos(angle), sin(angle))
        }
        let spectrum = (0..<count).map { k in
            (0..<count).reduce((0.0, 0.0)) { sum, t in
                (sum.0 + (scaled[t] - mean) * wave(k, t).0, sum.1 - (scaled[t] - mean) * wave(k, t).1)
            }
        }
        let logs = (1...count / 2).map { log(hypot(spectrum[$0].0, spectrum[$0].1)) }
        let usual = logs.indices.map { place in
            let part = logs[max(0, place - 1)...min(logs.count - 1, place + 1)]
            return part.reduce(0, +) / Double(part.count)
        }
        let map = (0..<count).map { t in
            // The constant part is its own mean, which leaves 1.
            let sum = (1..<count).reduce(1.0) { sum, k in
                let divisor = exp(usual[min(k, count - k) - 1])
                return sum + (spectrum[k].0 * wave(k, t).0 - spectrum[k].1 * wave(k, t).1) / divisor
            }
            return abs(sum) / Double(count)
        }
        let before = map[newest - 21..<newest].reduce(0, +) / 21
        return max(0, (map[newest] - before) / before)
    }

    @Test("scores are those of the published definition", arguments: [32, 64, 128])
    func definition(window: Int) throws {
        let values = sawtooth(seed: 4, rows: window + 60)
        let readings = try readings("sr:window=\(window)", values)
        for row in stride(from: window - 6, to: values.count, by: 7) {
            let expected = naive(values[row - window + 6...row])
            #expect(abs(readings[row].rawScore - expected) < 1e-3 * max(1, expected), "row \(row)")
        }
        #expect(readings[..<(window - 6)].allSatisfy { $0.readiness != .ready })
    }

    @Test("the estimate goes on with the mean slope")
    func estimate() {
        #expect(SpectralResidualStream.estimate((0..<20).map(Double.init)) == 20)
        #expect(SpectralResidualStream.estimate([Double](repeating: 7, count: 9)) == 7)
        #expect(SpectralResidualStream.estimate([0, 0, 0, 0, 0, 0, 60]) == 137)
        #expect(abs(SpectralResidualStream.estimate([1e300, -1e300, 1e300, -1e300, 1e300, -1e300])) <= 1e140)
    }

    @Test("a single spike in a cycle scores highest, the moment it comes")
    func spike() throws {
        var values = wave(800)
        values[500] += 6
        #expect(top(try readings("sr", values).map(\.rawScore)) == 500)
    }

    @Test("unit and offset of the values don't matter, nor what lies before the window", arguments: [1e-100, 1e100])
    func unit(scale: Double) throws {
        let plain = try readings("sr:window=32", sawtooth()).map(\.rawScore)
        let scaled = try readings("sr:window=32", sawtooth().map { scale * ($0 + 3) }).map(\.rawScore)
        #expect(zip(plain, scaled).allSatisfy { abs($0 - $1) < 1e-3 * max(1, $0) })
        var other = sawtooth()
        other[20] = 1e9
        #expect(Array(try readings("sr:window=32", other).map(\.rawScore)[50...]) == Array(plain[50...]))
    }

    @Test("only powers of two are windows")
    func refusals() {
        for window in ["0", "31", "100", "2048", "auto"] {
            #expect(throws: DetectorError.self) { try DetectorRegistry.standard.makeStreaming("sr:window=\(window)") }
        }
    }
}
