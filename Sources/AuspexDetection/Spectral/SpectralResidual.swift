import AuspexNumerics
import AuspexSignals
import Foundation

/// How far a value stands out of what the usual part of the spectrum makes of the series; of several columns the largest.
///
/// The log amplitude of each frequency is compared with the mean over its neighbours. What is left, with the old phases,
/// goes back to time. Regular parts, which have smooth spectra, nearly vanish; what breaks them stays.
struct SpectralResidual: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "sr",
        summary: "Size of a value after the usual part of the spectrum is taken off; finds single strange values.",
        kind: .batch, family: "spectral",
        parameters: [
            .integer(
                "average", default: 100, in: 1...10_000,
                meaning: "over how many frequencies the usual amplitude is averaged")
        ],
        cost: "some 30·n·log₂ n·d flops; up to 100 times as much for numbers of rows with a large prime factor",
        memory: "60·n bytes",
        source: "Ren et al. 2019, §4.1; the form of the TSB-AD benchmark (Liu and Paparrizos 2024)",
        minimumHistory: "some hundred rows, mostly normal; under 2 rows all scores are 0")

    private let average: Int

    init(parameters: ParameterValues) throws(DetectorError) {
        average = try parameters.integer("average")
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        _ = try table.trainingRows(training)
        return Model(columns: table.columns, average: average)
    }

    private struct Model: DetectorModel {
        let columns: Int
        let average: Int

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(columns)
            var scores = [Double](repeating: 0, count: table.rows)
            for column in table.cleanColumns() {
                do {
                    for (row, score) in try SaliencyMap(column.values, average: average).values.enumerated() {
                        scores[row] = max(scores[row], score)
                    }
                } catch {
                    throw .numerics(detector: SpectralResidual.descriptor.name, reason: error.description)
                }
            }
            return DetectorOutput(scores: table.finished(scores))
        }
    }
}

/// The spectral residual of one series, back in time.
struct SaliencyMap {
    /// A transform of n values costs n times their largest prime factor when that is large. Beyond this product the series
    /// is continued to a better length: about half a second.
    static let mostOperations = 100_000_000
    /// Amplitudes under this share of the largest are rounding noise of single precision and count as this.
    static let smallestShare = 1e-7

    /// What stands beyond the frequencies when amplitudes are averaged.
    enum Ends {
        /// The first and the last value of the series, as in the benchmark, whose published figures depend on it.
        case values
        /// Nothing: there, fewer are averaged.
        case open
    }

    /// One score a row, 0 or more; all 0 when nothing varies.
    let values: [Double]

    /// - Parameters:
    ///   - raw: finite values.
    ///   - average: over how many amplitudes to average.
    ///   - ends: what stands beyond the lowest and the highest frequency in these averages.
    init(_ raw: [Double], average: Int, ends: Ends = .values) throws(NumericsError) {
        let (least, most) = (raw.min() ?? 0, raw.max() ?? 0)
        guard raw.count > 1, most > least else {
            values = [Double](repeating: 0, count: raw.count)
            return
        }
        let scaled = Self.continued(raw.map { ($0 - least) / (most - least) })
        // The mean is taken off for the sake of single precision only: it has no part in the other frequencies.
        let mean = Moments(scaled).mean
        let transform = try RealFourierTransform(count: scaled.count)
        let spectrum = try transform.forward(scaled.map { Float($0 - mean) })
        let amplitudes = spectrum.dropFirst().map {
            (Double($0.real) * Double($0.real) + Double($0.imaginary) * Double($0.imaginary)).squareRoot()
        }
        let floor = (amplitudes.max() ?? 0) * Self.smallestShare
        guard floor > 0 else {
            values = [Double](repeating: 0, count: raw.count)
            return
        }
        let logarithms = amplitudes.map { log(max($0, floor)) }
        let usual =
            switch ends {
            case .values:
                Self.averaged(
                    logarithms, width: average, before: scaled[0], behind: scaled[scaled.count - 1])
            case .open:
                Self.averaged(logarithms, width: average)
            }
        // The amplitude at frequency 0 is its own average, which leaves 1.
        var residual = [RealFourierTransform.Complex(real: 1, imaginary: 0)]
        for (value, level) in zip(spectrum.dropFirst(), usual) {
            let divisor = exp(level)
            residual.append(
                .init(real: Float(Double(value.real) / divisor), imaginary: Float(Double(value.imaginary) / divisor)))
        }
        values = try transform.inverse(residual).prefix(raw.count).map { Double(abs($0)) }
    }

    /// The mean over those of `width` amplitudes around each that there are.
    static func averaged(_ values: [Double], width: Int) -> [Double] {
        let left = (width - 1) / 2
        return values.indices.map { place in
            let part = values[max(0, place - left)..<min(values.count, place - left + width)]
            return part.reduce(0, +) / Double(part.count)
        }
    }

    /// The mean over `width` amplitudes around each, with one value beyond either end.
    static func averaged(_ values: [Double], width: Int, before: Double, behind: Double) -> [Double] {
        let left = (width - 1) / 2
        let padded =
            [Double](repeating: before, count: left) + values
            + [Double](repeating: behind, count: width - left - 1)
        var sums = [0.0]
        sums.reserveCapacity(padded.count + 1)
        for value in padded { sums.append(sums[sums.count - 1] + value) }
        return values.indices.map { (sums[$0 + width] - sums[$0]) / Double(width) }
    }

    /// The series itself when its length can be transformed fast enough; else mirrored at its end up to one that can.
    private static func continued(_ values: [Double]) -> [Double] {
        let count = values.count
        guard largestPrimeFactor(of: count) > mostOperations / count else { return values }
        let length = RealFourierTransform.fastLength(atLeast: count)
        return values + (0..<length - count).map { values[max(count - 2 - $0, 0)] }
    }

    static func largestPrimeFactor(of number: Int) -> Int {
        var (rest, largest, factor) = (number, 1, 2)
        while factor * factor <= rest {
            if rest.isMultiple(of: factor) {
                largest = factor
                rest /= factor
            } else {
                factor += 1
            }
        }
        return max(largest, rest)
    }
}
