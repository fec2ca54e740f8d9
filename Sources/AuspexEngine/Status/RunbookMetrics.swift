import AuspexRunbooks
import AuspexSignals
import Synchronization

/// What `/metrics` shows of runbooks and of the guards, with labels.
///
/// A class because the desk and its supervisor count into the same numbers.
final class RunbookMetrics: Sendable {
    private struct State {
        var blocks: [String: Int] = [:]
        var statistics: [RunbookStatistics] = []
        var open: Set<String> = []
        var countedAt: Timestamp?
    }

    private let state = Mutex(State())

    /// Creates a set of zeros.
    init() {}

    /// Counts a run that a guard blocked. There are no more codes than guards have.
    func countBlock(_ code: String) { state.withLock { $0.blocks[code, default: 0] += 1 } }

    /// Whether the statistics were counted longer than `span` ago, or never.
    func isDue(at now: Timestamp, after span: TimeSpan) -> Bool {
        state.withLock { state in state.countedAt.map { now < $0 || now - $0 >= span } ?? true }
    }

    /// Sets the statistics of all runbooks, and which breakers are open.
    func set(_ statistics: [RunbookStatistics], open: Set<String>, at now: Timestamp) {
        state.withLock { state in
            (state.statistics, state.open, state.countedAt) = (statistics, open, now)
        }
    }

    /// Prometheus' text exposition format 0.0.4. A rate of which there is no case yet is left out.
    var exposition: String {
        let state = state.withLock { $0 }
        var text = Self.head("auspex_runs_blocked_total", "counter", "Runs that a guard blocked, by its code.")
        for (code, count) in state.blocks.sorted(by: { $0.key < $1.key }) {
            text += "auspex_runs_blocked_total{code=\"\(code)\"} \(count)\n"
        }
        func gauge(_ name: String, _ help: String, _ value: (RunbookStatistics) -> String?) {
            text += Self.head(name, "gauge", help)
            for runbook in state.statistics {
                if let value = value(runbook) { text += "\(name){runbook=\"\(runbook.runbook)\"} \(value)\n" }
            }
        }
        gauge("auspex_runbook_runs", "Runs within 30 days, shadow runs left out.") { "\($0.runs)" }
        gauge("auspex_runbook_verified_ratio", "Of the runs that were not stopped, those that were verified.") {
            $0.verifiedRate.map { "\($0)" }
        }
        gauge("auspex_runbook_recurrence_ratio", "Of the verified runs, those whose alert was back within a day.") {
            $0.recurrenceRate.map { "\($0)" }
        }
        gauge("auspex_runbook_false_fire_ratio", "Of the runs for alerts, those that were for nothing.") {
            $0.falseFireRate.map { "\($0)" }
        }
        gauge("auspex_runbook_breaker_open", "1 while the runbook acts only with an approval after failures.") {
            state.open.contains($0.runbook) ? "1" : "0"
        }
        return text
    }

    private static func head(_ name: String, _ kind: String, _ help: String) -> String {
        "# HELP \(name) \(help)\n# TYPE \(name) \(kind)\n"
    }
}
