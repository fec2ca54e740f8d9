import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexDetection

@Suite struct SeasonalTrendTests {
    private func rhythm(rows: Int = 480, seed: UInt64 = 3) -> [Double] {
        var random = SplitMix64(seed: seed)
        return (0..<rows).map { row in
            let day = sin(Double(row) * 2 * Double.pi / 24)
            return 100 + 0.05 * Double(row) + 10 * day + 0.5 * random.gaussian()
        }
    }

    /// The weighted line through the nearest `span` values, by its normal equations.
    private func naive(_ values: [Double], _ weights: [Double], span: Int, at place: Int) -> Double {
        let count = values.count
        let width = min(span, count)
        let first = min(max(place - width / 2, 0), count - width)
        let nodes = first..<first + width
        let reach = Double(nodes.map { abs($0 - place) }.max() ?? 0) + Double(max(0, span - count) / 2)
        var sums = (w: 0.0, x: 0.0, xx: 0.0, y: 0.0, xy: 0.0)
        for node in nodes {
            let distance = abs(Double(node - place)) / reach
            let weight = (distance < 0.999 ? pow(1 - pow(distance, 3), 3) : 0) * weights[node]
            let (x, y) = (Double(node - place), values[node])
            sums = (
                sums.w + weight, sums.x + weight * x, sums.xx + weight * x * x, sums.y + weight * y,
                sums.xy + weight * x * y
            )
        }
        return (sums.xx * sums.y - sums.x * sums.xy) / (sums.w * sums.xx - sums.x * sums.x)
    }

    @Test("loess is a weighted line through the nearest values", arguments: [(40, 7), (40, 21), (15, 31)])
    func loess(count: Int, span: Int) {
        var random = SplitMix64(seed: UInt64(span))
        let values = (0..<count).map { Double($0 * $0) / 50 + random.gaussian() }
        let weights = (0..<count).map { _ in 0.1 + random.uniform() }
        let smoothed = Loess(span: span, jump: 1).smoothed(values, weights: weights)
        for place in 0..<count {
            #expect(isClose(smoothed[place], naive(values, weights, span: span, at: place), within: 1e-6), "\(place)")
        }
    }

    @Test("with a jump the fitted values lie on the line, and those between on straight lines")
    func jump() {
        let values = sawtooth(rows: 50)
        let all = Loess(span: 9, jump: 1).smoothed(values, weights: nil)
        let few = Loess(span: 9, jump: 4).smoothed(values, weights: nil)
        for place in stride(from: 0, to: 49, by: 4) { #expect(isClose(all[place], few[place], within: 1e-12)) }
        #expect(isClose(few[10], (few[8] + few[12]) / 2, within: 1e-12))
    }

    @Test("a line is smoothed to itself, and a straight trend with a fixed cycle leaves nothing", arguments: [1, 5])
    func exact(jump: Int) throws {
        let line = (0..<60).map { 3 - 0.25 * Double($0) }
        #expect(
            zip(Loess(span: 11, jump: jump).smoothed(line, weights: nil), line).allSatisfy {
                isClose($0, $1, within: 1e-9)
            })
        let values = (0..<240).map { row in
            let phase = Double(row % 12)
            return 0.1 * Double(row) + phase * phase
        }
        let parts = MultipleSeasonalTrend(
            values, isPresent: values.map { _ in true }, periods: [12],
            settings: .init(period: 12, seasonalSpan: 11, jump: jump, rounds: 10, robustRounds: 0))
        #expect(zip(parts.fitted, values).allSatisfy { isClose($0, $1, within: 1e-3) })
    }

    @Test("a value at the wrong hour scores highest, though the day has seen it before")
    func wrongHour() throws {
        var values = rhythm()
        values[246] -= 6
        let result = try output("stl", [values])
        #expect(top(result.scores) == 246)
        #expect(result.scores[246] > 8)
        let expectations = try #require(result.expectations)
        let band = try #require(expectations[246])
        #expect(abs(band.value - 122) < 1.5 && values[246] < band.lower)
    }

    @Test("of two cycles both are followed")
    func twoCycles() throws {
        var values = rhythm(rows: 1_008).enumerated().map { $1 + ($0 / 24 % 7 < 2 ? 30 : 0) }
        values[500] += 6
        let both = try output("stl:periods=24+168", [values]).scores
        #expect(top(both) == 500)
        let one = try output("stl:periods=24", [values]).scores
        #expect(top(one) != 500)
    }

    @Test("rows without a value have no say: what stood there does not matter to what is expected elsewhere")
    func missing() throws {
        var values = rhythm()
        for row in 200..<206 { values[row] = .nan }
        values[300] += 8
        let result = try output("stl:periods=24", [values])
        #expect(top(result.scores) == 300)
        #expect(result.scores[200..<206].allSatisfy { $0 == 0 })
        let expectations = try #require(result.expectations)
        let expected = try #require(expectations[203])
        #expect(abs(expected.value - rhythm()[203]) < 3)
    }

    @Test("a period that does not fit twice is left out with a note, and text that is none is refused")
    func periods() throws {
        let notes = try output("stl:periods=24+240", [rhythm()]).notes
        #expect(notes == ["value: 480 rows are too few for cycles of 240 rows, which are left out"])
        for text in ["0", "24+", "24+24", "x", "1+2+3+4+5+6", "1000001", "2 4"] {
            #expect(throws: DetectorError.self) { try DetectorRegistry.standard.makeBatch("stl:periods=\(text)") }
        }
        #expect(throws: DetectorError.self) { try DetectorRegistry.standard.makeBatch("stl:seasonal=8") }
    }

    @Test("what would take many minutes is refused")
    func tooLarge() throws {
        let table = try Table(columns: [(0..<100_000).map { Double($0 % 10_000) }])
        let detector = try DetectorRegistry.standard.makeBatch("stl:periods=10000,jump=1")
        #expect(throws: DetectorError.self) { try detector.fit(table, training: nil) }
    }

    @Test("another table is scored on the learned scale")
    func otherTable() throws {
        let table = try Table(columns: [rhythm()])
        let model = try DetectorRegistry.standard.makeBatch("stl:periods=24").fit(table, training: nil)
        var values = rhythm(seed: 9)
        values[100] += 5
        let scores = try model.scores(try Table(columns: [values])).scores
        #expect(top(scores) == 100)
    }
}
