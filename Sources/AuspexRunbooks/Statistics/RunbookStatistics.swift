package import AuspexSignals

/// How a runbook does (rule 25 of the safety defaults): the automation's own measures.
package struct RunbookStatistics: Hashable, Sendable, Codable {
    /// Trouble that is back within this span was not remedied.
    package static let recurrenceSpan = TimeSpan.hours(24)

    /// The runbook.
    package var runbook: String
    /// From when on runs count.
    package var since: Timestamp
    /// Runs that were made, shadow runs left out.
    package var runs = 0
    /// Those that ended with the detectors saying that it helped.
    package var verified = 0
    /// Those that failed, or whose verification did.
    package var failed = 0
    /// Those that were stopped.
    package var cancelled = 0
    /// Those that are not over.
    package var open = 0
    /// Those that rules asked for and that are over.
    package var asked = 0
    /// Of these, those that were for nothing.
    package var falseFires = 0
    /// Of the verified ones that an alert was the reason of, those whose alert came back.
    package var recurrences = 0
    /// The verified ones that an alert was the reason of.
    package var verifiedForAlerts = 0
    /// How often each guard stopped a run that had begun, by its code.
    package var stoppedByGuard: [String: Int] = [:]

    /// Of the runs that did what the runbook says, the share that was verified, from 0 to 1; nil without any.
    package private(set) var verifiedRate: Double?
    /// Of the verified runs for alerts, the share whose alert was back within a day; nil without any.
    package private(set) var recurrenceRate: Double?
    /// Of the runs for alerts that are over, the share that was for nothing; nil without any.
    package private(set) var falseFireRate: Double?

    /// Counts what became of a runbook's runs.
    package init(of runbook: String, since: Timestamp, courses: [RunCourse]) {
        self.runbook = runbook
        self.since = since
        for course in courses where course.run.mode != .shadow { count(course) }
        verifiedRate = Self.rate(verified, of: verified + failed)
        recurrenceRate = Self.rate(recurrences, of: verifiedForAlerts)
        falseFireRate = Self.rate(falseFires, of: asked)
    }

    private mutating func count(_ course: RunCourse) {
        let run = course.run
        runs += 1
        switch run.status {
        case .verified: verified += 1
        case .failed: failed += 1
        case .cancelled: cancelled += 1
        default: open += 1
        }
        if let code = run.blockedBy { stoppedByGuard[code, default: 0] += 1 }
        guard run.alertID != nil, run.status.isOver else { return }
        asked += 1
        if course.isFalse { falseFires += 1 }
        guard run.status == .verified else { return }
        verifiedForAlerts += 1
        if course.isBack(within: Self.recurrenceSpan) { recurrences += 1 }
    }

    private static func rate(_ part: Int, of whole: Int) -> Double? {
        whole == 0 ? nil : Double(part) / Double(whole)
    }
}
