import AuspexNumerics
import Foundation

/// Forecasts over one length of time: those whose time has not come, how wrong the past ones were, and how far each way
/// of going on can be trusted.
struct HorizonRecord: Sendable, Hashable {
    /// Forecasts that are under way at a time: one is made each eighth of the horizon.
    static let pendingCount = 8
    /// Past errors from which the bands are read: six horizons of forecasts an eighth of one apart.
    static let errorCount = 48
    /// Errors before a band is read from them: with 20, the largest one bounds 95 % (split-conformal: ⌈21 · 0.95⌉ = 20).
    static let neededErrors = 20
    /// Trust falls with this power of the mean error; 2 would be Bates and Granger (1969) for independent errors.
    static let trustPower = 4.0
    /// Slowest gain of the running mean errors: about as long a memory as that of the bands.
    static let slowestGain = 1.0 / Double(errorCount)
    /// An error counts at most so many times the mean until now, so that one wild value does not decide whom to trust.
    static let cut = 4.0
    /// A forecast whose value comes later than this share of the horizon past its time says nothing about it.
    static let tolerance = 1.5

    /// A forecast whose time has not come.
    struct Pending: Sendable, Hashable {
        var madeAt: Double
        /// What was forecast.
        var combined: Trajectory
        /// What each way would have forecast.
        var ways: [Trajectory]
    }

    /// How far ahead, in steps.
    let steps: Double
    /// Oldest first.
    var pending: [Pending] = []
    /// Absolute errors of what was forecast; a ring.
    var errors: [Double] = []
    /// Where in the ring the next error goes.
    var next = 0
    /// Mean absolute error of each way.
    var wayErrors = [Double](repeating: 0, count: LineBundle.count)
    /// Over how many errors these means go.
    var resolved = 0

    init(steps: Double) {
        self.steps = steps
    }

    /// Whether bands may be read.
    var isCalibrated: Bool { errors.count >= Self.neededErrors }

    /// Whether a forecast is due.
    func isDue(at time: Double) -> Bool {
        guard let last = pending.last else { return true }
        return time - last.madeAt >= max(1, steps / Double(Self.pendingCount)) && pending.count < 2 * Self.pendingCount
    }

    /// The ways put together, each with the trust that it has earned.
    func combined(_ ways: [Trajectory]) -> Trajectory {
        // Relative to the least error, so that no power overflows; a perfect way counts as a very good one.
        let least = wayErrors.min() ?? 0
        let floor = max(least, (wayErrors.max() ?? 0) * 1e-9)
        guard floor > 0 else { return ways[0] }
        var (level, slope, sum) = (0.0, 0.0, 0.0)
        for (way, error) in zip(ways, wayErrors) {
            let trust = pow(floor / max(error, floor), Self.trustPower)
            level += trust * way.level
            slope += trust * way.slope
            sum += trust
        }
        return Trajectory(level: level / sum, slope: slope / sum)
    }

    /// Compares the forecasts whose time has come with what came.
    mutating func resolve(_ value: Double, at time: Double) {
        while let first = pending.first, time - first.madeAt >= steps - Self.rounding {
            pending.removeFirst()
            let ahead = time - first.madeAt
            if ahead <= Self.tolerance * steps + 1 { note(value, first, ahead: ahead) }
        }
    }

    /// Times are steps of one another only up to rounding and jitter.
    private static let rounding = 0.25

    private mutating func note(_ value: Double, _ forecast: Pending, ahead: Double) {
        let error = abs(value - forecast.combined.value(after: ahead))
        if errors.count < Self.errorCount {
            errors.append(error)
        } else {
            errors[next] = error
        }
        next = (next + 1) % Self.errorCount
        resolved += 1
        let gain = max(1 / Double(resolved), Self.slowestGain)
        for (index, way) in forecast.ways.enumerated() {
            var error = abs(value - way.value(after: ahead))
            if resolved > Self.pendingCount {
                error = min(error, Self.cut * max(wayErrors[index], wayErrors.min() ?? 0))
            }
            wayErrors[index] += gain * (error - wayErrors[index])
        }
    }

    /// Drops the forecasts that a reset has made void: those that were on a clear way, which a jump has turned back.
    mutating func void(jump: Double) {
        let typical = max(wayErrors.min() ?? 0, OrderStatistics.median(errors) ?? 0)
        pending.removeAll { forecast in
            let move = forecast.combined.slope * steps
            return move * jump < 0 && abs(move) > 2 * typical && abs(jump) > 2 * typical
        }
    }

    /// The half-width that holds `coverage` of the past errors, with the correction of split-conformal prediction for how
    /// few they are.
    func halfWidth(coverage: Double) -> Double {
        let sorted = errors.sorted()
        guard let largest = sorted.last else { return 0 }
        let rank = Int((Double(sorted.count + 1) * coverage).rounded(.up))
        return rank <= sorted.count ? sorted[max(rank, 1) - 1] : largest
    }
}
