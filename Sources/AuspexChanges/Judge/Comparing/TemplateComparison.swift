/// Finds templates of error lines that are new or more frequent: each by the conditional binomial test, together by
/// Holm's correction.
struct TemplateComparison: Hashable, Sendable {
    /// A template with the chance of so many lines.
    struct Finding: Hashable, Sendable {
        let entry: TemplateCounts.Entry
        let adjustedP: Double
    }

    /// All templates, the clearest first.
    let findings: [Finding]

    /// Compares; nil without templates or where nothing was looked at on a side. Entries with counts that are none are
    /// left out.
    init?(_ counts: TemplateCounts) {
        let all = counts.exposureBefore + counts.exposureAfter
        guard counts.exposureBefore > 0, counts.exposureAfter > 0, all.isFinite else { return nil }
        let entries = counts.entries.filter {
            $0.before >= 0 && $0.after >= 0 && $0.before.isFinite && $0.after.isFinite
        }
        guard !entries.isEmpty else { return nil }
        let share = counts.exposureAfter / all
        let ps = Holm.adjusted(
            entries.map {
                BinomialTest.upperTail(successes: $0.after, trials: $0.before + $0.after, share: share)
            })
        findings = zip(entries, ps).map { Finding(entry: $0, adjustedP: $1) }
            .sorted { ($0.adjustedP, $0.entry.template) < ($1.adjustedP, $1.entry.template) }
    }

    /// The chance of the clearest of them when none is more frequent.
    var p: Double { findings.first?.adjustedP ?? 1 }

    /// Those at or under a level.
    func clear(at level: Double) -> [Finding] { findings.filter { $0.adjustedP <= level } }
}
