package import AuspexSignals
import Foundation

/// Watches a service after a change, minute by minute, until it is clear that the change has made something worse, or
/// that it has not, or the time is over.
///
/// Half of the chance of failing for nothing goes to looking at every minute (``JudgeStream``), half to a last look at
/// everything (``Judge``). Where series of the new version run beside such of the one before, these two are compared; else
/// the service with itself before the change. When the side beside it has gone for ``patience`` minutes, as at the end of
/// a rolling deploy, the comparison with the time before begins; each of the two then has half of what looking may use.
///
/// While the change is under way only a failure ends it early, and whatever it says is ``ChangeJudgement/State/provisional``;
/// when the change is over, the time since its end is looked at from the start.
///
/// Give it every minute in order from ``next`` on; the same minutes lead to the same verdict. State: the metrics of the
/// minutes before the change and of those since, at most ``WatchPlan/mostMetrics`` of them.
package struct ChangeWatch: Hashable, Sendable, Codable {
    /// For how many minutes in a row a side may be silent.
    static let patience = 5
    /// Templates of error lines that are counted.
    private static let mostTemplates = 50

    /// The change, as it was last reported.
    package private(set) var change: Change
    /// How to watch.
    package let settings: WatchSettings
    /// Since when the service is watched.
    package private(set) var from: Timestamp
    /// Until when.
    package private(set) var to: Timestamp
    /// The minute that it wants to see next, counted from 1970.
    package private(set) var next: Int64
    /// Services that were not changed and have no part in it, by name; set before the first minute.
    package var controls: [String] = []

    /// The minute in which the change began: what came before is the baseline.
    private let begun: Int64
    /// The first full minute after it.
    private var first: Int64
    private let goesBySeason: Bool
    private var past: WatchPast
    private var split: VersionSplit
    private(set) var plan: WatchPlan?
    /// Of the chance of failing for nothing, what looking at every minute may still use up.
    private var alphaLeft: Double
    private var wasHeard = false
    /// What was heard of what runs since the change.
    private var hearing = WatchHearing()
    private var templates: [String: TemplateCount] = [:]
    private var ended: ChangeJudgement?

    /// A template of error lines that was never seen before the change.
    private struct TemplateCount: Hashable, Sendable, Codable {
        var text: String
        var lines = 0
    }

    /// Begins to watch a change that is over, or under way.
    ///
    /// - Parameter goesBySeason: Whether what detectors expect is what the time of day brings.
    package init(_ change: Change, settings: WatchSettings, goesBySeason: Bool = false) {
        self.change = change
        self.settings = settings
        self.goesBySeason = goesBySeason
        from = Self.beginning(of: change)
        to = from + settings.length
        begun = Self.minute(change.startedAt)
        first = Self.firstMinute(since: from)
        next = Self.minute(change.startedAt - settings.baseline)
        past = WatchPast()
        split = VersionSplit(version: change.version, previous: change.previousVersion)
        alphaLeft = settings.alpha / 2
    }

    private static let minuteLength: Int64 = 60_000

    /// From when on it may be what the change brings that runs.
    private static func beginning(of change: Change) -> Timestamp {
        change.outcome == .success ? max(change.startedAt, change.endedAt ?? change.startedAt) : change.startedAt
    }

    private static func firstMinute(since time: Timestamp) -> Int64 {
        minute(time + TimeSpan(milliseconds: minuteLength - 1))
    }

    private static func minute(_ time: Timestamp) -> Int64 {
        CivilDate.floorDivide(time.milliseconds, by: minuteLength).quotient
    }

    /// How the watch stands.
    package var judgement: ChangeJudgement {
        ended ?? ChangeJudgement(of: change, state: .running, from: from, to: to)
    }

    /// Whether it has not seen a minute yet.
    package var isFresh: Bool { past.rows == 0 && next <= begun && !isOver }

    /// Whether it has ended.
    package var isOver: Bool { ended != nil }

    // MARK: What comes in

    /// Takes another report of the same change: when it is over, the time begins to count; when it failed or was undone,
    /// there is nothing to watch any more.
    package mutating func take(_ report: Change) {
        let wasPending = change.outcome == .pending
        change = change.merged(with: report)
        guard !isOver else { return }
        switch change.outcome {
        case .pending: break
        case .success where wasPending: beginAnew()
        case .success: to = max(to, (change.endedAt ?? change.startedAt) + settings.length)
        case .failure, .rolledBack:
            let what = change.outcome == .failure ? "failed to be carried out" : "was undone"
            end(.done, because: "the change \(what) before it could be judged")
        }
    }

    /// Looks at nothing but the time since the end of the change; what was before it, and new templates, stay known.
    private mutating func beginAnew() {
        from = Self.beginning(of: change)
        to = from + settings.length
        first = Self.firstMinute(since: from)
        if next >= begun { next = first }
        plan = nil
        wasHeard = false
        hearing = WatchHearing()
    }

    /// Ends the watch because of another change of the same service.
    package mutating func supersede(by other: Change) {
        guard !isOver else { return }
        end(
            .superseded,
            because: "the change '\(other.id)' of the same service came before this one could be judged")
    }

    /// Takes an error line with a template that is new since the change, or was when it first came.
    package mutating func take(template id: String, text: String, isNew: Bool, at time: Timestamp) {
        guard !isOver, time >= from, templates[id] != nil || isNew && templates.count < Self.mostTemplates else {
            return
        }
        templates[id, default: TemplateCount(text: text)].lines += 1
    }

    /// Takes the minute ``next``.
    package mutating func step(_ minute: WatchMinute) {
        guard !isOver, minute.number == next else { return }
        next += 1
        if next >= begun { next = max(next, first) }
        if minute.number < begun {
            past.add(minute)
            for series in minute.series { split.learn(series.labels) }
        } else if minute.number >= first {
            compare(minute)
        }
        if !isOver, minute.number + 1 >= Self.minute(to) { finish() }
    }

    // MARK: Comparing

    private mutating func compare(_ minute: WatchMinute) {
        let all = MetricSums(minute.series)
        let sides = Dictionary(grouping: minute.series) { [split] in split.side(of: $0.labels) }
        let canary = MetricSums(sides[.canary] ?? [])
        let baseline = MetricSums(sides[.baseline] ?? [])
        if !all.isEmpty { wasHeard = true }
        if plan == nil, !all.isEmpty {
            let isBeside = !canary.isEmpty && !baseline.isEmpty
            plan = newPlan(isBeside: isBeside, now: isBeside ? canary : all, since: minute.number)
        }
        if let gone = plan, gone.isBeside, gone.silentBeside >= Self.patience {
            plan = newPlan(isBeside: false, now: all, since: minute.number) ?? gone
        }
        let new = plan?.isBeside == true ? canary : all
        hearing.take(isHeard: !new.isEmpty)
        guard var plan else { return }
        self.plan = nil
        plan.take(
            canary: new, baseline: baseline, controls: minute.controls.map { MetricSums($0) },
            minimumEffect: settings.minimumEffect)
        self.plan = plan
        switch plan.stream.state.verdict {
        case .inconclusive, .warn: break
        case .fail: stop(plan, report(plan))
        case .pass where change.outcome == .pending || gap != nil: break
        case .pass:
            // What is within what is tolerated may still be worse than usual: then all the time is taken.
            let report = report(plan)
            if report.verdict == .pass || report.verdict == .warn { stop(plan, report) }
        }
    }

    /// Plans from a minute on; what comes after another plan keeps half of what looking may still use.
    private mutating func newPlan(isBeside: Bool, now: MetricSums, since minute: Int64) -> WatchPlan? {
        let alpha = isBeside || change.outcome == .pending ? alphaLeft / 2 : alphaLeft
        let plan = WatchPlan(
            past: past, now: now, isBeside: isBeside, minutes: Int(clamping: Self.minute(to) - minute), alpha: alpha,
            settings: settings, goesBySeason: goesBySeason)
        if plan != nil { alphaLeft -= alpha }
        return plan
    }

    // MARK: Ending

    /// Ends early, by what looking at every minute has shown.
    private mutating func stop(_ plan: WatchPlan, _ report: JudgeReport) {
        var report = report
        let isFailing = plan.stream.state.verdict == .fail
        report.reasons = plan.sentences + (isFailing || report.verdict == .warn ? report.reasons : [])
        if isFailing { report.verdict = .fail }
        end(.done, report)
    }

    /// Ends at the end of the time, by a last look at everything.
    private mutating func finish() {
        guard change.outcome != .pending else {
            end(.done, because: "the change was not reported as over while its service was watched")
            return
        }
        guard let plan, plan.hasAnswers else {
            end(.done, because: silence)
            return
        }
        var report = report(plan)
        if report.verdict != .fail, let gap {
            report.verdict = .inconclusive
            report.score = nil
            report.reasons.insert(gap, at: 0)
        }
        end(.done, report)
    }

    /// Why what was heard since the change is too little to say that nothing is worse; nil when it is enough.
    private var gap: String? {
        let name = plan?.isBeside == true ? "the new version of '\(change.service)'" : "'\(change.service)'"
        if hearing.silent >= Self.patience {
            return "no data: nothing was heard of \(name) in the last \(hearing.silent) minutes"
        }
        guard hearing.heard * 2 < hearing.minutes else { return nil }
        return "no data: \(name) was heard of in only \(hearing.heard) of \(hearing.minutes) minutes since the change"
    }

    /// Why there is nothing to judge.
    private var silence: String {
        let name = "'\(change.service)'"
        if plan != nil || past.heard.contains(true) {
            return wasHeard
                ? "no data: no metric of \(name) that says which way is worse was heard of since the change"
                : "no data: nothing was heard of \(name) since the change"
        }
        return wasHeard
            ? "no data: nothing that says which way is worse was heard of \(name) before the change"
            : "no data: nothing was heard of \(name), before or since the change"
    }

    private func report(_ plan: WatchPlan) -> JudgeReport {
        var policy = JudgePolicy()
        policy.alpha = settings.alpha / 2
        policy.minimumEffect = settings.minimumEffect
        policy.metrics = plan.metrics.map { $0.policy(minimumEffect: settings.minimumEffect) }
        let counts = TemplateCounts(
            entries: templates.sorted { $0.key < $1.key }
                .map { TemplateCounts.Entry(template: $0.value.text, before: 0, after: Double($0.value.lines)) },
            exposureBefore: Double(max(1, past.rows)), exposureAfter: Double(max(1, next - first)))
        var report = Judge(policy: policy).judge(
            plan.metrics.map { $0.samples(isBeside: plan.isBeside) }, templates: counts)
        if plan.leftOut > 0 { report.reasons.append("\(plan.leftOut) more metrics were left out") }
        return report
    }

    private mutating func end(_ state: ChangeJudgement.State, because reason: String) {
        end(state, JudgeReport(reason))
    }

    private mutating func end(_ state: ChangeJudgement.State, _ report: JudgeReport) {
        let moment = Timestamp(milliseconds: next.multipliedReportingOverflow(by: Self.minuteLength).partialValue)
        let to = max(from, min(to, moment))
        let state = state == .done && change.outcome == .pending ? .provisional : state
        ended = ChangeJudgement(of: change, state: state, from: from, to: to, report: report)
        // What led to the verdict is in the report.
        plan = nil
        past = WatchPast()
        templates = [:]
    }
}
