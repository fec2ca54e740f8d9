import AuspexSignals

extension TemplateRateDetector {
    func verdict(
        _ judgement: TemplateRate.Judgement, _ readiness: Reading.Readiness, _ subject: LogVerdict.Subject,
        at time: Timestamp, _ rate: TemplateRate
    ) -> LogVerdict {
        let kind: LogVerdict.Kind =
            subject == .stream ? .streamSilence : judgement.isBurst ? .templateBurst : .templateSilence
        let milliseconds = Double(configuration.window.milliseconds)
        let isQuiet = judgement.width == 0
        // Quiet times are told in seconds.
        let unit = isQuiet ? milliseconds / 1_000 : 1
        return LogVerdict(
            kind, of: subject, at: time, readiness: readiness, expected: judgement.expected * unit,
            observed: judgement.observed * unit, pValue: judgement.pValue, alpha: configuration.alpha,
            explanation: explanation(judgement, readiness, rate, milliseconds))
    }

    private func explanation(
        _ judgement: TemplateRate.Judgement, _ readiness: Reading.Readiness, _ rate: TemplateRate, _ window: Double
    ) -> String {
        if case .warmingUp(let seen, let needed) = readiness { return "warming up, window \(seen) of \(needed)" }
        guard judgement.width > 0 else {
            let scaled = rate.level.isSeasonal ? ", as this hour counts," : ""
            return "no line for \(Wording.span(milliseconds: judgement.observed * window))\(scaled) where "
                + "\(Wording.span(milliseconds: judgement.expected * window)) is usual and "
                + "\(Wording.span(milliseconds: rate.quiet.longest * window)) was the longest"
        }
        let span = Wording.span(milliseconds: Double(judgement.width) * window)
        return "\(Wording.count(judgement.observed, "line")) in \(span) where about "
            + "\(Wording.number(judgement.expected)) \(judgement.expected == 1 ? "was" : "were") expected"
    }
}
