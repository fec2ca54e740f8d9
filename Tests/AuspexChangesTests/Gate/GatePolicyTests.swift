import AuspexSignals
import Foundation
import Testing

@testable import AuspexChanges

@Suite struct GatePolicyTests {
    private func decode(_ text: String) throws -> GatePolicy {
        try JSONDecoder().decode(GatePolicy.self, from: Data(text.utf8))
    }

    @Test("an empty policy is the default one")
    func defaults() throws {
        let policy = try decode("{}")
        #expect(policy == GatePolicy())
        #expect(policy.warnPercentile == 90 && policy.failPercentile == 99 && policy.required == [.risk, .health])
        #expect(policy.criticalAlert == .fail && policy.inconclusive == .fail && !policy.dryRun)
        #expect(policy.breakGlass == .allow)
    }

    @Test("every member can be set")
    func all() throws {
        let policy = try decode(
            """
            {"name":"strict","warn_percentile":50,"fail_percentile":60.5,"critical_alert":"warn","warning_alert":"fail",
             "anomaly":"ignore","required":["health"],"health_max_age":"30s","inconclusive":"pass","dry_run":true,
             "valid_for":"5m","warn_probability":0.2,"fail_probability":0.5,"warn_points":null,"fail_points":80,
             "critical_incident":"warn","warning_incident":"fail","dependency_incident":"ignore",
             "dependency_anomaly":"warn","freeze":"warn","no_tests":"fail","migration":"fail",
             "min_time_since_deploy":"15m","break_glass":"refuse"}
            """)
        #expect(policy.name == "strict" && policy.warnPercentile == 50 && policy.failPercentile == 60.5)
        #expect(policy.criticalAlert == .warn && policy.warningAlert == .fail && policy.anomaly == .ignore)
        #expect(policy.required == [.health] && policy.healthMaxAge == .seconds(30) && policy.inconclusive == .pass)
        #expect(policy.dryRun && policy.validFor == .minutes(5) && policy.breakGlass == .refuse)
        #expect(policy.warnProbability == 0.2 && policy.failProbability == 0.5)
        #expect(policy.warnPoints == nil && policy.failPoints == 80)
        #expect(policy.criticalIncident == .warn && policy.warningIncident == .fail)
        #expect(policy.dependencyIncident == .ignore && policy.dependencyAnomaly == .warn)
        #expect(policy.freeze == .warn && policy.noTests == .fail && policy.migration == .fail)
        #expect(policy.minimumTimeSinceDeploy == .minutes(15))
        let again = try JSONDecoder().decode(GatePolicy.self, from: JSONEncoder().encode(policy))
        #expect(again == policy)
    }

    @Test("every key is read and written")
    func keys() throws {
        let data = try JSONEncoder().encode(GatePolicy())
        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(Set(object.keys) == Set(GatePolicy.CodingKeys.allCases.map(\.rawValue)))
        #expect(try decode(String(decoding: data, as: UTF8.self)) == GatePolicy())
    }

    @Test(
        "a policy that cannot be is refused with what is wrong",
        arguments: [
            (#"{"warn_percentile":101}"#, "warn_percentile"), (#"{"fail_percentile":-1}"#, "fail_percentile"),
            (#"{"warn_percentile":99.5}"#, "above fail_percentile"), (#"{"health_max_age":"0s"}"#, "health_max_age"),
            (#"{"valid_for":"0s"}"#, "valid_for"),
            (#"{"warn_probability":2}"#, "warn_probability is 2.0, expected 0 to 1"),
            (#"{"fail_points":20}"#, "above fail_points"), (#"{"warn_points":-1}"#, "expected 0 to 1000"),
            (#"{"min_time_since_deploy":"0s"}"#, "min_time_since_deploy"), (#"{"valid_for":"soon"}"#, "such as 10m"),
        ])
    func mistakes(text: String, expected: String) {
        let error = #expect(throws: DecodingError.self) { try decode(text) }
        guard case .dataCorrupted(let context) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(context.debugDescription.contains(expected))
    }

    @Test("words that are no effect are refused", arguments: [#"{"anomaly":"maybe"}"#, #"{"required":["luck"]}"#])
    func words(text: String) {
        #expect(throws: DecodingError.self) { try decode(text) }
    }
}
