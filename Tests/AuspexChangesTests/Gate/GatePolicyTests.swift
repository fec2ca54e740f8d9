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
             "valid_for":"5m","break_glass":"refuse"}
            """)
        #expect(policy.name == "strict" && policy.warnPercentile == 50 && policy.failPercentile == 60.5)
        #expect(policy.criticalAlert == .warn && policy.warningAlert == .fail && policy.anomaly == .ignore)
        #expect(policy.required == [.health] && policy.healthMaxAge == .seconds(30) && policy.inconclusive == .pass)
        #expect(policy.dryRun && policy.validFor == .minutes(5) && policy.breakGlass == .refuse)
    }

    @Test(
        "a policy that cannot be is refused with what is wrong",
        arguments: [
            (#"{"warn_percentile":101}"#, "warn_percentile"), (#"{"fail_percentile":-1}"#, "fail_percentile"),
            (#"{"warn_percentile":99.5}"#, "above fail_percentile"), (#"{"health_max_age":"0s"}"#, "health_max_age"),
            (#"{"valid_for":"0s"}"#, "valid_for"), (#"{"valid_for":"soon"}"#, "such as 10m"),
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
