import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

/// A runbook that ships, with programs, hosts and people of a test's own around it.
struct ShippedSite {
    /// What is lost when an engine dies in the middle of a step, together with the helper that carried it out.
    struct Loss {
        /// The path of the step.
        var path: String
        /// Whether the act took place all the same.
        var happened: Bool

        /// A loss in one of the runbook's steps.
        init(step: String, happened: Bool) { self.init(path: "steps/\(step)", happened: happened) }

        init(path: String, happened: Bool) {
            self.path = path
            self.happened = happened
        }
    }

    /// What a person says to a run, once that stands as it is meant for.
    struct Word {
        var event: RunEvent
        var isDue: @Sendable (RunRecord) -> Bool

        /// Stops the run while it is seen whether it has helped.
        static let cancelsVerification = Word(event: .cancel(by: "ann", reason: "I take over")) {
            $0.status == .verifying
        }

        /// Answers the run's question.
        static func decides(_ decision: Decision) -> Word {
            Word(event: .decide(decision, by: "ann")) { $0.status == .needsDecision }
        }
    }

    /// The folder for programs and what they leave.
    let site: TestSite
    /// Where pages arrive.
    let pages: FakeAPI
    let runbook: Runbook
    private let executables: [String]
    private let hosts: HostAllowList
    private let secrets: [String: String]

    /// - Parameters:
    ///   - id: The runbook.
    ///   - site: The folder, where one is there already.
    ///   - programs: Shell programs by the names by which the runbook calls them.
    ///   - installed: The paths of real programs that the runbook may call.
    ///   - hosts: The hosts that it may ask.
    ///   - secrets: The values of its secrets, by their names.
    init(
        _ id: String, in site: TestSite? = nil, programs: [String: String] = [:], installed: [String] = [],
        hosts: [String] = [], secrets: [String: String] = [:]
    ) throws {
        let site = try site ?? TestSite()
        self.site = site
        pages = try FakeAPI()
        let folder = PublicData.repository.appending(path: "Rules/runbooks").path
        runbook = try #require(try RunbookLoader.load(paths: [folder + "/\(id).yaml"]).first)
        let grep = runbook.parameters.contains { $0.name == "host_names" } ? [try #require(Tools.grep)] : []
        executables =
            try installed + grep + programs.map { try site.program("cd \(site.path) || exit 1\n\($1)", name: $0) }
        self.hosts = try HostAllowList(hosts)
        self.secrets = secrets
    }

    /// The plan as it would be run, but for the times for which all must be calm afterwards, or which are let pass: minutes
    /// of which nothing depends on the runbook's programs. A runbook for this host only is planned for it.
    func plan(_ parameters: [String: String]) throws -> Plan {
        var parameters = parameters
        if runbook.parameters.contains(where: { $0.name == "host_names" }) {
            let names = try site.file("names", "here\nhere.example\n")
            parameters.merge(["host": "here", "host_names": names]) { given, _ in given }
        }
        var plan = try Planner.plan(runbook, parameters: parameters.mapValues(JSONValue.string))
        plan.verification.soak = .zero
        plan.steps = plan.steps.map { $0.hurried }
        return plan
    }

    /// Runs the plan to its end, with an engine that dies in between if something is to be lost, and a person who says
    /// something, afterwards if so.
    func run(
        _ plan: Plan, losing loss: Loss? = nil, hearing word: Word? = nil, detectors: Detectors = Detectors()
    ) async throws -> RunRecord {
        let journal = MortalJournal()
        let performer = LosingPerformer(inner: performer, journal: journal, loss: loss)
        let record = RunRecord(
            id: RandomIDSource().next(), plan: plan, triggerKey: "t1", mode: .auto, requestedBy: "rule/test",
            createdAt: SystemWallClock().now())
        _ = try await journal.insert(record, audit: RunAudit(kind: "run.created", detail: .null))
        let driver = RunDriver(
            .init(
                journal: journal, performer: performer, observations: detectors, notices: NoticeLog(),
                moments: SystemMomentSource(), sleeper: ShortSleeper()))
        let mailbox = RunMailbox()
        if record.needsApproval {
            #expect(mailbox.send(.approve(by: "a second person", planHash: record.planHash)))
        }
        func drive(_ record: RunRecord, _ mailbox: RunMailbox, isRecovery: Bool) async throws -> RunRecord {
            guard let word else { return try await driver.drive(record, mailbox: mailbox, isRecovery: isRecovery) }
            async let ended = driver.drive(record, mailbox: mailbox, isRecovery: isRecovery)
            try await TestSite.wait { try await journal.run(record.id).map(word.isDue) ?? false }
            #expect(await mailbox.say(word.event) == .followed)
            return try await ended
        }
        guard loss != nil else { return try await drive(record, mailbox, isRecovery: false) }
        await #expect(throws: RunJournalError.self) {
            _ = try await driver.drive(record, mailbox: mailbox, isRecovery: false)
        }
        await journal.revive()
        let stored = try #require(try await journal.run(record.id))
        return try await drive(stored, RunMailbox(), isRecovery: true)
    }

    /// Runs the plan for these parameters.
    func run(
        _ parameters: [String: String], losing loss: Loss? = nil, hearing word: Word? = nil,
        detectors: Detectors = Detectors()
    ) async throws -> RunRecord {
        try await run(try plan(parameters), losing: loss, hearing: word, detectors: detectors)
    }

    private var performer: SecretPerformer {
        let channels = ["page", "escalation"].map { ($0, WebhookChannel(url: "\(pages.url)/\($0)")) }
        let processes = site.performer(executables, grace: .seconds(1))
        let requests = HTTPPerformer(hosts: hosts)
        return SecretPerformer(
            OperationPerformer(
                processes: processes, requests: requests,
                notifications: NotifyPerformer(channels: Dictionary(uniqueKeysWithValues: channels)),
                health: HealthPerformer(processes: processes, requests: requests, hosts: hosts),
                collections: CollectPerformer(processes: processes, bundles: bundles)),
            secrets: SecretVault(
                Dictionary(uniqueKeysWithValues: secrets.keys.map { ($0, .variable($0)) }), environment: secrets))
    }

    private var bundles: EvidenceBundles { EvidenceBundles(dataDirectory: site.path) }

    /// The texts that the run has put aside, one after the other.
    ///
    /// - Parameter source: A part of the command, where only what it said is meant.
    func evidence(of run: RunRecord, from source: String? = nil) throws -> String {
        try bundles.bundles(of: run.id).flatMap { bundle in
            let parts = bundle.manifest.parts.filter { part in source.map(part.what.contains) ?? true }
            return try parts.compactMap(\.file).map {
                String(decoding: try bundles.contents(of: $0, bundle: bundle.name, run: run.id), as: UTF8.self)
            }
        }.joined(separator: "\n")
    }

    /// The names of the bundles that the run has put aside.
    func bundleNames(of run: RunRecord) -> [String] { bundles.bundles(of: run.id).map(\.manifest.bundle) }

    /// The messages that people got, each with its channel in front.
    var messages: [String] {
        pages.calls.map { "\($0.path.dropFirst()): \($0.json["message"]?.string ?? "")" }
    }

    /// How often a program of the test was called so, by the lines that it leaves in the file `calls`.
    func calls(_ text: String) -> Int { site.lines("calls").count { $0.hasPrefix(text) } }
}

extension Plan.Step {
    /// The step with hardly any time between its attempts, or in its pause; what takes it back, too.
    fileprivate var hurried: Plan.Step {
        var step = self
        step.retry?.delay = TimeSpan(milliseconds: 1)
        if case .pause = step.action { step.action = .pause(.length(TimeSpan(milliseconds: 1))) }
        step.undo = step.undo.map { $0.hurried }
        return step
    }
}

extension RunRecord {
    /// How the last attempt at the step ended.
    func state(of step: String) -> StepState? { lastAttempt(at: "steps/\(step)")?.state }

    /// Why the last attempt at the step ended so.
    func reason(of step: String) -> String? { lastAttempt(at: "steps/\(step)")?.result?.reason }

    /// How the last attempt at the step with this path, in any section, ended.
    func state(at path: String) -> StepState? { lastAttempt(at: path)?.state }

    /// How the run stands and what each step came to, for the message of a test that fails.
    var story: String {
        let steps = steps.map { step in
            "\(step.path) \(step.state.rawValue) \(step.result?.reason ?? "") \(step.result?.errorOutput.text ?? "")"
        }
        return "\(status.rawValue) \(ending?.reason ?? "") \(question?.text ?? "")\n" + steps.joined(separator: "\n")
    }
}
