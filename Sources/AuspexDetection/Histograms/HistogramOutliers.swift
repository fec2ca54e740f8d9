import Foundation

/// How empty the histogram bins are in which a row's values fall, summed over columns or over the places of a window.
///
/// Σ log₂((h + α)/(hᵢ + α)), where h is the density of the fullest bin and hᵢ that of the value's bin, both of
/// standardised values. That is PyOD's sum of −log₂(hᵢ + α), moved so that the fullest bins score 0. Two details differ: a value on
/// the border of two bins belongs to the bin that counted it, and a value far outside has the density 0. With
/// `scaling=window` windows are standardised one by one first, as the TSB-AD benchmark does, and densities are those of
/// these values.
struct HistogramOutliers: BatchDetector {
    static let descriptor = DetectorDescriptor(
        name: "hbos",
        summary: "How rare the values of a row or window are, each by its own histogram; fast, blind to combinations.",
        kind: .batch, family: "histogram",
        parameters: [
            .integer("bins", default: 10, in: 2...1_000, meaning: "bins a histogram has, of equal width"),
            .number("alpha", default: 0.1, in: 0.000_001...1, meaning: "what is added to densities, so that none is 0"),
            .number(
                "tol", default: 0.5, in: 0...1,
                meaning: "how far outside the known range a value still belongs to the edge bin, in bin widths"),
            Windowing.parameterOfRows,
            .choice(
                "scaling", default: Scaling.none.rawValue, of: Scaling.allCases.map(\.rawValue),
                meaning: "bring each window to mean 0 and deviation 1, so that its form counts and not its height"),
            ReferenceRows.parameter(default: .all),
        ],
        cost: "4·n·w·d flops, 8·n·w·d with scaling=window", memory: "40·n·d + 16·bins·w·d bytes; at most 1 GB",
        source: "Goldstein and Dengel 2012; the form of PyOD (Zhao et al. 2019) and of the TSB-AD benchmark",
        minimumHistory: "some 10 rows a bin")

    /// What is done to windows before they are counted.
    enum Scaling: String, CaseIterable {
        /// Nothing: a histogram of equal bins does not mind a column's unit.
        case none
        /// Each window has mean 0 and standard deviation 1 in each column.
        case window
    }

    private let bins: Int
    private let alpha: Double
    private let tolerance: Double
    private let scaling: Scaling
    private let settings: WindowedModel.Settings

    init(parameters: ParameterValues) throws(DetectorError) {
        let bins = try parameters.integer("bins")
        self.bins = bins
        alpha = try parameters.number("alpha")
        tolerance = try parameters.number("tol")
        guard let scaling = Scaling(rawValue: try parameters.choice("scaling")) else {
            throw .undeclaredParameter(detector: parameters.detector, name: "scaling")
        }
        self.scaling = scaling
        settings = .init(
            detector: Self.descriptor.name, window: try parameters.optionalInteger("window"),
            reference: try ReferenceRows(parameters)
        ) { WindowCost(operations: 8 * Double($0), bytes: 16 * Double(bins) * Double($0)) }
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        try WindowedModel(table, training: training, settings: settings) { windows in
            // A window of one row has no form.
            let units = scaling == .window && windows.window > 1 ? ColumnUnits(windows.columns) : nil
            let values = FeatureValues(units?.scaled(windows) ?? windows, standardising: units != nil)
            return Scorer(
                tolerance: tolerance, units: units,
                features: (0..<windows.features).map {
                    Rarity(FeatureHistogram(values[$0], bins: bins), alpha: alpha, standardised: units != nil)
                })
        }
    }

    /// What each bin of one feature adds to the score.
    private struct Rarity: Sendable {
        let histogram: FeatureHistogram
        let bins: [Double]
        let outside: Double

        /// - Parameter standardised: whether values have a common unit already; else it is their standard deviation.
        init(_ histogram: FeatureHistogram, alpha: Double, standardised: Bool) {
            self.histogram = histogram
            let total = Double(histogram.counts.reduce(0, +))
            // A feature that never varied has one bin of density 1.
            let width = standardised ? 1 / histogram.range : histogram.relativeDeviation
            let unit = histogram.counts.count == 1 ? 1 : Double(histogram.counts.count) * width
            let densities = histogram.counts.map { Double($0) / total * unit }
            let most = densities.reduce(0, max)
            bins = densities.map { log2((most + alpha) / ($0 + alpha)) }
            outside = log2((most + alpha) / alpha)
        }
    }

    private struct Scorer: WindowScorer {
        let tolerance: Double
        /// Nil when windows stay as they are.
        let units: ColumnUnits?
        let features: [Rarity]

        func scores(_ windows: WindowFeatures) -> [Double] {
            let values = FeatureValues(units?.scaled(windows) ?? windows, standardising: units != nil)
            var scores = [Double](repeating: 0, count: windows.count)
            for (number, feature) in features.enumerated() {
                for (row, value) in values[number].enumerated() {
                    switch feature.histogram.place(value, tolerance: tolerance) {
                    case .bin(let bin): scores[row] += feature.bins[bin]
                    case .outside: scores[row] += feature.outside
                    }
                }
            }
            return scores
        }
    }
}
