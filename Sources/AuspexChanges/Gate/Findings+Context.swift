import AuspexSignals

/// What the moment and the surroundings say of the change.
extension Findings {
    /// How many incidents are named; the others are counted.
    private static let namedIncidents = 10
    private static let millisecondsPerHour = 3_600_000.0

    /// Turns each fact that is known into a reason; the policy says what it leads to.
    mutating func judge(_ context: ChangeContext?, _ request: Gate.Request, _ policy: GatePolicy) {
        guard let context else { return }
        judgeFreezes(context.freezes ?? [], policy)
        judgeIncidents(context.incidents ?? [], policy)
        judgeDependencies(context.dependencyAnomalies, policy)
        judgeContent(context.content, policy)
        judgePace(context, request, policy)
        judgeRecord(context.service, of: "'\(request.service)'")
        judgeRecord(context.author, of: "this author")
        if let dependents = context.dependents {
            add(.ignore, "\(dependents) services depend on '\(request.service)'", value: Double(dependents))
        }
        judgeTimes(context)
    }

    private mutating func judgeFreezes(_ freezes: [ChangeContext.Freeze], _ policy: GatePolicy) {
        for freeze in freezes {
            add(policy.freeze, "freeze '\(freeze.id)' (\(freeze.title)) is in force", value: 1, baseline: 0)
        }
    }

    private mutating func judgeIncidents(_ incidents: [ChangeContext.Incident], _ policy: GatePolicy) {
        for incident in incidents.prefix(Self.namedIncidents) {
            let place = incident.isDependency ? "'\(incident.service)', which it depends on" : "the service"
            add(
                Self.effect(of: incident, policy),
                "incident \(incident.id) (\(incident.severity)) of \(place) is open: \(incident.title)",
                value: 1, baseline: 0)
        }
        let others = incidents.dropFirst(Self.namedIncidents)
        guard let gravest = others.map({ Self.effect(of: $0, policy) }).max() else { return }
        add(gravest, "and \(others.count) more open \(others.count == 1 ? "incident" : "incidents")")
    }

    private static func effect(of incident: ChangeContext.Incident, _ policy: GatePolicy) -> GatePolicy.Effect {
        switch (incident.severity, incident.isDependency) {
        case (.info, _): .ignore
        case (_, true): policy.dependencyIncident
        case (.critical, false): policy.criticalIncident
        case (.warning, false): policy.warningIncident
        }
    }

    private mutating func judgeDependencies(_ anomalies: ChangeContext.Anomalies?, _ policy: GatePolicy) {
        guard let anomalies, anomalies.ready > 0 else { return }
        add(
            anomalies.anomalous > 0 ? policy.dependencyAnomaly : .ignore,
            "\(anomalies.anomalous) of \(anomalies.ready) series of what it depends on are anomalous",
            value: anomalies.share, baseline: 0)
    }

    private mutating func judgeContent(_ content: ChangeContent?, _ policy: GatePolicy) {
        guard let content, !content.files.isEmpty else { return }
        let migrations = content.count(.migration)
        if migrations > 0 {
            let files = migrations == 1 ? "1 migration" : "\(migrations) migrations"
            add(
                policy.migration, "the change has \(files): an earlier version may not run with them",
                value: Double(migrations), baseline: 0)
        }
        if content.lacksTests {
            add(policy.noTests, "the change touches no test", value: 0, baseline: 1)
        }
        for kind in [FileKind.infrastructure, .configuration, .dependency] where content.count(kind) > 0 {
            let count = content.count(kind)
            add(
                .ignore, "the change touches \(count) \(count == 1 ? "file" : "files") of \(kind.title)",
                value: Double(count), baseline: 0)
        }
    }

    private mutating func judgePace(_ context: ChangeContext, _ request: Gate.Request, _ policy: GatePolicy) {
        if let span = context.sinceLastDeploy {
            let least = policy.minimumTimeSinceDeploy
            let isTooSoon = least.map { span < $0 } ?? false
            let place = request.environment.isEmpty ? "" : " to \(request.environment)"
            let text = "the last deploy of '\(request.service)'\(place) was \(Self.short(span)) ago"
            add(
                isTooSoon ? .warn : .ignore,
                text + (isTooSoon ? ", the policy wants \(least.map(Self.short) ?? "")" : ""),
                value: Self.hours(span), baseline: least.map(Self.hours))
        }
        if let commits = context.commits {
            add(.ignore, "the change brings \(commits) \(commits == 1 ? "commit" : "commits")", value: Double(commits))
        }
    }

    private mutating func judgeRecord(_ rate: FailureRate?, of whom: String) {
        // "0 of 0" says nothing.
        guard let rate, rate.changes > 0 else { return }
        add(
            .ignore,
            "\(rate.failures) of \(rate.changes) changes of \(whom) have failed, taken as"
                + " \(NumberText.short(100 * rate.estimate)) % beside \(NumberText.short(100 * rate.usual)) % of all",
            value: rate.estimate, baseline: rate.usual)
    }

    private mutating func judgeTimes(_ context: ChangeContext) {
        if let moment = context.askedAt {
            let clock = ClockTime(moment)
            add(.ignore, "asked on \(clock.weekday.rawValue), \(clock.hour) h UTC", value: Double(clock.hour))
        }
        if let age = context.commitAge {
            add(.ignore, "the newest commit is \(Self.short(age)) old", value: Self.hours(age))
        }
    }

    private static func hours(_ span: TimeSpan) -> Double { Double(span.milliseconds) / millisecondsPerHour }

    /// The span in whole seconds.
    private static func short(_ span: TimeSpan) -> String {
        TimeSpan(milliseconds: span.milliseconds / 1_000 * 1_000).description
    }
}

extension FileKind {
    /// The kind in words.
    fileprivate var title: String {
        switch self {
        case .migration: "a migration"
        case .infrastructure: "infrastructure"
        case .dependency: "dependencies"
        case .generated: "generated code"
        case .test: "tests"
        case .documentation: "documentation"
        case .configuration: "configuration"
        case .source: "the program"
        }
    }
}
