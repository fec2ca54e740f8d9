import AuspexNumerics

/// Distances of each standardised window to the principal axes, each divided by the axis's share of the variance, summed
/// over *all* axes: what happens in directions in which normal windows don't vary counts most.
struct PrincipalComponents: BatchDetector {
    /// Window times columns; the eigenvectors of a matrix of this order take some seconds.
    static let mostFeatures = 2_048
    /// The same when the window is ours to choose: about a second.
    static let mostAutomaticFeatures = 1_024

    static let descriptor = DetectorDescriptor(
        name: "pca",
        summary: "Inverse-variance distance of a window to the principal axes; finds shapes that break the usual ones.",
        kind: .batch, family: "subspace",
        parameters: [Windowing.parameter, ReferenceRows.parameter(default: .all)],
        cost: "3·n·(w·d)² + 9·(w·d)³ flops; w·d at most 2048",
        memory: "24·(w·d)² + 8 KB·w·d bytes; 24·n·w·d when n < 10·w·d",
        source: "Shyu et al. 2003; Aggarwal 2017, §3.3; the form of the TSB-AD benchmark (Liu and Paparrizos 2024)",
        minimumHistory: "10 windows' length of mostly normal rows")

    private let window: Int?
    private let reference: ReferenceRows

    init(parameters: ParameterValues) throws(DetectorError) {
        window = try parameters.optionalInteger("window")
        reference = try ReferenceRows(parameters)
    }

    func fit(_ table: Table, training: Range<Int>?) throws(DetectorError) -> any DetectorModel {
        let rows = try reference.rows(of: table, training: training)
        guard table.columns <= Self.mostFeatures else {
            throw .tooLarge(
                detector: Self.descriptor.name,
                reason:
                    "the table has \(table.columns) columns; choose at most \(Self.mostFeatures) with --value-column")
        }
        let columns = table.cleanColumns()
        let length = Windowing.length(
            window, columns: columns, widest: max(1, Self.mostAutomaticFeatures / table.columns))
        guard length * table.columns <= Self.mostFeatures else {
            throw .tooLarge(
                detector: Self.descriptor.name,
                reason: "a window of \(length) rows by \(table.columns) columns has \(length * table.columns) values; "
                    + "at most \(Self.mostFeatures) are taken: set window to \(Self.mostFeatures / table.columns) or less"
            )
        }
        guard rows.count > length else {
            return PrincipalComponentModel(window: length, width: table.columns, axes: nil)
        }
        let values = columns.map { Array($0.values[rows]) }
        do {
            return PrincipalComponentModel(
                window: length, width: table.columns, axes: try PrincipalAxes(values, window: length))
        } catch {
            throw .numerics(detector: Self.descriptor.name, reason: error.description)
        }
    }
}

private struct PrincipalComponentModel: DetectorModel {
    let window: Int
    let width: Int
    /// Nil when there were fewer than two windows to learn from.
    let axes: PrincipalAxes?

    func scores(_ table: Table) throws(DetectorError) -> DetectorOutput {
        try table.checkWidth(width)
        guard let axes, table.rows >= window else { return Windowing.tooShort(table, window: window) }
        do {
            let scores = try axes.scores(table.cleanColumns().map(\.values))
            return DetectorOutput(
                scores: table.finished(Windowing.padded(scores, window: window, rows: table.rows)), reach: window)
        } catch {
            throw .numerics(detector: PrincipalComponents.descriptor.name, reason: error.description)
        }
    }
}
