import AuspexTesting
import Foundation
import Testing

@testable import AuspexDetection

@Suite struct SpectralResidualTests {
    /// The definition, with the sums of the transform written out in double precision.
    private func naive(_ raw: [Double], average: Int) -> [Double] {
        let (least, most) = (raw.min() ?? 0, raw.max() ?? 1)
        let values = raw.map { ($0 - least) / (most - least) }
        let count = values.count
        func wave(_ k: Int, _ t: Int) -> (Double, Double) {
            let angle = 2 * Double.pi * Double(k * t % count) / Double(count)
            return (cos(angle), sin(angle))
        }
        let spectrum = (0..<count).map { k in
            values.indices.reduce((0.0, 0.0)) { sum, t in
                let (c, s) = wave(k, t)
                return (sum.0 + values[t] * c, sum.1 - values[t] * s)
            }
        }
        let logs = (1...count / 2).map { log(hypot(spectrum[$0].0, spectrum[$0].1)) }
        let left = (average - 1) / 2
        let usual = logs.indices.map { place in
            (place - left..<place - left + average).reduce(0.0) {
                $0 + ($1 < 0 ? values[0] : $1 >= logs.count ? values[count - 1] : logs[$1])
            } / Double(average)
        }
        let divisors = (0..<count).map { k in
            k == 0 ? hypot(spectrum[0].0, spectrum[0].1) : exp(usual[min(k, count - k) - 1])
        }
        return (0..<count).map { t in
            let (real, imaginary) = (0..<count).reduce((0.0, 0.0)) { sum, k in
                let (c, s) = wave(k, t)
                let (a, b) = (spectrum[k].0 / divisors[k], spectrum[k].1 / divisors[k])
                return (sum.0 + a * c - b * s, sum.1 + a * s + b * c)
            }
            return hypot(real, imaginary) / Double(count)
        }
    }

    @Test("scores are those of the definition, for even and odd numbers of rows", arguments: [60, 61, 97, 128])
    func definition(rows: Int) throws {
        let values = sawtooth(seed: 4, rows: rows)
        for average in [1, 2, 7, 100] {
            let scores = try output("sr:average=\(average)", [values]).scores
            let expected = naive(values, average: average)
            #expect(zip(scores, expected).allSatisfy { abs($0 - $1) < 1e-4 }, "average \(average)")
        }
    }

    @Test("a single spike scores highest")
    func spike() throws {
        var values = sawtooth(rows: 600)
        values[333] += 12
        #expect(top(try output("sr", [values]).scores) == 333)
    }

    @Test("of several columns the largest counts, and a constant one says nothing")
    func columns() throws {
        let values = sawtooth()
        let one = try output("sr", [values]).scores
        #expect(try output("sr", [values, values.map { _ in 0.1 }]).scores == one)
        let other = try output("sr", [sawtooth(seed: 9)]).scores
        #expect(try output("sr", [values, sawtooth(seed: 9)]).scores == zip(one, other).map(max))
    }

    @Test("unit and offset of the values don't matter", arguments: [1e-100, 1e100])
    func unit(scale: Double) throws {
        let plain = try output("sr", [sawtooth()]).scores
        let scaled = try output("sr", [sawtooth().map { scale * ($0 + 3) }]).scores
        #expect(zip(plain, scaled).allSatisfy { abs($0 - $1) < 1e-4 })
    }

    @Test("the largest prime factor is found", arguments: [(1, 1), (2, 2), (12, 3), (97, 97), (2 * 49_999, 49_999)])
    func prime(number: Int, factor: Int) {
        #expect(SaliencyMap.largestPrimeFactor(of: number) == factor)
    }

    @Test("a long series of a prime number of rows is continued, and its spike still found")
    func longPrime() throws {
        var values = sawtooth(rows: 20_011)
        values[7_000] += 15
        let scores = try output("sr", [values]).scores
        #expect(scores.count == 20_011)
        #expect(top(scores) == 7_000)
    }
}
