import AuspexDocuments
import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexEngine

@Suite("Guards in the configuration") struct GuardConfigurationTests {
    private func load(_ text: String) throws -> EngineConfiguration.Actions {
        let directory = try TemporaryDirectory()
        return try ConfigurationLoader.load(path: try directory.file("auspex.yaml", text), environment: [:]).actions
    }

    @Test("without a word all guards are on, and what starts by itself needs a promotion")
    func defaults() throws {
        let actions = try load("listen: 127.0.0.1:7070")
        #expect(actions.guards == RunGuards())
        #expect(actions.promotion == .auto && actions.protectsOwnHost && actions.protected.isEmpty)
        let guards = actions.guards
        #expect(guards.breakerFailures == 2 && guards.breakerWindow == .hours(24))
        #expect(guards.mostRemedies == 3 && guards.recurrenceWindow == .hours(7 * 24))
        #expect(guards.staleAfter == .minutes(15))
        #expect([guards.mostAtOnce, guards.mostPerHour] == [3, 10] && guards.coolDown == .minutes(30))
    }

    @Test("guards are set")
    func whole() throws {
        let actions = try load(
            """
            actions:
              max_active: 2
              require_promotion: true
              protected: [db1, payments]
              protect_own_host: false
              guards:
                stale_after: 5m
                breaker: {failures: 3, within: 12h}
                recurrence: {times: 5, within: 48h}
                flapping: {times: 6, within: 30m}
            """)
        #expect(actions.promotion == .always)
        #expect(actions.protected == ["db1", "payments"])
        var guards = RunGuards()
        guards.staleAfter = .minutes(5)
        (guards.breakerFailures, guards.breakerWindow) = (3, .hours(12))
        (guards.mostRemedies, guards.recurrenceWindow) = (5, .hours(48))
        (guards.mostFirings, guards.flapWindow) = (6, .minutes(30))
        #expect(actions.guards == guards)
        var configuration = EngineConfiguration()
        configuration.actions = actions
        let inForce = RunGuards(configuration)
        #expect(inForce.mostAtOnce == 2 && inForce.protected == ProtectedTargets(listed: ["db1", "payments"]))
        #expect(try load("actions: {require_promotion: false}").promotion == .never)
    }

    @Test("the engine's own host and directory are protected unless the configuration says otherwise")
    func ownHost() {
        var configuration = EngineConfiguration()
        configuration.dataDirectory = "/var/lib/auspex/"
        let protected = RunGuards(configuration).protected
        #expect(protected.own.contains("localhost"))
        #expect(protected.ownDirectories == ["/var/lib/auspex"])
    }

    @Test(
        "mistakes are told with their place",
        arguments: [
            ("{guards: {brekaer: {failures: 1}}}", "did you mean 'breaker'"),
            ("{guards: {breaker: {failures: 0}}}", "from 1 to 1000"), ("{protected: ['']}", "not empty texts"),
            ("{guards: {stale_after: 25h}}", "stale_after"), ("{require_promotion: maybe}", "must be true or false"),
            ("{guards: {recurrence: {times: 3, whitin: 1h}}}", "did you mean 'within'"),
        ])
    func mistakes(actions: String, message: String) {
        let error = #expect(throws: DocumentError.self) { _ = try load("actions: \(actions)") }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
        #expect(error?.description.contains("auspex.yaml:1:") == true)
    }
}
