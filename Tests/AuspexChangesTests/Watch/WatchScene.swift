import AuspexSignals
import AuspexTesting
import Foundation

@testable import AuspexChanges

/// A service in minutes, with a change at noon.
struct WatchScene {
    static let noon = Timestamp(milliseconds: 1_772_366_400_000)
    static let noonMinute = noon.milliseconds / 60_000

    var watch: ChangeWatch

    /// A deploy of `shop` to `v2` at noon.
    init(
        settings: WatchSettings = WatchSettings(), version: String = "v2", goesBySeason: Bool = false
    ) {
        let change = Change(
            id: "d1", service: "shop", version: version, previousVersion: "v1", startedAt: Self.noon,
            endedAt: Self.noon,
            outcome: .success)
        watch = ChangeWatch(change, settings: settings, goesBySeason: goesBySeason)
    }

    static func level(
        _ name: String, _ value: Double, expected: Double = .nan, labels: [String: String] = [:]
    ) -> WatchMinute.Series {
        WatchMinute.Series(
            labels: Labels(labels.merging(["__name__": name, "service": "shop"]) { first, _ in first }),
            minute: SeriesMinute(mean: value, expected: expected))
    }

    static func counter(_ name: String, _ rise: Double, labels: [String: String] = [:]) -> WatchMinute.Series {
        WatchMinute.Series(
            labels: Labels(labels.merging(["__name__": name, "service": "shop"]) { first, _ in first }),
            minute: SeriesMinute(mean: 1_000, rise: rise))
    }

    /// Shows the watch every minute until it is over, or its time is.
    ///
    /// - Parameter minute: The series of the service in a minute, and of services that were not changed; 0 is the first
    ///   after the change.
    mutating func run(_ minute: (Int) -> (series: [WatchMinute.Series], controls: [[WatchMinute.Series]])) {
        for _ in 0..<1_000 where !watch.isOver {
            let (series, controls) = minute(Int(watch.next - Self.noonMinute))
            watch.step(WatchMinute(number: watch.next, series: series, controls: controls))
        }
    }

    mutating func run(_ minute: (Int) -> [WatchMinute.Series]) { run { (minute($0), []) } }

    /// How many minutes the watch took.
    var minutes: Int { Int((watch.judgement.to - Self.noon).milliseconds / 60_000) }

    /// An autoregression of order one with deviation 1.
    struct Wave {
        var random: SplitMix64
        var correlation = 0.8
        private var last = 0.0

        init(seed: UInt64, correlation: Double = 0.8) {
            random = SplitMix64(seed: seed)
            self.correlation = correlation
            last = random.gaussian()
        }

        mutating func next() -> Double {
            last = correlation * last + (1 - correlation * correlation).squareRoot() * random.gaussian()
            return last
        }

        mutating func poisson(_ mean: Double) -> Double {
            let limit = exp(-mean)
            var (product, events) = (random.uniform(), 0.0)
            while product > limit {
                product *= random.uniform()
                events += 1
            }
            return events
        }
    }
}
