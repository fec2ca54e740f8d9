import AuspexNumerics
import Foundation

/// What services that were not changed say of one that was: where all of them rise, it is expected to rise as well.
enum ControlExpectation {
    /// What is expected before and after, in each interval.
    ///
    /// Each control is taken relative to its own median before, by ratios where all values of all controls are
    /// positive, else by differences; the expectation is the median of those that are there. Only changes from interval
    /// to interval count, so its level is without meaning. NaN where no control has a value, or one that has no median
    /// before.
    static func expected(_ controls: [(before: [Double], after: [Double])]) -> (before: [Double], after: [Double]) {
        let isPositive = controls.allSatisfy { ($0.before + $0.after).allSatisfy { $0.isNaN || $0 > 0 } }
        let relative = controls.compactMap { control -> (before: [Double], after: [Double])? in
            let before = control.before.map { isPositive ? log($0) : $0 }
            guard let middle = OrderStatistics.median(before) else { return nil }
            return (before.map { $0 - middle }, control.after.map { (isPositive ? log($0) : $0) - middle })
        }
        func together(_ columns: [[Double]]) -> [Double] {
            (0..<(columns.map(\.count).max() ?? 0)).map { index in
                let present = columns.compactMap { index < $0.count ? $0[index] : nil }
                let middle = OrderStatistics.median(present) ?? .nan
                return isPositive ? exp(middle) : middle
            }
        }
        return (together(relative.map(\.before)), together(relative.map(\.after)))
    }
}
