import AuspexDocuments
import AuspexTesting
import Foundation
import Testing

@testable import AuspexChanges

@Suite struct JudgeConfigurationTests {
    private func kayenta(_ text: String) throws -> KayentaConfiguration? {
        if case .kayenta(let configuration) = try JudgeConfiguration(parsing: text, file: "c.json") {
            configuration
        } else {
            nil
        }
    }

    private func messages(_ text: String) -> [String] {
        do {
            _ = try JudgeConfiguration(parsing: text, file: "c.json")
            return []
        } catch { return error.diagnostics.map(\.description) }
    }

    @Test("a full canary configuration is read")
    func full() throws {
        let text = """
            {"judge": {"name": "NetflixACAJudge-v1.0", "judgeConfigurations": {"tolerance": 0.1, "confLevel": 0.9}},
             "metrics": [{"name": "errors", "query": {"type": "atlas"}, "groups": ["g"], "scopeName": "default",
               "analysisConfigurations": {"canary": {"direction": "Increase", "nanStrategy": "replace",
                 "critical": true, "muted": true, "mustHaveData": true,
                 "effectSize": {"measure": "cles", "allowedIncrease": 0.6, "allowedDecrease": 0.4,
                                "criticalIncrease": 0.8, "criticalDecrease": 0.2},
                 "outliers": {"strategy": "remove", "outlierFactor": 2.5}}}}],
             "templates": {"t": "x"},
             "classifier": {"groupWeights": {"g": 60}, "scoreThresholds": {"pass": 90, "marginal": 70}}}
            """
        let configuration = try #require(try kayenta(text))
        #expect(configuration.classifier.tolerance == 0.1)
        #expect(configuration.classifier.confidence == 0.9)
        #expect(configuration.groupWeights == ["g": 60])
        #expect((configuration.pass, configuration.marginal) == (90, 70))
        var metric = KayentaMetric(name: "errors")
        metric.groups = ["g"]
        metric.direction = .increase
        metric.missingValues = .replace
        metric.critical = true
        metric.muted = true
        metric.mustHaveData = true
        metric.measure = .cles
        metric.allowedIncrease = 0.6
        metric.allowedDecrease = 0.4
        metric.criticalIncrease = 0.8
        metric.criticalDecrease = 0.2
        metric.outlierFactor = 2.5
        #expect(configuration.metrics == [metric])
    }

    @Test(
        "kayenta's own examples are read",
        .enabled(if: PublicData.here.isExpected(KayentaVectors.folder), "\(PublicData.hint)"),
        arguments: [("test-config.json", 3, 95.0), ("integration-test-cpu.json", 1, 75), ("muted-metric.json", 2, 75)])
    func examples(file: String, metrics: Int, pass: Double) throws {
        let url = try PublicData.here.url(KayentaVectors.folder).appending(path: file)
        let configuration = try #require(try kayenta(String(contentsOf: url, encoding: .utf8)))
        #expect(configuration.metrics.count == metrics)
        #expect(configuration.pass == pass)
        #expect(configuration.metrics.contains(where: \.muted) == (file == "muted-metric.json"))
    }

    @Test("mistakes are told with their places and what would be right")
    func mistakes() {
        let text = """
            {"classifier": {"groupWeights": {"a": 70, "b": 40}},
             "metrics": [{"name": "m", "analysisConfigurations": {"canary": {"directon": "increase"}}},
                         {"name": "n", "analysisConfigurations": {"canary": {"direction": "up"}}}]}
            """
        #expect(
            messages(text) == [
                "c.json:1:17: the weights add up to 110.0, at most 100 can be given away",
                "c.json:2:66: unknown key 'directon' in 'canary'; did you mean 'direction'?",
                "c.json:3:79: 'direction' must be increase, decrease or either, not 'up'",
            ])
    }

    @Test("the standard judge is read from YAML")
    func standard() throws {
        let text = """
            judge: auspex
            alpha: 0.01
            warn_alpha: 0.05
            minimum_effect: 0.2
            minimum_samples: 12
            confidence: 0.9
            templates: fail
            metrics:
              - name: errors
                denominator: requests
                direction: increase
                critical: true
              - name: load
                controls: [other, third]
              - name: latency
                kind: gauge
                expected: usual
                minimum_effect: 0.5
                missing: zero
                required: false
                muted: true
            """
        var errors = MetricPolicy(name: "errors")
        errors.denominator = "requests"
        errors.direction = .increase
        errors.critical = true
        var load = MetricPolicy(name: "load")
        load.controls = ["other", "third"]
        var latency = MetricPolicy(name: "latency")
        latency.kind = .gauge
        latency.expected = "usual"
        latency.minimumEffect = 0.5
        latency.missing = .zero
        latency.required = false
        latency.muted = true
        var policy = JudgePolicy()
        policy.alpha = 0.01
        policy.warnAlpha = 0.05
        policy.minimumEffect = 0.2
        policy.minimumSamples = 12
        policy.confidence = 0.9
        policy.templates = .fail
        policy.metrics = [errors, load, latency]
        #expect(try JudgeConfiguration(parsing: text, file: "j.yaml") == .standard(policy))
    }

    @Test(
        "what can't be is refused",
        arguments: [
            ("alpha: 2", "c.json:1:8: 'alpha' must be"),
            ("alpha: 0.1\nwarn_alpha: 0.01", "c.json:2:1: 'warn_alpha' 0.01 is below 'alpha' 0.1"),
            ("metrics: [{name: a}, {name: a}]", "c.json:1:1: the metric 'a' is there more than once"),
            ("metrics: [{kind: gauge}]", "c.json:1:11: a metric needs 'name'"),
            ("metrics: [{name: a, kind: count, denominator: b}]", "c.json:1:34: a count has no denominator"),
            ("metrics: [{name: a, expected: b, controls: [c]}]", "c.json:1:34: 'controls' and 'expected' both say"),
            ("metrics: [{name: a, kind: count, controls: [c]}]", "c.json:1:34: a count has no controls"),
            ("judge: other", "c.json:1:8: 'judge' must be"),
            ("alpah: 0.1", "c.json:1:1: unknown key 'alpah' in a judge; did you mean 'alpha'?"),
            ("", "c.json: holds 0 documents"),
        ])
    func refused(text: String, message: String) {
        #expect(messages(text).contains { $0.hasPrefix(message) }, "\(messages(text))")
    }
}
