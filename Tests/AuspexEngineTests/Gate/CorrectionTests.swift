import AuspexActions
import AuspexChanges
import AuspexSignals
import AuspexTesting
import GRDB
import Testing

@testable import AuspexEngine
@testable import AuspexStore

/// Answers that do not hold any more, and what stands in the way of others.
@Suite(.timeLimit(.minutes(1))) struct CorrectionTests {
    private let rule = DeploymentQuestion.ReplyTarget.gitHubProtectionRule(
        repository: "acme/shop", callback: "https://api.github.com/x", environment: "production", installation: 7)
    private let status = DeploymentQuestion.ReplyTarget.gitHubStatus(
        repository: "acme/shop", sha: String(repeating: "ab", count: 20), installation: 7)

    private func question(_ reply: DeploymentQuestion.ReplyTarget, _ id: String = "q") -> DeploymentQuestion {
        DeploymentQuestion(id: id, service: "shop", reply: reply)
    }

    /// A verdict of noon that somebody has overridden.
    private func overridden(_ outcome: Verdict.Outcome) -> Verdict {
        var verdict = Gate.decide(
            Gate.Request(id: "q", service: "shop", sha: ""), GateFacts(), policy: GatePolicy(), now: noon)
        verdict.verdict = outcome
        verdict.override = Verdict.Override(BreakGlass(reason: "the site is down", by: "ada"), at: noon)
        return verdict
    }

    private func states(_ site: DeskSite) -> [String] { site.sender.sent.compactMap { $0.body["state"]?.string } }

    @Test("an override answers an open question at once")
    func open() async throws {
        let site = try DeskSite()
        let desk = site.desk()
        let gate = SaidVerdicts(.inconclusive)
        _ = try await desk.take(question(rule))
        await desk.settle(by: gate)
        #expect(try await desk.correct(by: overridden(.inconclusive)) == nil)
        await desk.settle(by: gate)
        #expect(states(site) == ["approved"])
        #expect(try await site.questions.question(id: "q")?.settlement?.mayGoOn == true)
        site.clock.move(by: .minutes(9))
        await desk.settle(by: gate)
        #expect(gate.decided["q"] == 1)
    }

    @Test("after a no an override is told to whoever takes another answer, and the others are named")
    func correction() async throws {
        for (target, expected) in [(status, ["pending", "failure", "success"]), (rule, ["rejected"])] {
            let site = try DeskSite()
            let desk = site.desk()
            let gate = SaidVerdicts(.fail)
            _ = try await desk.take(question(target))
            for _ in 0..<2 { await desk.settle(by: gate) }
            let obstacle = try await desk.correct(by: overridden(.fail))
            await desk.settle(by: gate)
            // What is pending may be passed over by the answer.
            #expect(states(site).filter { $0 != "pending" } == expected.filter { $0 != "pending" })
            #expect((obstacle == nil) == (target == status))
            if let obstacle { #expect(obstacle.contains("github has been told no")) }
            #expect(Set(site.sender.sent.map(\.id)).count == site.sender.sent.count)
        }
    }

    @Test("a no that has not arrived is never sent once it is overridden")
    func overtaken() async throws {
        let site = try DeskSite()
        let desk = site.desk()
        site.sender.next(.failed("down", after: nil))
        _ = try await desk.take(question(rule))
        await desk.settle(by: SaidVerdicts(.fail))
        #expect(try await desk.correct(by: overridden(.fail)) == nil)
        site.clock.move(by: .minutes(1))
        await desk.settle(by: SaidVerdicts(.fail))
        #expect(states(site) == ["rejected", "approved"])
        #expect(try await site.questions.counts() == (0, 0))
    }

    @Test("an override of a verdict that nobody has asked for is news for the sinks")
    func unasked() async throws {
        let site = try DeskSite()
        var settings = AnswerSettings()
        settings.webhook = true
        let desk = site.desk(settings)
        #expect(try await desk.correct(by: overridden(.fail)) == nil)
        await desk.settle(by: SaidVerdicts(.fail))
        #expect(site.sender.sent.map(\.destination) == [.webhook])
    }

    @Test("a yes that could not be delivered before it expired is not delivered: the gate is asked again")
    func lateYes() async throws {
        let site = try DeskSite()
        let desk = site.desk()
        let gate = SaidVerdicts(.pass, .fail, clock: site.clock)
        site.sender.next(.failed("down", after: .hours(5)))
        _ = try await desk.take(question(rule))
        await desk.settle(by: gate)
        site.clock.move(by: .hours(5))
        await desk.settle(by: gate)
        #expect(gate.decided["q"] == 2 && states(site) == ["approved", "rejected"])
        #expect(Set(site.sender.sent.map(\.id)).count == 2)
        #expect(try await site.questions.counts() == (0, 0))
        #expect(try await desk.retry("q"))
        await desk.settle(by: gate)
        #expect(site.sender.sent.count == 2)
    }

    @Test("a no is delivered however late, but not after its deadline")
    func lateNo() async throws {
        for (wait, expected) in [(TimeSpan.hours(20), 2), (.hours(25), 1)] {
            let site = try DeskSite()
            site.sender.next(.failed("down", after: .hours(1)))
            _ = try await site.desk().take(question(rule))
            await site.desk().settle(by: SaidVerdicts(.fail))
            site.clock.move(by: wait)
            await site.desk().settle(by: SaidVerdicts(.fail))
            #expect(site.sender.sent.count == expected)
            let lost = try await site.questions.givenUpReplies(since: noon, limit: 10)
            #expect(lost.map(\.lastError) == (expected == 2 ? [] : ["its time was over before it could be sent"]))
        }
    }

    @Test("an answer that is too old is asked anew, one that holds is not")
    func renewal() async throws {
        let site = try DeskSite()
        let desk = site.desk()
        let gate = SaidVerdicts(.pass, .fail, clock: site.clock)
        _ = try await desk.take(question(.poll))
        await desk.settle(by: gate)
        try await desk.renew("q")
        await desk.settle(by: gate)
        #expect(gate.decided["q"] == 1)
        site.clock.move(by: .hours(5))
        try await desk.renew("q")
        await desk.settle(by: gate)
        #expect(gate.decided["q"] == 2)
        #expect(try await site.questions.question(id: "q")?.settlement?.mayGoOn == false)
        try await desk.renew("nobody")
    }

    @Test("a question that was open before a long standstill waits for new samples before the answer is no")
    func standstill() async throws {
        let first = try DeskSite()
        _ = try await first.desk().take(question(rule))
        await first.desk().settle(by: SaidVerdicts(.inconclusive))
        try first.store.close()
        let second = try DeskSite(first.directory, clock: SetClock(noon + .hours(1)))
        let desk = second.desk()
        let gate = SaidVerdicts(.inconclusive)
        await desk.settle(by: gate)
        #expect(try await second.questions.question(id: "q")?.settlement == nil)
        for _ in 0..<20 {
            second.clock.move(by: .seconds(29))
            await desk.settle(by: gate)
        }
        #expect(try await second.questions.question(id: "q")?.settlement == nil)
        second.clock.move(by: .minutes(1))
        await desk.settle(by: gate)
        #expect(try await second.questions.question(id: "q")?.settlement?.mayGoOn == false)
    }

    @Test("who says Retry-After is left alone with all replies, others are not")
    func hold() async throws {
        let site = try DeskSite()
        let desk = site.desk()
        let gate = SaidVerdicts(.pass)
        site.sender.next(.failed("busy", after: .minutes(1)))
        _ = try await desk.take(question(rule, "a"))
        await desk.settle(by: gate)
        _ = try await desk.take(question(rule, "b"))
        _ = try await desk.take(question(.gitLabDeployment(project: 1, deployment: 2), "c"))
        await desk.settle(by: gate)
        #expect(site.sender.sent.count == 2 && site.sender.sent.last?.id.contains("/c/") == true)
        site.clock.move(by: .minutes(1))
        await desk.settle(by: gate)
        #expect(site.sender.sent.count == 4)
    }

    @Test("a record that cannot be read is put aside with a word in the audit, and the rest goes on")
    func poison() async throws {
        let site = try DeskSite()
        let desk = site.desk()
        site.sender.next(.failed("down", after: nil))
        _ = try await desk.take(question(rule, "a"))
        await desk.settle(by: SaidVerdicts(.pass))
        _ = try await desk.take(question(rule, "b"))
        try await site.store.write("spoiling") { database in
            try database.execute(sql: "UPDATE question SET body = '{}' WHERE id = 'b'")
            try database.execute(sql: "UPDATE reply SET body = 'x'")
        }
        site.clock.move(by: .minutes(1))
        _ = try await desk.take(question(rule, "c"))
        await desk.settle(by: SaidVerdicts(.pass))
        #expect(try await site.questions.counts() == (0, 0))
        #expect(site.sender.sent.last?.id.contains("/c/") == true)
        let kinds = try await AuditLog(store: site.store).entries().map(\.kind)
        #expect(kinds.contains("question.discarded") && kinds.contains("reply.discarded"))
    }

    @Test("what went wrong inside is not told outside")
    func secrecy() async throws {
        let site = try DeskSite()
        let desk = site.desk(wait: .zero)
        _ = try await desk.take(question(rule))
        await desk.settle(by: BrokenGate())
        let comment = site.sender.sent.last?.body["comment"]?.string ?? ""
        #expect(comment.contains("internal error") && !comment.contains("s3cret"))
    }

    /// A gate whose store is gone.
    private struct BrokenGate: QuestionDecider {
        @concurrent func decide(_ question: DeploymentQuestion) async throws -> Verdict {
            throw StoreError.directory(path: "/var/s3cret", reason: "gone")
        }

        @concurrent func undecided(_ question: DeploymentQuestion, because reason: String) async throws -> Verdict {
            var verdict = Gate.decide(
                Gate.Request(id: question.id, service: question.service, sha: ""), GateFacts(), policy: GatePolicy(),
                now: noon)
            verdict.missing = [reason]
            return verdict
        }
    }
}
