import AuspexChanges
import Foundation

/// How often judges call a canary worse: how often wrongly when nothing differs, and how often rightly when its mean is
/// larger.
///
///     Judge [--runs 1000] [--seed 1] [--longest 60] [--baseline TIMES]
///
/// Prints a table: for each kind of series and number of values a side, the share of runs with the verdict High
/// (kayenta) or fail (ours), by the factor that the canary's mean is larger by; direction increase. The last rows look
/// after every minute, up to --longest, and stop as soon as they know; beside their shares stands the median minute of
/// the stop. With --baseline the baseline of the other rows is so many times as long as the canary.
@main
struct JudgeBenchmark {
    private static let factors = [1, 1.1, 1.25, 1.5, 2, 4]
    private static let counts = [10, 30, 60]

    private var runs = 1000
    private var seed: UInt64 = 1
    private var longest = 60
    private var baselineTimes = 1

    static func main() throws {
        var benchmark = JudgeBenchmark()
        var arguments = CommandLine.arguments.dropFirst()
        while let argument = arguments.popFirst() {
            let number = try number(arguments.popFirst(), argument)
            switch argument {
            case "--runs": benchmark.runs = number
            case "--seed": benchmark.seed = UInt64(number)
            case "--baseline": benchmark.baselineTimes = number
            case "--longest": benchmark.longest = number
            default: throw Misuse(description: "unknown option \(argument)")
            }
        }
        benchmark.run()
    }

    private struct Misuse: Error, CustomStringConvertible {
        var description: String
    }

    private static func number(_ text: String?, _ option: String) throws -> Int {
        guard let number = text.flatMap({ Int($0) }), number > 0 else {
            throw Misuse(description: "\(option) wants a whole number over 0")
        }
        return number
    }

    private func run() {
        print("runs \(runs), seed \(seed)")
        print(Self.line("series", "judge", "n", Self.factors.map { "x\($0)" }))
        for process in Process.allCases {
            for count in Self.counts {
                row(process, "kayenta", count) { Self.isHighByKayenta($0) }
                row(process, "auspex", count) { Self.isFailing($0, process.kind) }
            }
            streamRow(process)
        }
    }

    private func row(_ process: Process, _ judge: String, _ count: Int, _ isWorse: (MetricSamples) -> Bool) {
        let shares = Self.factors.map { factor in
            // The same seed for both judges: they see the same series.
            var noise = Noise(seed: seed)
            let hits = (0..<runs).count { _ in isWorse(Self.samples(process, count, baselineTimes, factor, &noise)) }
            return String(format: "%.4f", Double(hits) / Double(runs))
        }
        print(Self.line(process.name, judge, "\(count)", shares))
    }

    private func streamRow(_ process: Process) {
        var minutes: [String] = []
        var passes: [String] = []
        let shares = Self.factors.map { factor in
            var noise = Noise(seed: seed)
            let stops = (0..<runs).map { _ in stop(Self.samples(process, longest, 1, factor, &noise), process.kind) }
            let fails = stops.filter { $0.verdict == .fail }.map(\.minute).sorted()
            minutes.append(fails.isEmpty ? "-" : "\(fails[fails.count / 2])")
            passes.append(String(format: "%.4f", Double(stops.count { $0.verdict == .pass }) / Double(runs)))
            return String(format: "%.4f", Double(fails.count) / Double(runs))
        }
        print(Self.line(process.name, "auspex, every minute: fail", "\(longest)", shares))
        print(Self.line(process.name, "  median minute of fail", "\(longest)", minutes))
        print(Self.line(process.name, "  pass", "\(longest)", passes))
    }

    private static func samples(
        _ process: Process, _ count: Int, _ times: Int, _ factor: Double, _ noise: inout Noise
    ) -> MetricSamples {
        let baseline = process.series(count * times, factor: 1, &noise)
        return MetricSamples(
            name: "metric", baseline: baseline, canary: process.series(count, factor: factor, &noise))
    }

    private static func isHighByKayenta(_ samples: MetricSamples) -> Bool {
        var metric = KayentaMetric(name: samples.name)
        metric.direction = .increase
        let finding = KayentaClassifier().classify(
            metric, baseline: samples.baseline.values, canary: samples.canary.values)
        return finding.class == .high
    }

    private static func isFailing(_ samples: MetricSamples, _ kind: MetricKind) -> Bool {
        var policy = JudgePolicy()
        var metric = MetricPolicy(name: samples.name)
        metric.kind = kind
        metric.direction = .increase
        policy.metrics = [metric]
        return AuspexChanges.Judge(policy: policy).judge([samples]).verdict == .fail
    }

    private func stop(_ samples: MetricSamples, _ kind: MetricKind) -> (verdict: Verdict.Outcome, minute: Int) {
        var stream = JudgeStream(metrics: [.init(name: samples.name, kind: kind, direction: .increase)])
        for index in 0..<longest {
            let interval = JudgeStream.Interval(
                baseline: samples.baseline.values[index], canary: samples.canary.values[index])
            let state = stream.update([samples.name: interval])
            if state.verdict != .inconclusive { return (state.verdict, index + 1) }
        }
        return (.inconclusive, longest)
    }

    private static func line(_ series: String, _ judge: String, _ count: String, _ cells: [String]) -> String {
        func padded(_ text: String, _ width: Int) -> String {
            text + String(repeating: " ", count: max(0, width - text.count))
        }
        return padded(series, 24) + padded(judge, 28) + padded(count, 5)
            + cells.map { padded($0, 8) }.joined()
    }
}
