import Foundation

/// The sentences of a report.
enum JudgeSentence {
    /// `latency: 151 against 100, 1.51 times as much (1.2 to 1.9 at 95 %), p 0.0004, normal scores; …`
    static func text(
        _ verdict: MetricVerdict, _ comparison: Comparison, _ remark: String, _ policy: JudgePolicy
    ) -> String {
        let sides = "\(number(comparison.canary)) against \(number(comparison.baseline))"
        let effect = comparison.effect.map { ", \(number($0)) times as much" } ?? ""
        let rest = tellingRest(comparison).map { ", of the rest \(number($0)) times as much" } ?? ""
        let interval = comparison.effectInterval.map { range in
            " (\(range.lower.map(number) ?? "any") to \(range.upper.map(number) ?? "any") at"
                + " \(NumberText.short(100 * policy.confidence)) %)"
        }
        let p =
            ", p \(number(verdict.p)), \(number(verdict.adjustedP)) for all that is looked at, \(verdict.test ?? "")"
        let notes = comparison.notes.map { "; " + $0 }.joined()
        return "\(verdict.name): \(sides)\(effect)\(interval ?? "")\(rest)\(p)\(remark)\(notes)"
    }

    /// The ratio of what is left to the whole, where it says more than the ratio of the shares: 99 % of successes after
    /// 99.9 % are ten times the errors.
    private static func tellingRest(_ comparison: Comparison) -> Double? {
        guard let effect = comparison.effect, let rest = comparison.complementEffect, effect > 0, rest > 0,
            rest.isFinite, abs(log(rest)) > abs(log(effect))
        else { return nil }
        return rest
    }

    /// Four digits, however small or large.
    static func number(_ value: Double?) -> String {
        guard let value else { return "nothing" }
        return String(format: "%.4g", value)
    }
}

extension TemplateComparison {
    private static let namedAtMost = 5

    /// The verdict on all templates together.
    func verdict(_ policy: JudgePolicy, adjustedP: Double) -> MetricVerdict {
        let correction = p > 0 ? adjustedP / p : 1
        let isFailing = policy.templates == .fail
        let clear = clear(at: policy.alpha / correction)
        let outcome: Verdict.Outcome = clear.isEmpty ? .pass : (isFailing ? .fail : .warn)
        let named = clear.prefix(Self.namedAtMost).map { finding in
            let counts = "\(JudgeSentence.number(finding.entry.after)) lines after"
            let before =
                finding.entry.before == 0 ? "none before" : "\(JudgeSentence.number(finding.entry.before)) before"
            return "'\(finding.entry.template)' (\(counts), \(before), p \(JudgeSentence.number(finding.adjustedP)))"
        }
        let more = clear.count > named.count ? " and \(clear.count - named.count) more" : ""
        let text = clear.isEmpty ? "none of \(findings.count) is more frequent" : named.joined(separator: ", ") + more
        var verdict = MetricVerdict(
            name: Judge.templatesName, class: clear.isEmpty ? .pass : .high, outcome: outcome,
            reason: "\(Judge.templatesName): \(text)")
        verdict.kind = .count
        verdict.test = "conditional binomial"
        verdict.p = p
        verdict.adjustedP = adjustedP
        return verdict
    }
}
