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
}
