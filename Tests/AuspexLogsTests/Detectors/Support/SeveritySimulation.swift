import AuspexLogs
import AuspexSignals
import AuspexTesting
import Foundation

/// A stream of which a share of the lines are errors, and whose share is six times as large for a quarter of an hour each
/// day from the fifth on.
struct SeveritySimulation {
    /// Lines per minute, which swing over the day by 80 %.
    var rate: Double
    var share: Double
    /// The correlation between the lines of a minute.
    var correlation: Double
    var days = 20
    var seed: UInt64

    struct Result: CustomStringConvertible {
        var falseAlarms = 0
        var days = 0.0
        var rises = 0
        var found = 0

        var falseAlarmsPerDay: Double { Double(falseAlarms) / days }
        var recall: Double { Double(found) / Double(rises) }

        var description: String {
            String(format: "%.3f false alarms per day, recall %.2f", falseAlarmsPerDay, recall)
        }
    }

    func run(_ configuration: SeverityShiftDetector.Configuration = .init()) throws -> Result {
        var detector = try SeverityShiftDetector(configuration: configuration)
        var random = SplitMix64(seed: seed)
        var result = Result(days: Double(days) - 1)
        var found: Set<Int> = []
        let rises = (0..<days).map { day in day * 1_440 + Int(random.uniform() * 1_400) }
        for minute in 0..<days * 1_440 {
            let day = minute / 1_440
            let isRise = day >= 4 && (rises[day]..<rises[day] + 15).contains(minute)
            let lines = random.poisson(rate * (1 + 0.8 * sin(2 * .pi * Double(minute) / 1_440)))
            var now = share
            if correlation > 0 {
                let strength = 1 / correlation - 1
                let (a, b) = (random.gamma(shape: share * strength), random.gamma(shape: (1 - share) * strength))
                now = a / (a + b)
            }
            if isRise { now = min(1, 6 * now) }
            for line in 0..<lines {
                let time = Timestamp(milliseconds: Int64(minute) * 60_000 + Int64(line * 60_000 / max(1, lines)))
                let severity: LogSeverity = random.uniform() < now ? .error : .info
                for verdict in detector.update(severity, at: time) {
                    let end = Int(verdict.time.milliseconds / 60_000)
                    let rise = rises[(end - 1) / 1_440]
                    if (end - 1) / 1_440 >= 4, rise < end, rise + 15 > end - 5 {
                        found.insert((end - 1) / 1_440)
                    } else {
                        result.falseAlarms += 1
                    }
                }
            }
        }
        result.rises = days - 4
        result.found = found.count
        return result
    }
}
