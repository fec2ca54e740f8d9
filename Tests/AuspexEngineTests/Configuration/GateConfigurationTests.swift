import AuspexChanges
import AuspexDocuments
import AuspexEngine
import AuspexSignals
import AuspexTesting
import Testing

@Suite struct GateConfigurationTests {
    private func load(_ text: String, _ environment: [String: String] = [:]) throws -> EngineConfiguration {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        let path = try directory.file("auspex.yaml", text)
        return try ConfigurationLoader.load(path: path, environment: environment)
    }

    @Test("every key of a policy can be set, and null turns a threshold off")
    func keys() throws {
        let policy = try load(
            """
            gate:
              name: strict
              warn_percentile: 50
              fail_percentile: 60
              warn_probability: 0.2
              fail_probability: 0.5
              warn_points: null
              fail_points: 80
              critical_alert: warn
              warning_alert: fail
              anomaly: ignore
              critical_incident: warn
              warning_incident: fail
              dependency_incident: ignore
              dependency_anomaly: warn
              freeze: warn
              no_tests: fail
              migration: ignore
              min_time_since_deploy: 15m
              required: [risk, points]
              health_max_age: 1m
              inconclusive: pass
              dry_run: true
              valid_for: 2h
            """
        ).gate.policy
        #expect(policy.warnProbability == 0.2 && policy.failProbability == 0.5)
        #expect(policy.warnPoints == nil && policy.failPoints == 80)
        #expect(policy.criticalIncident == .warn && policy.warningIncident == .fail)
        #expect(policy.dependencyIncident == .ignore && policy.dependencyAnomaly == .warn)
        #expect(policy.freeze == .warn && policy.noTests == .fail && policy.migration == .ignore)
        #expect(policy.minimumTimeSinceDeploy == .minutes(15) && policy.required == [.risk, .points])
        #expect(policy.criticalAlert == .warn && policy.warningAlert == .fail && policy.anomaly == .ignore)
        #expect(policy.dryRun && policy.inconclusive == .pass && policy.validFor == .hours(2))
    }

    private static let scoped = """
        gate:
          warn_percentile: 80
          policies:
            - {name: payments, services: ["pay*"], environments: [production], fail_percentile: 90, migration: fail}
            - {name: staging, environments: [staging], freeze: ignore}
        """

    @Test("the first policy that concerns a change counts, and takes over what it does not say")
    func scoped() throws {
        let gate = try load(Self.scoped).gate
        let payments = gate.policy(service: "payments", environment: "production")
        #expect(payments.name == "payments" && payments.warnPercentile == 80 && payments.failPercentile == 90)
        #expect(payments.migration == .fail && payments.freeze == .fail)
        #expect(gate.policy(service: "payments", environment: "staging").name == "staging")
        #expect(gate.policy(service: "shop", environment: "production").name == "default")
    }

    @Test("what the environment sets for all holds for them as well")
    func environment() throws {
        let gate = try load(Self.scoped, ["AUSPEX_GATE__DRY_RUN": "true", "AUSPEX_GATE__WARN_PERCENTILE": "70"]).gate
        let payments = gate.policy(service: "payments", environment: "production")
        #expect(payments.dryRun && payments.warnPercentile == 70 && gate.policy.dryRun)
    }

    @Test(
        "mistakes are reported in their place",
        arguments: [
            ("gate: {frezze: warn}", ":1:8: unknown key 'frezze'"), ("gate: {freeze: maybe}", "'freeze' must be"),
            ("gate: {policies: [{name: a}]}", "a policy needs 'services' or 'environments'"),
            ("gate: {policies: [{services: [a]}]}", "a policy needs 'name'"),
            ("gate: {policies: [{name: a, services: [a], dryrun: true}]}", "did you mean 'dry_run'"),
            ("gate: {policies: [{name: a, services: [a], fail_percentile: 10}]}", "above fail_percentile"),
            ("gate: {required: [luck]}", "'required' may hold risk, health and points"),
            ("gate: {warn_probability: 7}", "warn_probability is 7.0, expected 0 to 1"),
        ])
    func mistakes(text: String, message: String) {
        let error = #expect(throws: DocumentError.self) { try load(text) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
}
