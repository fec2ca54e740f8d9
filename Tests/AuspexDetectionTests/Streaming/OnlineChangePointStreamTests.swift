import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexDetection

@Suite struct OnlineChangePointStreamTests {
    /// −ln of the density of each value in units of the scale before it: a mixture over all times of the last change, each
    /// from its own values and from what was thought when it came. In closed form, without any of the running sums.
    private func naive(_ values: [Double], run: Double) -> [Double] {
        var level = RobustLevel()
        var priors: [(mean: Double, unit: Double)] = []
        for value in values {
            priors.append((level.value, level.unit))
            level.learn(value, gain: 1 - exp2(-1 / run), memory: 200)
        }
        func evidence(_ start: Int, _ part: ArraySlice<Double>) -> Double {
            let count = Double(part.count)
            let mean = part.reduce(0, +) / count
            let squares = part.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
            let (weight, shape, prior) = (0.1 + count, 1 + count / 2, priors[start])
            let distance = mean - prior.mean
            let rate = prior.unit * prior.unit + squares / 2 + 0.1 * count * distance * distance / (2 * weight)
            return lgamma(shape) + 2 * log(prior.unit) - shape * log(rate) + 0.5 * log(0.1 / weight)
                - count / 2 * log(2 * .pi)
        }
        let first = RobustLevel.warmUp
        var (total, joint) = ([0.0], [0.0])
        return (first..<values.count).map { row in
            if row > first { joint.append((total.last ?? 0) - log(run)) }
            let terms = joint.indices.map { index in
                joint[index] + Double(row - first - index) * log(1 - 1 / run)
                    + evidence(first + index, values[first + index...row])
            }
            let most = terms.max() ?? 0
            total.append(most + log(terms.reduce(0) { $0 + exp($1 - most) }))
            return total[row - first] - total[row - first + 1] - log(priors[row].unit)
        }
    }

    @Test("scores are those of the mixture over all times of the last change")
    func definition() throws {
        var values = sawtooth(rows: 160)
        for row in 100..<160 { values[row] += 6 }
        let expected = naive(values, run: 60)
        let readings = try readings("bocpd:run=60,longest=1000", values)
        for row in 40..<160 {
            #expect(isClose(readings[row].rawScore, max(0, expected[row - 30]), within: 1e-8), "row \(row)")
        }
        #expect(readings[..<40].allSatisfy { $0.readiness != .ready } && readings[40].readiness == .ready)
    }

    @Test("fifty kept times change little, even long behind a change")
    func longest() throws {
        var values = noise(800)
        for row in 300..<800 { values[row] += 8 }
        let (all, few) = (try readings("bocpd:longest=1000", values), try readings("bocpd", values))
        #expect(zip(all, few).allSatisfy { abs($0.rawScore - $1.rawScore) < 0.5 })
        let levels = few[320...].compactMap { $0.expectation?.value }
        #expect(levels.count == 480 && levels.allSatisfy { (56.8..<59.2).contains($0) })
    }

    @Test("the state does not grow with the samples, and scores stay finite")
    func bounded() throws {
        var stream = try DetectorRegistry.standard.makeStreaming("bocpd:longest=10")
        var sizes: Set<Int> = []
        for (row, (time, value)) in zip(minutes(4_000), noise(4_000)).enumerated() {
            let score = stream.update(time: time, value: value).rawScore
            #expect(score.isFinite && score < 20)
            if row > 100, row.isMultiple(of: 500) { sizes.insert(stream.snapshot().count) }
        }
        #expect(sizes.count == 1)
    }

    @Test("a change of level or spread is a surprise where it happens, and no longer when it is known")
    func changes() throws {
        var values = noise(900)
        for row in 400..<650 { values[row] += 7 }
        for row in 650..<900 { values[row] = 57 + 6 * (values[row] - 50) }
        let scores = try readings("bocpd", values).map(\.rawScore)
        #expect((400..<404).contains(400 + top(Array(scores[400..<650]))))
        #expect((650..<670).contains(650 + top(Array(scores[650..<700]))))
        let later = scores[430..<650].reduce(0, +) / 220
        #expect(later < (scores[400..<404].max() ?? 0) / 3)
    }

    @Test("a wild value is scored and then forgotten")
    func spike() throws {
        var values = noise(500)
        values[300] = 1e200
        let readings = try readings("bocpd", values)
        #expect(top(readings.map(\.rawScore)) == 300)
        #expect(readings[310...].allSatisfy { $0.rawScore < 8 })
        #expect(readings[310...].compactMap { $0.expectation?.value }.allSatisfy { (48..<52.0).contains($0) })
    }
}
