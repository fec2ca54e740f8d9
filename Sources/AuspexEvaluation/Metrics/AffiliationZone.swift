/// A run of anomalous rows and the stretch of time that is nearer to it than to any other run.
struct AffiliationZone {
    /// The rows of the run; it lasts from its lower to its upper bound.
    let run: Range<Int>
    /// Where the zone begins and ends: half-way to the next run, or where the series does.
    let start: Double
    let end: Double

    /// The zones of runs, in order; together the whole series.
    static func zones(of runs: [Range<Int>], rows: Int) -> [AffiliationZone] {
        runs.indices.map { index in
            let run = runs[index]
            let start = index > 0 ? Double(runs[index - 1].upperBound + run.lowerBound) / 2 : 0
            let end = index + 1 < runs.count ? Double(run.upperBound + runs[index + 1].lowerBound) / 2 : Double(rows)
            return AffiliationZone(run: run, start: start, end: end)
        }
    }

    private var length: Double { end - start }
    private var runStart: Double { Double(run.lowerBound) }
    private var runEnd: Double { Double(run.upperBound) }

    // MARK: Precision

    /// The integral over the row's part of the zone of the chance that a random moment of the zone is farther from the run,
    /// and the length of that part.
    func precision(ofRow row: Int) -> (closeness: Double, length: Double) {
        if run.contains(row) { return (1, 1) }
        let (from, to) = (max(Double(row), start), min(Double(row + 1), end))
        let isBefore = row < run.lowerBound
        let nearest = isBefore ? runStart - to : from - runEnd
        let farthest = isBefore ? runStart - from : to - runEnd
        return ((to - from) - (nearerThan(farthest) - nearerThan(nearest)) / length, to - from)
    }

    /// The integral from 0 to `distance` of the length of the zone's part that is nearer to the run: the run, and on both
    /// sides as much as the zone has.
    private func nearerThan(_ distance: Double) -> Double {
        let room = min(runStart - start, end - runEnd)
        let near = min(distance, room)
        return Double(run.count) * distance + distance * distance / 2 + near * near / 2 + room * (distance - near)
    }

    // MARK: Recall

    /// By how much the integral over the run, of the chance that a random moment of the zone is farther than the nearest
    /// predicted row, changes when `row` is no longer predicted.
    ///
    /// - Parameters:
    ///   - row: a predicted row that reaches into the zone.
    ///   - before: the nearest predicted row before it, wherever it is.
    ///   - after: the nearest predicted row after it.
    func recallChange(removing row: Int, before: Int?, after: Int?) -> Double {
        let before = before.flatMap { Double($0 + 1) > start ? $0 : nil }
        let after = after.flatMap { Double($0) < end ? $0 : nil }
        let own = run.contains(row) ? 1.0 : 0
        return recall(between: before, and: after)
            - (recall(between: before, and: row) + own + recall(between: row, and: after))
    }

    /// The integral over the run's part between two predicted rows with none between them; nil is the zone's border.
    private func recall(between before: Int?, and after: Int?) -> Double {
        let from = max(before.map { Double($0 + 1) } ?? start, runStart)
        let to = min(after.map(Double.init) ?? end, runEnd)
        guard from < to else { return 0 }
        switch (before, after) {
        case (nil, nil): return 0
        case (let before?, nil): return recall(from: from, to: to, after: Double(before + 1))
        case (nil, let after?): return recall(from: from, to: to, before: Double(after))
        case (let before?, let after?):
            let (left, right) = (Double(before + 1), Double(after))
            let middle = (left + right) / 2
            return recall(from: from, to: min(to, middle), after: left)
                + recall(from: max(from, middle), to: to, before: right)
        }
    }

    /// The integral from `from` to `to` where the nearest prediction ends at `left` before them.
    private func recall(from: Double, to: Double, after left: Double) -> Double {
        recall(nearest: from - left, farthest: to - left, room: end - left)
    }

    /// The integral from `from` to `to` where the nearest prediction begins at `right` after them.
    private func recall(from: Double, to: Double, before right: Double) -> Double {
        recall(nearest: right - to, farthest: right - from, room: right - start)
    }

    /// The integral over distances u from a prediction that has `room` from there to the zone's border. The part of the zone
    /// that is nearer to a moment than the prediction reaches u to both sides, but not beyond the border.
    private func recall(nearest: Double, farthest: Double, room: Double) -> Double {
        guard nearest < farthest else { return 0 }
        let half = room / 2
        let nearer = { (distance: Double) in
            distance <= half ? distance * distance : half * half + room * (distance - half)
        }
        return (farthest - nearest) - (nearer(farthest) - nearer(nearest)) / length
    }
}
