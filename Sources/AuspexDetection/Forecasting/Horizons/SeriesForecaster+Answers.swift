public import AuspexSignals
import Foundation

extension SeriesForecaster {
    /// The way in which a threshold is passed.
    public enum Direction: String, Sendable, Hashable, CaseIterable, Codable {
        /// From below.
        case rising
        /// From above.
        case falling
    }

    /// The value to expect `horizon` after the last sample, and the band that holds it with probability `coverage`.
    ///
    /// - Parameters:
    ///   - horizon: 0 or more.
    ///   - coverage: within ``coverages``; other values count as the nearest one.
    public func forecast(at horizon: TimeSpan, coverage: Double = Self.defaultCoverage) -> Outlook<Expectation> {
        let steps = step > 0 ? max(0, Double(horizon.milliseconds) / step) : 1
        guard steps <= Self.reach * exp2(Double(Self.doublings - 1)) else { return .tooFar(longest: longestEver) }
        let needed = Int(max(0, log2(steps / Self.reach)).rounded(.up))
        guard records[needed].isCalibrated else {
            return .warmingUp(seen: records[needed].errors.count, needed: HorizonRecord.neededErrors)
        }
        return .known(Ladder(self, coverage: coverage).expectation(after: steps))
    }

    /// When the series reaches `threshold`.
    ///
    /// - Parameters:
    ///   - threshold: in the series' own unit.
    ///   - direction: how it is passed; nil for towards the threshold from where the series is. A series that is beyond
    ///     it already has reached it.
    ///   - coverage: as in ``forecast(at:coverage:)``.
    /// - Returns: looked for as far ahead as forecasts go by now.
    public func timeToReach(
        _ threshold: Double, _ direction: Direction? = nil, coverage: Double = Self.defaultCoverage
    ) -> Outlook<Arrival> {
        guard let longest = records.last(where: \.isCalibrated)?.steps else {
            return .warmingUp(seen: records[0].errors.count, needed: HorizonRecord.neededErrors)
        }
        let ladder = Ladder(self, coverage: coverage)
        let rises = direction.map { $0 == .rising } ?? (lastValue < threshold)
        let horizon = Self.reach * longest
        func first(_ value: (Expectation) -> Double) -> TimeSpan? {
            Self.first(upTo: horizon) { steps in
                let value = value(ladder.expectation(after: steps))
                return rises ? value >= threshold : value <= threshold
            }.map(span)
        }
        let isThere = rises ? lastValue >= threshold : lastValue <= threshold
        if isThere { return .known(Arrival(earliest: .zero, expected: .zero, latest: .zero, horizon: span(horizon))) }
        return .known(
            Arrival(
                earliest: first { rises ? $0.upper : $0.lower }, expected: first(\.value),
                latest: first { rises ? $0.lower : $0.upper }, horizon: span(horizon)))
    }

    /// How far ahead a forecast may ever reach.
    private var longestEver: TimeSpan { span(Self.reach * exp2(Double(Self.doublings - 1))) }

    private func span(_ steps: Double) -> TimeSpan {
        // Of a step of 2⁶³ milliseconds nothing is asked.
        TimeSpan(milliseconds: Int64(min(steps * step, 0x1p62)))
    }

    /// Places in each doubling at which a crossing is looked for before it is halved down to.
    private static let placesPerDoubling = 8
    private static let halvings = 20

    /// The first number of steps at which `isBeyond` holds.
    private static func first(upTo horizon: Double, _ isBeyond: (Double) -> Bool) -> Double? {
        if isBeyond(0) { return 0 }
        var below = 0.0
        let last = Int(log2(horizon).rounded(.up)) * placesPerDoubling
        for place in 0...last {
            let steps = min(horizon, exp2(Double(place) / Double(placesPerDoubling)))
            guard isBeyond(steps) else {
                below = steps
                continue
            }
            var above = steps
            for _ in 0..<halvings {
                let middle = (below + above) / 2
                if isBeyond(middle) { above = middle } else { below = middle }
            }
            return above
        }
        return nil
    }
}

/// What is to be expected at any number of steps ahead, between the rungs for which it has been measured.
private struct Ladder {
    /// For each rung that has been checked.
    private let steps: [Double]
    private let ways: [Trajectory]
    private let widths: [Double]
    private let growth: Double

    init(_ forecaster: SeriesForecaster, coverage: Double) {
        let range = SeriesForecaster.coverages
        let coverage = coverage.isNaN ? range.upperBound : min(max(coverage, range.lowerBound), range.upperBound)
        let lines = forecaster.lines.trajectories(at: forecaster.now, last: forecaster.lastValue)
        let checked = forecaster.records.filter(\.isCalibrated)
        steps = checked.map(\.steps)
        ways = checked.map { $0.combined(lines) }
        // What is farther away is not better known, whatever few errors say.
        var widest = 0.0
        widths = checked.map { record in
            widest = max(widest, record.halfWidth(coverage: coverage))
            return widest
        }
        let ratio =
            widths.count > 1 && widths[widths.count - 2] > 0 ? widths[widths.count - 1] / widths[widths.count - 2] : 2
        growth = min(max(log2(ratio), SeriesForecaster.growth.lowerBound), SeriesForecaster.growth.upperBound)
    }

    func expectation(after ahead: Double) -> Expectation {
        guard let lastStep = steps.last, let lastWay = ways.last, let lastWidth = widths.last else {
            return Expectation(value: 0, lower: 0, upper: 0)
        }
        guard ahead < lastStep else {
            return band(lastWay.value(after: ahead), lastWidth * pow(ahead / lastStep, growth))
        }
        let above = steps.firstIndex { $0 > ahead } ?? 0
        guard above > 0 else { return band(ways[0].value(after: ahead), widths[0]) }
        let share = log2(ahead / steps[above - 1]) / log2(steps[above] / steps[above - 1])
        let mix = { (low: Double, high: Double) in low + share * (high - low) }
        return band(
            mix(ways[above - 1].value(after: ahead), ways[above].value(after: ahead)),
            mix(widths[above - 1], widths[above]))
    }

    private func band(_ value: Double, _ width: Double) -> Expectation {
        let value = CleanColumn.clamped(value)
        return Expectation(
            value: value, lower: CleanColumn.clamped(value - width), upper: CleanColumn.clamped(value + width))
    }
}
