import AuspexTesting
import Foundation
import Testing

@testable import AuspexDetection

@Suite struct OnlineChangePointsTests {
    /// −ln of the density of each value as a mixture over all times of the last change, each from its own values anew.
    private func naive(_ values: [Double], run: Double) -> [Double] {
        func logGamma(_ x: Double) -> Double {
            // Stirling's series, moved up to where it is exact.
            var (x, shift) = (x, 0.0)
            while x < 20 {
                shift += log(x)
                x += 1
            }
            return (x - 0.5) * log(x) - x + 0.5 * log(2 * .pi) + 1 / (12 * x) - 1 / (360 * x * x * x) - shift
        }
        /// The marginal likelihood of a stretch of values, by its closed form.
        func evidence(_ part: ArraySlice<Double>) -> Double {
            let count = Double(part.count)
            let mean = part.isEmpty ? 0 : part.reduce(0, +) / count
            let squares = part.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let (weight, shape) = (0.1 + count, 1 + count / 2)
            let rate = 1 + squares / 2 + 0.1 * count * mean * mean / (2 * weight)
            return logGamma(shape) - shape * log(rate) + 0.5 * log(0.1 / weight) - count / 2 * log(2 * .pi)
        }
        var total = [0.0]
        // The joint density of all values and the last change before `start`, for each start.
        var joint: [Double] = [0]
        return values.indices.map { row in
            if row > 0 { joint.append((total.last ?? 0) - log(run)) }
            let terms = (0...row).map { start in
                joint[start] + Double(row - start) * log(1 - 1 / run) + evidence(values[start...row])
            }
            let most = terms.max() ?? 0
            total.append(most + log(terms.reduce(0) { $0 + exp($1 - most) }))
            return total[row] - total[row + 1]
        }
    }

    @Test("densities are those of the mixture over all times of the last change")
    func definition() {
        let values = sawtooth(rows: 80).map { ($0 - 4) / 2 }
        var lengths = RunLengths(run: 50, longest: 1_000)
        let expected = naive(values, run: 50)
        for (row, value) in values.enumerated() {
            #expect(isClose(-lengths.update(value), expected[row], within: 1e-8), "row \(row)")
            #expect(isClose(lengths.chances.reduce(0, +), 1, within: 1e-12))
        }
    }

    @Test("few kept times change little when changes are frequent")
    func longest() {
        var (all, few) = (RunLengths(run: 10, longest: 1_000), RunLengths(run: 10, longest: 60))
        for value in sawtooth(rows: 400) {
            #expect(abs(all.update(value) - few.update(value)) < 0.1)
            #expect(few.chances.count <= 60)
        }
    }

    @Test("a change of the level is a surprise where it happens, and no longer when it is known")
    func level() throws {
        var random = SplitMix64(seed: 3)
        let values = (0..<600).map { random.gaussian() + ($0 < 400 ? 0 : 7) }
        let scores = try output("bocpd:period=1", [values], training: 0..<400).scores
        #expect((400..<404).contains(top(scores)))
        let later = scores[430...].reduce(0, +) / 170
        #expect(later < (scores.max() ?? 0) / 4)
    }

    @Test("a change of the spread is found")
    func spread() throws {
        var random = SplitMix64(seed: 4)
        let values = (0..<600).map { random.gaussian() * ($0 < 400 ? 0.1 : 1) }
        #expect((400..<410).contains(top(try output("bocpd:period=1", [values], training: 0..<400).scores)))
    }

    @Test("more steps than are taken are refused")
    func tooLarge() throws {
        let table = try Table(columns: [[Double](repeating: 0, count: 3_000_000)])
        let model = try DetectorRegistry.standard.makeBatch("bocpd:longest=10000,period=1")
            .fit(table, training: 0..<10)
        #expect(throws: DetectorError.self) { try model.scores(table) }
    }
}
