public import AuspexSignals

/// How many false alerts a series may have in a stretch of time, such as `1/week`.
///
/// A detector's rate α is one a sample; how many samples a week has is known once the step between them is.
public struct AlertAllowance: Sendable, Hashable, CustomStringConvertible {
    /// How many alerts, over 0.
    public let count: Double
    /// In which time, over 0.
    public let period: TimeSpan

    /// The names of the usual periods; a month has 30 days.
    static let periods: [(name: String, length: TimeSpan)] = [
        ("hour", .hours(1)), ("day", .hours(24)), ("week", .hours(24 * 7)), ("month", .hours(24 * 30)),
    ]
    /// No more than this share of samples can be false alerts.
    static let largestAlpha = 0.1
    /// How an allowance is written.
    public static let form = "a number, / and hour, day, week, month or a length such as 12h: 1/week, 0.5/day, 2/12h"

    /// Reads `1/week`, `0.5/day` or `2/12h`; nil for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Double(parts[0]), count > 0, count.isFinite else { return nil }
        let name = String(parts[1])
        guard let period = Self.periods.first(where: { $0.name == name })?.length ?? TimeSpan(name), period > .zero
        else {
            return nil
        }
        self.count = count
        self.period = period
    }

    /// The rate of false alerts a sample, at one sample every `step`.
    ///
    /// - Throws: ``DetectorError/invalidAllowance(reason:)`` when it would be more than one sample in ten.
    public func alpha(step: TimeSpan) throws(DetectorError) -> Double {
        guard step > .zero else { throw .invalidAllowance(reason: "samples lie no time apart") }
        let alpha = rate(step: step)
        guard alpha <= Self.largestAlpha else {
            throw .invalidAllowance(
                reason: "\(self) at a sample every \(step) is more than one sample in ten; allow fewer")
        }
        return alpha
    }

    /// The rate of false alerts a sample, at one sample every `step`, that comes nearest to this: where even one sample in
    /// ten would not be enough, that.
    package func nearestAlpha(step: TimeSpan) -> Double {
        let alpha = rate(step: step)
        return min(max(alpha, CalibratedScore.smallestP), Self.largestAlpha)
    }

    /// How many alerts there may be a sample.
    private func rate(step: TimeSpan) -> Double { count * Double(step.milliseconds) / Double(period.milliseconds) }

    /// As it is written.
    public var description: String {
        let name = Self.periods.first { $0.length == period }?.name ?? "\(period)"
        let whole = Int(exactly: count).map(String.init) ?? "\(count)"
        return "\(whole)/\(name)"
    }
}
