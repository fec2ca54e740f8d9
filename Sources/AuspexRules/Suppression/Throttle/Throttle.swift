package import AuspexSignals

/// How often alerts of a rule that begin to fire are told and acted upon. All times are event times; a window is
/// half-open, so that what comes exactly at its end belongs to the next.
package struct Throttle: Hashable, Sendable, Codable {
    /// Which of the alerts with the same key go through.
    package enum Form: Hashable, Sendable, Codable {
        /// The first goes through at once, those in the time after it are held back.
        case onceWithin(TimeSpan)
        /// The first opens a window, at whose end it goes through and says how many came.
        case onceAfter(TimeSpan)
        /// The one with which there are `threshold` inside a sliding window goes through; counting then begins anew.
        case accumulate(within: TimeSpan, threshold: Int)

        /// The length of its window.
        var window: TimeSpan {
            switch self {
            case .onceWithin(let window), .onceAfter(let window), .accumulate(within: let window, threshold: _): window
            }
        }
    }

    /// Lengths that a window may have: a shorter one throttles nothing, a longer one hides what should be mended.
    package static let windows = TimeSpan.seconds(1)...TimeSpan.hours(31 * 24)
    /// Counts that may be asked for: one would throttle nothing, and so many events are remembered for every key.
    package static let thresholds: ClosedRange<Int64> = 2...100

    /// Which go through.
    package let form: Form
    /// The labels of an alert's group that make its key; empty for one key for the whole rule, nil for the whole group.
    package let per: [String]?

    /// Creates a throttle.
    package init(_ form: Form, per: [String]? = nil) {
        self.form = form
        self.per = per
    }

    /// The key under which an alert of this group is counted.
    package func key(of group: Labels) -> Labels { per.map { group.projected(onto: $0) } ?? group }
}
