import AuspexSignals

extension CDEvent {
    /// A verdict, as an approval that is closed.
    static func approval(
        _ verdict: Verdict, _ question: DeploymentQuestion?, _ settings: AnswerSettings, name: String, at now: Timestamp
    ) -> CDEvent {
        let decision = verdict.mayGoOn ? "approved" : "rejected"
        let source = settings.publicURL ?? anonymousSource
        let page = settings.page(ofVerdict: verdict.id)
        return CDEvent(
            type: "approval.closed.0.1.0", id: name, source: source, time: now, subject: verdict.id,
            content: [
                "approvalDetailsUrl": .string(page ?? "\(source)/gate/\(AnswerSettings.pathPart(verdict.id))"),
                "resourceTargetUrl": .string(target(question)), "responder": .string("urn:auspex:gate"),
                "decision": .string(decision), "status": .string(decision),
            ],
            chain: verdict.sha.isEmpty ? nil : verdict.sha, extra: try? JSONValue(parsing: verdict.jsonData()))
    }

    /// What became of a change; nil while that is open.
    static func outcome(of change: Change, publicURL: String?) -> CDEvent? {
        guard change.outcome != .pending else { return nil }
        let (type, content) = change.kind == .deploy ? deploy(change) : setting(change)
        let place = "changes/\(AnswerSettings.pathPart(change.id))"
        return CDEvent(
            type: type, id: "change-\(change.id)-\(change.outcome.rawValue)",
            source: publicURL ?? anonymousSource, time: change.endedAt ?? change.startedAt,
            subject: change.outcome == .failure ? place : change.service, content: content,
            chain: change.version.isEmpty ? nil : change.version, extra: try? JSONValue(parsing: change.jsonData()))
    }

    /// A deployment that has failed is no news of the service, whose version is the old one, but of the task.
    private static func deploy(_ change: Change) -> (String, [String: JSONValue]) {
        let content: [String: JSONValue] = [
            "environment": .object(["id": .string(change.environment.isEmpty ? "unknown" : change.environment)]),
            // Of one that was taken back, what runs now.
            "artifactId": .string(
                artifact(of: change.service, change.outcome == .rolledBack ? change.previousVersion : change.version)),
        ]
        switch change.outcome {
        case .rolledBack: return ("service.rolledback.0.3.0", content)
        case .failure: return ("taskrun.finished.0.3.0", task(change))
        case .success, .pending:
            return (
                change.previousVersion.isEmpty ? "service.deployed.0.3.0" : "service.upgraded.0.3.0", content
            )
        }
    }

    private static func setting(_ change: Change) -> (String, [String: JSONValue]) {
        if change.outcome == .failure { return ("taskrun.finished.0.3.0", task(change)) }
        return (
            "environment.modified.0.3.0",
            ["name": .string(change.environment.isEmpty ? "unknown" : change.environment)]
        )
    }

    private static func task(_ change: Change) -> [String: JSONValue] {
        [
            "taskName": .string("\(change.kind.rawValue) \(change.service)"), "outcome": .string("failure"),
            "errors": .string(change.title),
        ]
    }

    /// The version as a package URL.
    private static func artifact(of service: String, _ version: String) -> String {
        let version = version.isEmpty ? "" : "@\(AnswerSettings.pathPart(version))"
        return "pkg:generic/\(AnswerSettings.pathPart(service))\(version)"
    }

    private static func target(_ question: DeploymentQuestion?) -> String {
        switch question?.reply {
        case .gitHubProtectionRule(_, let callback, _, _): callback
        default: anonymousSource
        }
    }
}
