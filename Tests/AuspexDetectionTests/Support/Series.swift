import AuspexDetection
import AuspexSignals
import AuspexTesting
import Foundation

/// A sawtooth of 37 rows with noise; the series of the golden scores.
func sawtooth(seed: UInt64 = 21, rows: Int = 240) -> [Double] {
    var random = SplitMix64(seed: seed)
    return (0..<rows).map { Double($0 % 37) / 4 + random.gaussian() }
}

/// The output of a shipped detector on one or more columns.
func output(
    _ specification: String, _ columns: [[Double]], times: [Timestamp]? = nil, training: Range<Int>? = nil
) throws -> DetectorOutput {
    let table = try Table(columns: columns, times: times)
    return try DetectorRegistry.standard.makeBatch(specification).fit(table, training: training).scores(table)
}

func minutes(_ count: Int, from start: Int64 = 1_700_000_000_000) -> [Timestamp] {
    (0..<count).map { Timestamp(milliseconds: start + Int64($0) * 60_000) }
}

func isClose(_ left: Double, _ right: Double, within tolerance: Double) -> Bool {
    abs(left - right) <= tolerance * max(abs(left), abs(right), 1)
}

/// The sine of so many turns.
func sine(_ turns: Double) -> Double { Foundation.sin(2 * .pi * turns) }

/// The natural logarithm, for tests that need nothing else of Foundation.
func logarithm(_ value: Double) -> Double { Foundation.log(value) }

/// e to a power, for the same.
func exponential(_ value: Double) -> Double { Foundation.exp(value) }
