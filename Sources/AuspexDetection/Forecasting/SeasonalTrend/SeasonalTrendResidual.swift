import AuspexNumerics
import AuspexSignals

/// How far a value is from trend and cycle, found by loess, in robust standard deviations of that error; of several columns
/// the largest.
///
/// Rows are taken as evenly spaced. Rows without a value have no say in trend and cycle.
struct SeasonalTrendResidual: BatchDetector {
    /// More operations than this take some minutes.
    static let mostOperations = 2e11
    /// Cycles of more periods than this are not told from each other.
    static let mostPeriods = 5

    static let descriptor = DetectorDescriptor(
        name: "stl",
        summary: "Distance of a value from a moving trend and cycles that change slowly; finds breaks of a rhythm.",
        kind: .batch, family: "forecasting",
        parameters: [
            .text(
                "periods", default: ParameterDescriptor.automaticWord,
                form: "up to \(mostPeriods) whole numbers from 2 such as 24+168, 1 for none, or auto",
                meaning: "rows that the cycles have; left alone one is found by autocorrelation up to 303 rows"),
            .integer(
                "seasonal", default: 11, in: 3...9_999,
                meaning: "cycles over which a cycle may change, odd; 4 more for each longer period"),
            .integer(
                "jump", default: nil, in: 1...10_000,
                meaning: "a line is fitted every so many rows; left alone that is a tenth of what it is fitted to"),
            .integer("inner", default: 2, in: 1...20, meaning: "how often trend and cycle are found from each other"),
            .integer(
                "outer", default: 5, in: 0...50,
                meaning: "how often that is repeated with less weight on rows that are far off"),
            RobustScale.bandParameter,
            ReferenceRows.parameter(default: .training),
        ],
        cost:
            "some 400·n·d·inner·(outer + 1) flops a period, with jump=1 40·n·d·period·inner·(outer + 1); at most 2·10¹¹",
        memory: "150·n + 16·n·d bytes",
        source: "Cleveland, Cleveland, McRae and Terpenning 1990; several periods: Bandara, Hyndman and Bergmeir 2021",
        minimumHistory: "4 cycles, 2 of a given period; without a cycle some dozen rows")

    private let periods: [Int]?
    private let settings: SeasonalTrend.Settings
    private let band: Double
    private let reference: ReferenceRows

    init(parameters: ParameterValues) throws(DetectorError) {
        periods = try Self.periods(try parameters.text("periods"))
        let seasonal = try parameters.integer("seasonal")
        guard !seasonal.isMultiple(of: 2) else {
            throw .invalidParameter(
                detector: parameters.detector, name: "seasonal", value: "\(seasonal)", allowed: "odd")
        }
        settings = SeasonalTrend.Settings(
            period: 1, seasonalSpan: seasonal, jump: try parameters.optionalInteger("jump"),
            rounds: try parameters.integer("inner"), robustRounds: try parameters.integer("outer"))
        band = try parameters.number("band")
        reference = try ReferenceRows(parameters)
    }

    /// Ascending, without 1; nil when they are left to the detector.
    private static func periods(_ text: String) throws(DetectorError) -> [Int]? {
        guard text != ParameterDescriptor.automaticWord else { return nil }
        let numbers = text.split(separator: "+", omittingEmptySubsequences: false).map { part in
            let words = part.split(whereSeparator: \.isWhitespace)
            return words.count == 1 ? Int(words[0]) : nil
        }
        let periods = numbers.compactMap(\.self)
        guard periods.count == numbers.count, periods.count <= mostPeriods, Set(periods).count == periods.count,
            periods.allSatisfy({ (1...1_000_000).contains($0) })
        else {
            throw .invalidParameter(
                detector: descriptor.name, name: "periods", value: text,
                allowed:
                    "up to \(mostPeriods) different whole numbers from 2 to 1000000 such as 24+168, 1 for none, or "
                    + ParameterDescriptor.automaticWord)
        }
        return periods.filter { $0 > 1 }.sorted()
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        let rows = try reference.rows(of: table, training: training)
        let columns = try (0..<table.columns).map { column throws(DetectorError) in
            try FittedColumn(table.column(column), periods: periods, settings: settings)
        }
        let scales = columns.map { column in
            let errors = rows.compactMap { column.errors[$0] }
            // Trend and cycle are what is expected: errors spread around 0.
            return RobustScale(errors + errors.map { -$0 })
        }
        return Model(
            periods: periods, settings: settings, band: band, table: table, columns: columns, scales: scales)
    }

    private struct Model: DetectorModel {
        let periods: [Int]?
        let settings: SeasonalTrend.Settings
        let band: Double
        let table: Table
        let columns: [FittedColumn]
        /// In each column's frame.
        let scales: [RobustScale]

        func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
            try table.checkWidth(scales.count)
            var scores = [Double](repeating: 0, count: table.rows)
            var expectations: [Expectation?]?
            var notes = table.notes(ofUnknown: scales)
            for column in 0..<table.columns {
                let known = columns[column]
                // The errors are those of the table that is scored, by the scale of the one that was learned from.
                let found =
                    table == self.table
                    ? known
                    : try FittedColumn(
                        table.column(column), periods: periods, settings: settings, frame: known.frame)
                for (row, error) in found.errors.enumerated() {
                    if let error { scores[row] = max(scores[row], scales[column].distance(error)) }
                }
                if table.columns == 1 { expectations = found.expectations(scales[column], width: band) }
                if !found.tooLong.isEmpty {
                    notes.append(
                        "\(table.names[column]): \(table.rows) rows are too few for cycles of "
                            + found.tooLong.map { "\($0)" }.joined(separator: " and ") + " rows, which are left out")
                }
            }
            return DetectorOutput(scores: table.finished(scores), expectations: expectations, notes: notes)
        }
    }
}

/// A column and what trend and cycle make of it.
private struct FittedColumn: Sendable {
    /// Where the column was moved to and by what it was divided.
    let frame: (centre: Double, unit: Double)
    /// Value less trend and cycle, in the frame; nil where the value is missing.
    let errors: [Double?]
    /// Periods that were asked for and are too long for the column.
    let tooLong: [Int]
    private let fitted: [Double]

    init(
        _ raw: [Double], periods: [Int]?, settings: SeasonalTrend.Settings,
        frame given: (centre: Double, unit: Double)? = nil
    ) throws(DetectorError) {
        let clean = CleanColumn(raw).values
        let own = CommonFrame([clean])
        let frame = given ?? (own.centres[0], own.unit)
        let values = clean.map { CleanColumn.clamped(($0 - frame.centre) / frame.unit) }
        let wanted = periods ?? [SeasonalProfile.detectedPeriod(clean)].filter { $0 > 1 }
        let usable = wanted.filter { 2 * $0 < values.count }
        let operations = MultipleSeasonalTrend.operations(rows: values.count, periods: usable, settings: settings)
        guard operations <= SeasonalTrendResidual.mostOperations else {
            throw .tooLarge(
                detector: SeasonalTrendResidual.descriptor.name,
                reason:
                    "\(values.count) rows with cycles of \(usable.map { "\($0)" }.joined(separator: " and ")) rows take "
                    + "many minutes; leave jump alone, choose fewer rounds, or score the table in parts")
        }
        let fitted = MultipleSeasonalTrend(
            values, isPresent: raw.map(\.isFinite), periods: usable, settings: settings
        ).fitted
        self.frame = frame
        self.fitted = fitted
        tooLong = wanted.filter { 2 * $0 >= values.count }
        errors = raw.indices.map { raw[$0].isFinite ? CleanColumn.clamped(values[$0] - fitted[$0]) : nil }
    }

    /// Trend and cycle with a band, in the column's unit.
    func expectations(_ scale: RobustScale, width: Double) -> [Expectation?] {
        fitted.map { value in
            guard let band = scale.expectation(shiftedBy: value, width: width) else { return nil }
            func back(_ value: Double) -> Double {
                CleanColumn.clamped(CleanColumn.clamped(value) * frame.unit + frame.centre)
            }
            return Expectation(value: back(band.value), lower: back(band.lower), upper: back(band.upper))
        }
    }
}
