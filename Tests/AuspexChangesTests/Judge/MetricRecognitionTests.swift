import Testing

@testable import AuspexChanges

@Suite struct MetricRecognitionTests {
    @Test(
        "kinds are recognised from names and values",
        arguments: [
            ("http_errors", [100, 200], MetricKind.count), ("jobCount", [7, 8], .count), ("queue", [0, 1, 3], .count),
            ("queue", [7, 8], .gauge), ("queue", [0, 100, 200], .gauge), ("errors", [0.5], .gauge),
            ("errors", [-1], .gauge), ("error_rate", [0, 1], .gauge), ("latency_seconds", [0, 1], .gauge),
            ("x", [], .gauge), ("terrors", [7], .gauge),
        ])
    func kinds(name: String, values: [Double], kind: MetricKind) {
        #expect(MetricRecognition.kind(name, values) == kind)
    }

    @Test(
        "directions are recognised from names",
        arguments: [
            ("errors", MetricDirection.increase), ("http.latency.p99", .increase), ("success", .decrease),
            ("availability", .decrease), ("orders", .either), ("gcDurationMs", .increase),
        ])
    func directions(name: String, direction: MetricDirection) {
        #expect(MetricRecognition.direction(name) == direction)
    }

    private let sides = [
        MetricTable([("errors", [1, .nan]), ("requests", [10, 20]), ("latency", [0.5, 0.6])]),
        MetricTable([("errors", [0, 2]), ("requests", [10, 20]), ("latency", [0.5, 0.7])]),
    ]

    private func denominator(of name: String, in tables: [MetricTable]) -> String? {
        MetricRecognition.denominator(of: name, MetricRecognition.trafficColumns(in: tables), in: tables)
    }

    @Test(
        "the whole of a share of success is 1, or 100 percent",
        arguments: [
            ("success_rate", [0.999, 1], 1.0), ("availability", [99.9, 92], 100), ("success_percent", [99, 100], 100),
            ("success", [37, 42], nil), ("availability", [101, 99], nil), ("availability", [-0.1, 0.5], nil),
            ("cpu", [0.5, 0.6], nil), ("available_bytes", [10, 20], nil),
        ])
    func whole(name: String, values: [Double], whole: Double?) {
        #expect(MetricRecognition.whole(name, values) == whole)
    }

    @Test("the only column of traffic is the denominator of failures, and no metric itself")
    func denominator() {
        #expect(denominator(of: "errors", in: sides) == "requests")
        #expect(denominator(of: "errors", in: [sides[0], MetricTable([])]) == "requests")
        #expect(denominator(of: "latency", in: sides) == nil)
        #expect(denominator(of: "errors", in: [sides[0], MetricTable([("errors", [1])])]) == nil)
        let many = MetricTable([("errors", [30]), ("requests", [10])])
        #expect(denominator(of: "errors", in: [many, many]) == nil)
        let two = MetricTable([("errors", [1]), ("requests", [10]), ("calls", [10])])
        #expect(denominator(of: "errors", in: [two, two]) == nil)
        let samples = JudgePolicy().samples(sides[0], sides[1])
        #expect(samples.map(\.name) == ["errors", "latency"])
        #expect(samples[0].canary.denominators == [10, 20])
    }

    @Test("a list of metrics is the list that is judged")
    func listed() {
        var policy = JudgePolicy()
        var latency = MetricPolicy(name: "latency")
        latency.expected = "usual"
        policy.metrics = [MetricPolicy(name: "requests"), latency, MetricPolicy(name: "absent")]
        let samples = policy.samples(sides[0], sides[1])
        #expect(samples.map(\.name) == ["requests", "latency", "absent"])
        #expect(samples[1].baseline.expected == [])
        #expect(samples[2].baseline.values == [])
    }
}
