import AuspexSignals

/// Reads what Jenkins' notification plugin sends. A build is one change, of which each phase has news.
enum JenkinsHook {
    /// What a phase tells.
    static func item(_ body: HookNode, _ context: HookContext) throws(HookError) -> HookDelivery.Item {
        let job = try body.identifier("name")
        let build = try body.object("build")
        let phase = try build.identifier("phase").uppercased()
        guard let number = build["number"]?.wholeNumber else {
            if phase == "QUEUED" { return .ignored("a build that is queued has no number yet") }
            throw .malformed(path: "\(build.path).number", reason: "must be the build's number")
        }
        let outcome: Change.Outcome
        switch phase {
        case "QUEUED", "STARTED": outcome = .pending
        case "COMPLETED", "FINALIZED":
            guard let end = Self.outcome(of: try build.identifier("status")) else {
                return .ignored("the status '\(build.headline("status"))' says nothing about the outcome")
            }
            outcome = end
        default: return .ignored("the phase '\(phase.headline)' is not known")
        }
        let source = build["scm"]
        let repository = source.flatMap { RepositoryName.of($0.label("url")) }
        let place = context.place(
            [job] + (repository.map { [$0] } ?? []), service: job, stated: parameter("SERVICE", build),
            environment: parameter("ENVIRONMENT", build) ?? "")
        let times = try times(build, context, isOver: outcome != .pending)
        return .change(
            Change(
                id: id(build, job, number), service: place.service, environment: place.environment,
                version: parameter("VERSION", build) ?? source?.label("commit") ?? "",
                title: "\(job) #\(number)".headline, startedAt: times.start, endedAt: times.end, outcome: outcome,
                source: "jenkins", repository: repository))
    }

    /// The build's address tells servers apart that have jobs of the same name.
    private static func id(_ build: HookNode, _ job: String, _ number: Int64) -> String {
        "jenkins:" + (build.label("full_url").nonEmpty ?? build.label("url").nonEmpty ?? "\(job)/\(number)")
    }

    /// A build with failed tests, `UNSTABLE`, has failed; one that is `ABORTED` or `NOT_BUILT` tells nothing.
    private static func outcome(of status: String) -> Change.Outcome? {
        switch status.uppercased() {
        case "SUCCESS": .success
        case "UNSTABLE", "FAILURE": .failure
        default: nil
        }
    }

    /// A parameter of the build, in upper or in small letters.
    private static func parameter(_ name: String, _ build: HookNode) -> String? {
        let parameters = build["parameters"]
        return parameters?.label(name).nonEmpty ?? parameters?.label(name.lowercased()).nonEmpty
    }

    private static func times(
        _ build: HookNode, _ context: HookContext, isOver: Bool
    ) throws(HookError) -> (start: Timestamp, end: Timestamp?) {
        let start = try build.time("timestamp") ?? context.receivedAt
        guard isOver else { return (start, nil) }
        guard let duration = build["duration"]?.wholeNumber, duration > 0 else {
            return (start, max(start, context.receivedAt))
        }
        return (start, start + TimeSpan(milliseconds: duration))
    }
}
