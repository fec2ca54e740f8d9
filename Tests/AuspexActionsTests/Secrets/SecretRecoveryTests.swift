import AuspexActions
import AuspexRunbookTesting
import AuspexRunbooks
import AuspexSignals
import Foundation
import Testing

/// An engine dies while a command has a secret, and the next one takes the run up.
@Suite(.timeLimit(.minutes(2))) struct SecretRecoveryTests {
    private struct Died: Error {}

    private let secret = "s3cret of the database, long enough"

    @Test(
        "no secret gets into the journal when an engine dies and another finds what its command said",
        arguments: [CrashPoint.afterIntentCommit, .afterSpawn, .beforeResultCommit, .afterResultCommit],
        [Effect.once, .idempotent])
    func recovery(point: CrashPoint, effect: Effect) async throws {
        let site = try TestSite()
        let program = try site.program("echo \"$DB\"; echo \"no $DB\" >&2; [ \"$1\" = probe ] || exit 3")
        func command(_ argument: String) -> AuspexRunbooks.Operation {
            .run(Command(argv: [program, argument], secretEnvironment: ["DB": SecretText([.secret("DB")])]))
        }
        let probe = Plan.Probe(operation: command("probe"), saysDone: "stdout == \"******\"")
        let step = Plan.Step(
            id: "act", action: .operation(command("act")), effect: effect, probe: effect == .once ? probe : nil)
        let after = Plan.Step(id: "after", action: .operation(command("after")), effect: .read, continuesOnError: true)
        let plan = RunSamples.plan(steps: [step], onFailure: [after])
        let journal = InMemoryRunJournal()
        var record = RunSamples.record(id: "r1", plan: plan)
        _ = try await journal.insert(record, audit: RunAudit(kind: "run.created", detail: .null))
        let nothing = NotifyPerformer(channels: [:])
        let performer = SecretPerformer(
            OperationPerformer(processes: site.performer([program]), requests: nothing, notifications: nothing),
            secrets: SecretVault(["DB": .variable("DB")], environment: ["DB": secret]))
        let notices = NoticeLog()
        var isRecovery = false
        for crash in [CrashPlan(point) { throw Died() }, .never] where record.isOpen {
            let driver = RunDriver(.fake(journal: journal, performer: performer, notices: notices, crashes: crash))
            do {
                record = try await driver.drive(record, mailbox: RunMailbox(), isRecovery: isRecovery)
            } catch is Died {
                let stored = await journal.run("r1")
                record = try #require(stored)
            }
            isRecovery = true
        }
        #expect(record.isOpen == false, "\(record.status)")
        let shown = String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
        let audit = await journal.audit.map { $0.audit.detail.canonicalText }.joined()
        for text in [shown, audit, "\(notices.notices)", "\(record)"] { #expect(!text.contains("s3cret"), "\(text)") }
        #expect(shown.contains("no ******") || record.status == .verified, "\(shown)")
    }

    @Test(
        "what one step was given is masked where its probe and another step print it, by a later engine, too",
        arguments: [CrashPoint?.none, .afterResultCommit])
    func otherSteps(point: CrashPoint?) async throws {
        let act = Command(argv: ["/usr/bin/act"], secretInput: SecretText([.secret("DB")]))
        let look = Command(argv: ["/usr/bin/cat", "/etc/app.conf"])
        let step = Plan.Step(
            id: "act", action: .operation(.run(act)), effect: .once,
            probe: Plan.Probe(operation: .run(look), saysDone: "exit == 3"))
        let show = Plan.Step(
            id: "show", action: .operation(.run(look)), effect: .read, continuesOnError: true)
        var plan = RunSamples.plan(steps: [step, show])
        plan.secretNames = ["DB"]
        let journal = InMemoryRunJournal()
        var record = RunSamples.record(id: "r1", plan: plan)
        _ = try await journal.insert(record, audit: RunAudit(kind: "run.created", detail: .null))
        let secret = secret
        let programs = ScriptedPerformer { order, _ in
            guard order.id.path != "steps/act" else { return OperationResult(outcome: .unknown, reason: "lost") }
            let base64 = Data("x\(secret)".utf8).base64EncodedString()
            return OperationResult(
                outcome: .failed, reason: "exit 3: no \(secret)", status: 3,
                output: CapturedText(head: "db=\(secret)\n\(base64)\n"), errorOutput: CapturedText(head: "no \(secret)")
            )
        }
        let notices = NoticeLog()
        var isRecovery = false
        for crash in [point.map { CrashPlan($0) { throw Died() } } ?? .never, .never] where record.isOpen {
            // A later engine remembers nothing of what an earlier one gave out.
            let performer = SecretPerformer(
                programs, secrets: SecretVault(["DB": .variable("DB")], environment: ["DB": secret]))
            let driver = RunDriver(.fake(journal: journal, performer: performer, notices: notices, crashes: crash))
            do {
                record = try await driver.drive(record, mailbox: RunMailbox(), isRecovery: isRecovery)
            } catch is Died {
                record = try #require(await journal.run("r1"))
            }
            isRecovery = true
        }
        #expect(record.status == .verified, "\(record.status)")
        #expect(programs.acts.map(\.id.path).contains("steps/act/probe"))
        let result = try #require(record.lastAttempt(at: "steps/show")?.result)
        #expect(result.reason == "exit 3: no ******" && result.errorOutput.text == "no ******")
        #expect(result.output.text.hasPrefix("db=******\n"))
        let shown = String(decoding: try JSONEncoder().encode(record), as: UTF8.self)
        let audit = await journal.audit.map { $0.audit.detail.canonicalText }.joined()
        for text in [shown, audit, "\(notices.notices)"] {
            for form in ["s3cret", "czNjcmV0", "MzY3JldCBvZiB0aGU"] { #expect(!text.contains(form), "\(text)") }
        }
    }

    @Test(
        "what another step printed is withheld when the secrets of the run cannot be told, and shown when none was given"
    )
    func unreadable() async throws {
        let look = AuspexRunbooks.Operation.run(Command(argv: ["/usr/bin/cat"]))
        let vault = SecretVault(["DB": .variable("DB")], environment: [:])
        for given in [[], ["DB"]] {
            let run = RunSecrets(planned: ["DB"], given: given)
            let order = OperationOrder(
                id: OperationID(run: "r1", path: "steps/show", attempt: 1), operation: look, effect: .read,
                idempotencyKey: "k", timeout: .seconds(1), runSecrets: run)
            let programs = ScriptedPerformer { _, _ in
                OperationResult(outcome: .succeeded, output: CapturedText(head: "db"))
            }
            let result = await SecretPerformer(programs, secrets: vault).perform(order, .silent)
            #expect(result.outcome == .succeeded && (result.output.text == "db") == given.isEmpty, "\(result)")
        }
    }

    @Test("the mask of a live output hides what other steps of the run were given, also by an earlier engine")
    func liveOutput() async throws {
        let look = AuspexRunbooks.Operation.run(Command(argv: ["/usr/bin/cat"]))
        let id = OperationID(run: "r1", path: "steps/show", attempt: 1)
        let vault = SecretVault(["DB": .variable("DB")], environment: ["DB": secret])
        let before = try await vault.mask(of: look, in: RunSecrets(planned: ["DB"], given: []), id: id, spool: nil)
        // Nobody was given it, so it is not read.
        #expect(before.isEmpty)
        let mask = try await vault.mask(of: look, in: RunSecrets(planned: ["DB"], given: ["DB"]), id: id, spool: nil)
        #expect(mask.masked("db=\(secret)") == "db=******")
        // By now it is remembered, and hidden from steps that began before it was given out.
        let after = try await vault.mask(of: look, in: RunSecrets(planned: ["DB"], given: []), id: id, spool: nil)
        #expect(after.masked("db=\(secret)") == "db=******")
    }
}
