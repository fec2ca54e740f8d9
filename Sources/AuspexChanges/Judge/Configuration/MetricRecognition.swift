import Foundation

/// Recognises what a metric is from its name and its values, where nobody said it.
///
/// - A **ratio** needs a column of denominators. It is found when the metric's name holds a word of failure (or
///   `success`), exactly one other column is called after traffic (`requests`, `calls`…), and all values are whole and
///   at most their denominators. That other column is then not judged itself: how much traffic a side gets says nothing
///   about it.
/// - A **count** has whole values from 0, and either a word of failure or `count` in its name, or some zeros and a mean
///   of at most 5. A word of measure (`seconds`, `bytes`, `percent`…) in the name rules it out.
/// - Everything else is a **gauge**.
///
/// More is worse of what has a word of failure or of slowness in its name, less is worse of `success`, `availability`
/// and the like, and of everything else any difference counts.
enum MetricRecognition {
    private static let failures: Set<String> = [
        "error", "errors", "failed", "failure", "failures", "exception", "exceptions", "timeout", "timeouts", "restart",
        "restarts", "crash", "crashes", "retry", "retries", "rejected", "rejections", "dropped", "drops", "5xx", "oom",
        "panic", "panics",
    ]
    private static let traffic: Set<String> = ["requests", "calls", "queries", "attempts", "total", "transactions"]
    private static let measures: Set<String> = [
        "seconds", "ms", "milliseconds", "latency", "duration", "bytes", "percent", "percentage", "ratio", "rate",
        "share", "cpu", "memory", "p50", "p90", "p95", "p99", "mean", "avg", "average", "usage",
    ]
    private static let slowness: Set<String> = [
        "latency", "duration", "seconds", "ms", "milliseconds", "lag", "p50", "p90", "p95", "p99",
    ]
    private static let successes: Set<String> = [
        "success", "successes", "successful", "succeeded", "availability", "available",
    ]
    private static let percents: Set<String> = ["percent", "percentage", "pct", "availability"]
    private static let counts: Set<String> = ["count", "counts", "events"]
    private static let sparseMean = 5.0

    /// What the values are.
    static func kind(_ name: String, _ values: [Double]) -> MetricKind {
        let words = words(name)
        let present = values.filter(\.isFinite)
        guard !present.isEmpty, present.allSatisfy({ $0 >= 0 && $0 == $0.rounded() }), words.isDisjoint(with: measures)
        else { return .gauge }
        if !words.isDisjoint(with: failures.union(counts)) { return .count }
        let isSparse = present.contains(0) && present.reduce(0, +) <= sparseMean * Double(present.count)
        return isSparse ? .count : .gauge
    }

    /// Which difference speaks against a change.
    static func direction(_ name: String) -> MetricDirection {
        let words = words(name)
        if !words.isDisjoint(with: successes) { return .decrease }
        return words.isDisjoint(with: failures.union(slowness)) ? .either : .increase
    }

    /// What the values of a share of success are a part of: 1, or 100 when the name speaks of percent or availability;
    /// nil when they are no shares of success.
    static func whole(_ name: String, _ values: [Double]) -> Double? {
        let words = words(name)
        guard !words.isDisjoint(with: successes) else { return nil }
        if values.allSatisfy({ (0...1).contains($0) }) { return 1 }
        let isPercent = !words.isDisjoint(with: percents)
        return isPercent && values.allSatisfy { (0...100).contains($0) } ? 100 : nil
    }

    /// The columns called after traffic.
    static func trafficColumns(in tables: [MetricTable]) -> Set<String> {
        Set(tables.flatMap(\.names).filter(isTraffic))
    }

    /// The column that holds the denominators of the metric `name`; nil when it is no ratio.
    ///
    /// - Parameters:
    ///   - name: The metric.
    ///   - traffic: The columns of ``trafficColumns(in:)``.
    ///   - tables: Both sides.
    static func denominator(of name: String, _ traffic: Set<String>, in tables: [MetricTable]) -> String? {
        let words = words(name)
        guard !words.isDisjoint(with: failures.union(successes)), words.isDisjoint(with: measures) else { return nil }
        guard traffic.count == 1, let candidate = traffic.first else { return nil }
        // A side without any data has no columns and has no say.
        let known = tables.filter { $0[name] != nil || $0[candidate] != nil }
        let isPart = known.allSatisfy { table in
            guard let parts = table[name], let wholes = table[candidate] else { return false }
            return zip(parts, wholes).allSatisfy { part, whole in
                let isDraw = part >= 0 && part <= whole && part == part.rounded() && whole == whole.rounded()
                return part.isNaN || whole.isNaN || isDraw
            }
        }
        return isPart ? candidate : nil
    }

    /// Whether a column counts traffic and nothing that goes wrong with it.
    static func isTraffic(_ name: String) -> Bool {
        let words = words(name)
        return !words.isDisjoint(with: traffic) && words.isDisjoint(with: failures.union(successes).union(measures))
    }

    /// `http_errors-5xx` and `httpErrors5xx` hold the word `errors`.
    private static func words(_ name: String) -> Set<String> {
        var spaced = ""
        var last: Character = " "
        for character in name {
            if character.isUppercase, last.isLowercase { spaced.append(" ") }
            spaced.append(character.isLetter || character.isNumber ? character : " ")
            last = character
        }
        return Set(spaced.lowercased().split(separator: " ").map(String.init))
    }
}
