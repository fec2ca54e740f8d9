import AuspexChanges
import AuspexSignals
import AuspexStore
import AuspexTesting
import Foundation
import Logging
import Synchronization
import Testing

@testable import AuspexEngine

/// A truth that the test and a server's thread share, which is why it is a class.
private final class Flag: Sendable {
    private let state = Mutex(false)

    var value: Bool { state.withLock { $0 } }
    func set(_ value: Bool) { state.withLock { $0 = value } }
}

/// Questions to a whole engine, answered over HTTP.
@Suite(.timeLimit(.minutes(1))) struct EngineQuestionTests {
    private let sha = String(repeating: "ab", count: 20)

    private func configuration(_ directory: TemporaryDirectory, _ api: FakeAPI) -> EngineConfiguration {
        var configuration = EngineConfiguration()
        configuration.dataDirectory = directory.path
        configuration.actions.helper = "/bin/true"
        configuration.gate.wait = .seconds(5)
        var gitHub = EngineConfiguration.Answers.GitHub()
        gitHub.api = api.url
        gitHub.token = Secret("t0ken")
        configuration.answers.gitHub = gitHub
        return configuration
    }

    private func engine(_ configuration: EngineConfiguration, _ clock: SetClock) async throws -> Engine {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return try await Engine(configuration: configuration, clock: clock, logger: logger)
    }

    private func question(_ id: String) -> DeploymentQuestion {
        DeploymentQuestion(
            id: id, service: "shop", sha: sha,
            reply: .gitHubStatus(repository: "acme/shop", sha: sha, installation: nil))
    }

    @Test("an engine that dies between storing an answer and sending it sends it after its restart")
    func restart() async throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let isDown = Flag()
        let api = try FakeAPI { _ in
            LoopbackServer.ok("{}", status: isDown.value ? "502 Bad Gateway" : "201 Created")
        }
        let clock = SetClock(noon)
        do {
            let engine = try await engine(configuration(directory, api), clock)
            #expect(try await engine.ask(question("q")))
            isDown.set(true)
            await engine.questions.settle(by: engine)
            clock.move(by: .seconds(5))
            await engine.questions.settle(by: engine)
            #expect(try await engine.question(id: "q")?.settlement?.mayGoOn == false)
            #expect(try await engine.verdict(id: "q")?.verdict == .inconclusive)
        }
        isDown.set(false)
        let before = api.calls.count
        clock.move(by: .minutes(1))
        let engine = try await engine(configuration(directory, api), clock)
        #expect(try await engine.ask(question("q")) == false)
        await engine.questions.settle(by: engine)
        #expect(api.calls.count == before + 1)
        #expect(api.calls.last?.path == "/repos/acme/shop/statuses/\(sha)")
        #expect(api.calls.last?.json["state"]?.string == "error")
        #expect(api.calls.last?.headers["authorization"] == "Bearer t0ken")
        await engine.questions.settle(by: engine)
        #expect(api.calls.count == before + 1)
        #expect(try await engine.waitingReplies(limit: 10).isEmpty)
    }

    @Test("a change that is over is news for the sink of events, each outcome once")
    func changes() async throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let api = try FakeAPI()
        var configuration = configuration(directory, api)
        configuration.answers.cdEvents = api.url + "/events"
        let engine = try await engine(configuration, SetClock(noon))
        var change = Change(id: "d1", service: "shop", version: "v2", startedAt: noon)
        try await engine.report(change)
        change.outcome = .success
        for _ in 0..<2 { try await engine.report(change) }
        await engine.questions.settle(by: engine)
        #expect(api.calls.map(\.path) == ["/events"])
        #expect(api.calls.first?.json["type"]?.string == "dev.cdevents.service.deployed.0.3.0")
    }
}
