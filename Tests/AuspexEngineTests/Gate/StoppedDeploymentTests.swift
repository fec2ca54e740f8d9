import AuspexChanges
import AuspexSignals
import AuspexTesting
import Logging
import Synchronization
import Testing

@testable import AuspexEngine

/// What becomes of reports and questions that follow from the gate's own answers.
@Suite(.timeLimit(.minutes(1))) struct StoppedDeploymentTests {
    private func withEngine(_ body: (Engine, SetClock) async throws -> Void) async throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        var configuration = EngineConfiguration()
        configuration.dataDirectory = directory.path
        configuration.actions.helper = "/bin/true"
        configuration.gate.wait = .zero
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let clock = SetClock(noon)
        try await body(try await Engine(configuration: configuration, clock: clock, logger: logger), clock)
    }

    private func change(_ id: String, _ outcome: Change.Outcome) -> Change {
        Change(
            id: id, service: "shop", environment: "production", version: "abc", startedAt: noon, endedAt: noon,
            outcome: outcome)
    }

    @Test("a deployment that the gate has stopped has not failed; others have")
    func stopped() async throws {
        try await withEngine { engine, _ in
            let id = "gitlab:acme/shop:deployment:7"
            let question = DeploymentQuestion(
                id: DeploymentQuestion.plainID(id), service: "shop", environment: "production", sha: "abc",
                reply: .gitLabDeployment(project: 1, deployment: 7))
            #expect(try await engine.ask(question))
            await engine.questions.settle(by: engine)
            #expect(try await engine.question(id: question.id)?.settlement?.mayGoOn == false)
            #expect(try await engine.report(change(id, .failure), delivery: "d1"))
            #expect(try await engine.report(change(id, .failure), delivery: "d1") == false)
            #expect(try await engine.changes(ChangeFilter(limit: 10)).isEmpty)
            #expect(engine.ledger.withLock { $0.rate(ofService: "shop") } == nil)
            try await engine.report(change("gitlab:acme/shop:deployment:8", .failure))
            #expect(engine.ledger.withLock { $0.rate(ofService: "shop")?.failures } == 1)
            // Whatever the answer was, it has been carried out then.
            try await engine.report(change(id, .success))
            #expect(try await engine.changes(ChangeFilter(limit: 10)).count == 2)
        }
    }

    @Test("a failed status check at GitLab that is wanted again is another question, once a delivery")
    func again() async throws {
        try await withEngine { engine, _ in
            let question = DeploymentQuestion(
                id: "gitlab:acme~shop:merge_request:1", service: "shop", sha: "abc",
                reply: .gitLabStatusCheck(project: 1, mergeRequest: 1, sha: "abc", check: 3))
            let first = try await engine.ask(question, delivery: "gitlab/1")
            let open = try await engine.ask(question, delivery: "gitlab/2")
            #expect(first && !open)
            await engine.questions.settle(by: engine)
            let settled = try await engine.question(id: question.id)
            #expect(settled?.settlement?.mayGoOn == false)
            let again = try await engine.ask(question, delivery: "gitlab/3")
            let repeated = try await engine.ask(question, delivery: "gitlab/3")
            #expect(again && !repeated)
            let waiting = try await engine.openQuestions(limit: 10)
            #expect(waiting.count == 1)
        }
    }

    @Test("news of a change is on disk with the change and its delivery, or none of them is")
    func together() async throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        var configuration = EngineConfiguration()
        configuration.dataDirectory = directory.path
        configuration.actions.helper = "/bin/true"
        configuration.answers.cdEvents = "http://127.0.0.1:9/events"
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        for _ in 0..<2 {
            // Nothing is sent in the first life; the second finds what the first has stored.
            let engine = try await Engine(configuration: configuration, clock: SetClock(noon), logger: logger)
            _ = try await engine.report(change("d", .success), delivery: "github/1")
            #expect(try await engine.waitingReplies(limit: 10).map(\.id) == ["change/d/success/cdevents"])
        }
    }
}
