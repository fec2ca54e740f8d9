import AuspexSignals

/// Keeps from a streaming detector what it must not learn: missing values, and samples that are not later than the last.
/// A missing value takes no time: a value may still come for the same moment.
struct SampleGate: Sendable, Hashable {
    enum Verdict {
        case admitted
        case missing
        case late
    }

    private(set) var last: Timestamp?
    private(set) var missing = 0
    private(set) var late = 0

    init() {}

    init(last: Timestamp?, missing: Int, late: Int) {
        self.last = last
        self.missing = missing
        self.late = late
    }

    mutating func admit(time: Timestamp, value: Double) -> Verdict {
        if let last, time <= last {
            late += 1
            return .late
        }
        guard value.isFinite else {
            missing += 1
            return .missing
        }
        last = time
        return .admitted
    }
}
