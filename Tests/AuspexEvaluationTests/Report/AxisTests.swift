import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexEvaluation

@Suite("Axes") struct AxisTests {
    private func labels(_ first: String, _ last: String) throws -> [String] {
        let times = [try #require(Timestamp(iso8601: first)), try #require(Timestamp(iso8601: last))]
        let axis = FigureAxis(times: times, rows: 2)
        #expect(axis.ticks.allSatisfy { (0...1).contains($0.position) } && axis.ticks.count <= 9)
        return axis.ticks.map(\.text)
    }

    @Test("time ticks are round and say what changes")
    func times() throws {
        #expect(
            try labels("2026-03-01T11:58:00Z", "2026-03-01T12:21:00Z") == [
                "2026-03-01 12:00", "12:05", "12:10", "12:15", "12:20",
            ])
        #expect(
            try labels("2026-03-01T20:00:00Z", "2026-03-02T05:00:00Z")
                == ["2026-03-01 20:00", "22:00", "2026-03-02 00:00", "02:00", "04:00"])
        #expect(try labels("2026-03-01T12:00:00Z", "2026-03-04T12:00:00Z").count == 7)
        #expect(try labels("2018-01-20", "2018-09-02").first == "2018-02")
        #expect(try labels("1999-05-01", "2024-06-01") == ["2000-01", "2005-01", "2010-01", "2015-01", "2020-01"])
        #expect(try labels("2026-03-01T12:00:00.000Z", "2026-03-01T12:00:01.000Z").first == "2026-03-01 12:00:00")
        #expect(try labels("2026-03-01T12:00:00Z", "2026-03-01T12:01:00Z").dropFirst().first == "12:00:10")
    }

    @Test("rows are numbered where times do not ascend")
    func rows() {
        let times = [5, 3, 9].map { Timestamp(milliseconds: $0) }
        let axis = FigureAxis(times: times, rows: 3)
        #expect(!axis.isTime && axis.positions(times: times, rows: 3) == [0, 0.5, 1])
        #expect(axis.ticks.map(\.text) == ["0", "0.5", "1", "1.5", "2"])
        #expect(FigureAxis(times: nil, rows: 1).positions(times: nil, rows: 1) == [0])
        #expect(!FigureAxis(times: [Timestamp(milliseconds: 1)], rows: 1).isTime)
    }

    @Test("numbers are round and never too many")
    func numbers() {
        #expect(Ticks.round(0, 80, limit: 5) == [0, 20, 40, 60, 80])
        #expect(Ticks.round(-1, 1, limit: 5) == [-1, -0.5, 0, 0.5, 1])
        #expect(Ticks.round(3, 3, limit: 5) == [3] && Ticks.round(.nan, 1, limit: 5).isEmpty)
        var generator = SplitMix64(seed: 8)
        for _ in 0..<2_000 {
            let low = Double.random(in: -1e6...1e6, using: &generator)
            let high = low + Double.random(in: 1e-9...1e9, using: &generator)
            let ticks = Ticks.round(low, high, limit: 6)
            #expect(ticks.count <= 7 && !ticks.isEmpty)
        }
        #expect(
            !Ticks.round(-1.7e308, 1.7e308, limit: 5).isEmpty
                && !Ticks.round(0, .leastNonzeroMagnitude, limit: 5).isEmpty)
    }
}
