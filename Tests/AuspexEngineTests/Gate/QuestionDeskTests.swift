import AuspexActions
import AuspexChanges
import AuspexSignals
import AuspexStore
import AuspexTesting
import Testing

@testable import AuspexEngine

@Suite(.timeLimit(.minutes(1))) struct QuestionDeskTests {
    private let rule = DeploymentQuestion.ReplyTarget.gitHubProtectionRule(
        repository: "acme/shop", callback: "https://api.github.com/x", environment: "production", installation: 7)
    private let check = DeploymentQuestion.ReplyTarget.gitLabStatusCheck(
        project: 1, mergeRequest: 2, sha: "abc", check: 3)

    private func question(_ id: String = "q", _ reply: DeploymentQuestion.ReplyTarget) -> DeploymentQuestion {
        DeploymentQuestion(id: id, service: "shop", reply: reply)
    }

    @Test("a question is decided once and answered once, however often and at once it is asked")
    func idempotent() async throws {
        let site = try DeskSite()
        let desk = site.desk()
        let gate = SaidVerdicts(.pass)
        let question = question("q", rule)
        let news = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<1_000 { group.addTask { try await desk.take(question) } }
            var news = 0
            for try await isNew in group where isNew { news += 1 }
            return news
        }
        #expect(news == 1)
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<8 { group.addTask { await desk.settle(by: gate) } }
        }
        #expect(gate.decided == ["q": 1])
        #expect(site.sender.sent.count == 1 && site.sender.mostOfOne == 1)
        #expect(site.sender.sent.first?.body["state"]?.string == "approved")
        #expect(try await desk.take(question) == false)
        await desk.settle(by: gate)
        #expect(gate.decided == ["q": 1] && site.sender.sent.count == 1)
        #expect(try await site.questions.question(id: "q")?.settlement?.mayGoOn == true)
    }

    @Test("forty questions at once are each answered once")
    func many() async throws {
        let site = try DeskSite()
        let desk = site.desk()
        let gate = SaidVerdicts(.fail)
        try await withThrowingDiscardingTaskGroup { group in
            for number in 0..<40 {
                let question = question("q\(number)", rule)
                group.addTask { _ = try await desk.take(question) }
            }
        }
        await desk.settle(by: gate)
        #expect(gate.decided.count == 40 && gate.decided.values.allSatisfy { $0 == 1 })
        #expect(Set(site.sender.sent.map(\.id)).count == 40 && site.sender.sent.count == 40)
        #expect(try await site.questions.counts() == (0, 0))
        #expect(site.metrics.value(of: .repliesSent) == 40)
    }

    @Test("while the verdict is inconclusive the gate is asked again, GitLab told again, and then the answer sent")
    func waits() async throws {
        let site = try DeskSite()
        let desk = site.desk()
        let gate = SaidVerdicts(.inconclusive, .inconclusive, .pass)
        _ = try await desk.take(question("q", check))
        await desk.settle(by: gate)
        #expect(gate.decided["q"] == 1)
        await desk.settle(by: gate)
        #expect(gate.decided["q"] == 1)
        site.clock.move(by: .seconds(5))
        await desk.settle(by: gate)
        site.clock.move(by: .seconds(9))
        await desk.settle(by: gate)
        #expect(gate.decided["q"] == 2)
        site.clock.move(by: .seconds(1))
        await desk.settle(by: gate)
        let words = site.sender.sent.map { $0.body["status"]?.string ?? "" }
        #expect(words.last == "passed" && words.dropLast().allSatisfy { $0 == "pending" } && words.count >= 3)
        #expect(try await site.questions.question(id: "q")?.attempts == 3)
    }

    @Test(
        "inconclusive at the end is a no, unless the policy passes it; a dry run lets go at once",
        arguments: [
            (GatePolicy.Inconclusive.fail, false, "rejected"), (.pass, false, "approved"), (.fail, true, "approved"),
        ])
    func deadline(inconclusive: GatePolicy.Inconclusive, dryRun: Bool, state: String) async throws {
        let site = try DeskSite()
        let desk = site.desk(wait: .minutes(2))
        var policy = GatePolicy()
        policy.inconclusive = inconclusive
        policy.dryRun = dryRun
        let gate = SaidVerdicts(.inconclusive, policy: policy)
        _ = try await desk.take(question("q", rule))
        await desk.settle(by: gate)
        #expect((try await site.questions.question(id: "q")?.settlement != nil) == dryRun)
        for _ in 0..<24 {
            site.clock.move(by: .seconds(5))
            await desk.settle(by: gate)
        }
        #expect(try await site.questions.question(id: "q")?.settlement?.mayGoOn == (state == "approved"))
        #expect(site.sender.sent.last?.body["state"]?.string == state)
        // Before the answer GitHub has heard once, without a state, that the gate waits.
        #expect(site.sender.sent.filter { $0.body["state"] == nil }.count == (dryRun ? 0 : 1))
    }

    @Test("a gate that fails is asked again, and at the end the answer is a no with the reason")
    func gateFails() async throws {
        let site = try DeskSite()
        let desk = site.desk(wait: .seconds(5))
        let gate = SaidVerdicts(nil)
        _ = try await desk.take(question("q", rule))
        await desk.settle(by: gate)
        site.clock.move(by: .seconds(5))
        await desk.settle(by: gate)
        #expect(site.sender.sent.last?.body["state"]?.string == "rejected")
        #expect(site.sender.sent.last?.body["comment"]?.string?.contains("a repository and a range") == true)
    }

    @Test("a reply that fails is tried again with the same body when its time has come, and not before")
    func retries() async throws {
        let site = try DeskSite()
        let desk = site.desk()
        let gate = SaidVerdicts(.pass)
        site.sender.next(.failed("status 500", after: nil), .failed("status 429", after: .minutes(2)))
        _ = try await desk.take(question("q", rule))
        await desk.settle(by: gate)
        #expect(site.sender.sent.count == 1)
        #expect(try await site.questions.waitingReplies(limit: 1).first?.lastError == "status 500")
        site.clock.move(by: .seconds(2))
        await desk.settle(by: gate)
        site.clock.move(by: .seconds(119))
        await desk.settle(by: gate)
        #expect(site.sender.sent.count == 2)
        site.clock.move(by: .seconds(1))
        await desk.settle(by: gate)
        #expect(site.sender.sent.count == 3 && Set(site.sender.sent).count == 1)
        #expect(try await site.questions.counts() == (0, 0))
        #expect(site.metrics.value(of: .replyAttemptsFailed) == 2)
    }

    @Test("a reply that is refused is given up, counted, audited, and tried anew when a person says so")
    func refused() async throws {
        let site = try DeskSite()
        let desk = site.desk()
        let gate = SaidVerdicts(.pass)
        site.sender.next(.refused("status 422: not pending"))
        _ = try await desk.take(question("q", rule))
        await desk.settle(by: gate)
        site.clock.move(by: .hours(1))
        await desk.settle(by: gate)
        #expect(site.sender.sent.count == 1 && site.metrics.value(of: .repliesGivenUp) == 1)
        #expect(try await desk.retry("q"))
        await desk.settle(by: gate)
        #expect(site.sender.sent.count == 2)
        #expect(try await desk.retry("q"))
        await desk.settle(by: gate)
        #expect(site.sender.sent.count == 2)
        #expect(try await desk.retry("nobody") == false)
    }

    @Test("a person's wish asks the gate at once")
    func retryOpen() async throws {
        let site = try DeskSite()
        let desk = site.desk()
        let gate = SaidVerdicts(.inconclusive, .pass)
        _ = try await desk.take(question("q", rule))
        await desk.settle(by: gate)
        #expect(try await desk.retry("q"))
        await desk.settle(by: gate)
        #expect(gate.decided["q"] == 2 && site.sender.sent.last?.body["state"]?.string == "approved")
    }

    @Test("what was stored is worked off by the next desk: a question that was taken, an answer that was not sent")
    func restart() async throws {
        let first = try DeskSite()
        _ = try await first.desk().take(question("q", rule))
        try first.store.close()
        let second = try DeskSite(first.directory)
        second.sender.next(.failed("connection refused", after: nil))
        await second.desk().settle(by: SaidVerdicts(.pass))
        #expect(try await second.questions.counts() == (0, 1))
        try second.store.close()
        let third = try DeskSite(first.directory, clock: SetClock(noon + .minutes(5)))
        let gate = SaidVerdicts(.fail)
        await third.desk().settle(by: gate)
        #expect(gate.decided.isEmpty)
        #expect(third.sender.sent.map { $0.body["state"]?.string } == ["approved"])
    }

    @Test("a check run that was made while the gate waited is changed by the answer")
    func checkRun() async throws {
        let site = try DeskSite()
        let desk = site.desk()
        let gate = SaidVerdicts(.inconclusive, .pass)
        _ = try await desk.take(question("q", .gitHubCheck(repository: "acme/shop", sha: "abc", installation: 7)))
        await desk.settle(by: gate)
        site.clock.move(by: .seconds(5))
        await desk.settle(by: gate)
        #expect(site.sender.sent.first?.remoteID == nil)
        #expect(site.sender.sent.last?.remoteID == "42")
        #expect(site.sender.sent.last?.body["conclusion"]?.string == "success")
    }

    @Test("the desk's own loop answers a question without being told what time it is, and ends when it is cancelled")
    func loop() async throws {
        let site = try DeskSite()
        let desk = site.desk()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await desk.run(by: SaidVerdicts(.pass)) }
            _ = try await desk.take(question("q", rule))
            while site.metrics.value(of: .repliesSent) == 0, !Task.isCancelled { await Task.yield() }
            group.cancelAll()
        }
        #expect(site.sender.sent.count == 1)
    }

    @Test("news of changes and verdicts goes to the sinks, each once")
    func news() async throws {
        let site = try DeskSite()
        var settings = AnswerSettings()
        settings.cdEvents = true
        let desk = site.desk(settings)
        let change = Change(id: "d1", service: "shop", version: "v2", startedAt: noon, outcome: .success)
        func announce() async throws {
            let news = desk.news(of: change)
            await desk.announce(news, isKept: try await site.questions.insert(news, most: QuestionDesk.mostReplies))
        }
        for _ in 0..<2 { try await announce() }
        await desk.settle(by: SaidVerdicts(.pass))
        try await announce()
        await desk.settle(by: SaidVerdicts(.pass))
        #expect(site.sender.sent.map(\.destination) == [.cdEvents])
    }
}
