import Testing

@testable import AuspexChanges

/// Where a careless judge would let a bad canary pass, or fail a good one.
@Suite struct JudgeCautionTests {
    private func judge(
        _ name: String, _ baseline: MetricSamples.Side, _ canary: MetricSamples.Side,
        _ change: (inout MetricPolicy) -> Void = { _ in }
    ) -> JudgeReport {
        var metric = MetricPolicy(name: name)
        change(&metric)
        var policy = JudgePolicy()
        policy.metrics = [metric]
        return Judge(policy: policy).judge([MetricSamples(name: name, baseline: baseline, canary: canary)])
    }

    private func ratio(_ part: Double, _ whole: Double, rows: Int = 1) -> MetricSamples.Side {
        .init(values: Array(repeating: part, count: rows), denominators: Array(repeating: whole, count: rows))
    }

    @Test("after a baseline without any failure a success rate that falls fails, and one that stays passes")
    func perfectBaseline() throws {
        let report = judge("success", ratio(1000, 1000), ratio(910, 1000))
        #expect(report.verdict == .fail)
        let metric = try #require(report.metrics.first)
        #expect(metric.class == .low)
        #expect(metric.effect == 0.91)
        #expect(judge("success", ratio(1000, 1000), ratio(1000, 1000)).verdict == .pass)
        #expect(judge("success", ratio(900, 1000), ratio(800, 1000)) { $0.direction = .increase }.verdict == .pass)
    }

    @Test(
        "a computed share of success fails by what is left to the whole",
        arguments: [
            ("availability", 0.999, 0.92), ("success_rate", 0.999, 0.95), ("availability", 99.9, 95),
            ("success_percent", 99.9, 99.5), ("availability", 1, 0.97),
        ])
    func computedShare(name: String, before: Double, after: Double) {
        var metric = GeneratedMetric(seed: 31)
        func side(_ level: Double) -> MetricSamples.Side {
            let whole = level > 1 ? 100.0 : 1
            // What is left to the whole wanders; nothing is left of a perfect one.
            return .init(values: metric.gauge(30).map { whole - (whole - level) * $0 / 100 })
        }
        let (baseline, canary) = (side(before), side(after))
        #expect(judge(name, baseline, canary).verdict == .fail)
        #expect(judge(name, canary, baseline).verdict == .pass)
        #expect(judge(name, baseline, side(before)).verdict == .pass)
        // Of what is no share of success a hundredth less is too little to count.
        #expect(judge("level", .init(values: [0.999, 0.998, 0.999, 0.998]), .init(values: [0.99])).verdict != .fail)
    }

    @Test("a rate of hardly any request tells nothing, with errors or without")
    func rates() throws {
        for errors in [0, 0.02] {
            let report = judge("errors", ratio(0.01, 40.5, rows: 20), ratio(errors, 0.02)) { $0.direction = .increase }
            #expect(report.verdict == .inconclusive)
            let reason = try #require(report.reasons.first)
            #expect(reason == "errors: too little traffic to find any difference: 0.02 against 810")
        }
        for direction in [MetricDirection.decrease, .either] {
            let report = judge("success", ratio(40.4, 40.5, rows: 20), ratio(0.02, 0.02)) { $0.direction = direction }
            #expect(report.verdict == .inconclusive)
        }
        #expect(
            judge("errors", ratio(0.5, 40.5, rows: 20), ratio(0.5, 40.5, rows: 20)) { $0.direction = .increase }.verdict
                == .pass)
    }

    @Test("whether traffic is enough is asked at the level that many metrics leave to each")
    func levels() {
        let (baseline, canary) = (ratio(0, 1000), ratio(0, 1))
        func report(_ others: Int) -> JudgeReport {
            let steady = (0..<others).map {
                MetricSamples(name: "level \($0)", baseline: [7, 7, 7, 7, 7], canary: [7, 7, 7, 7, 7])
            }
            return Judge().judge([MetricSamples(name: "errors", baseline: baseline, canary: canary)] + steady)
        }
        // One error of one request against none of 1000 has p = 1/1001.
        #expect(report(0).verdict == .pass)
        #expect(report(18).verdict == .pass)
        #expect(report(25).verdict == .inconclusive)
        #expect(report(25).metrics[0].class == .noData)
    }

    @Test("too few events of the baseline can't become fewer")
    func fewEvents() {
        func report(_ events: Double) -> JudgeReport {
            judge("orders", .init(values: [events, 0, 0]), .init(values: [0, 0, 0])) {
                $0.kind = .count
                $0.direction = .decrease
            }
        }
        for events in [0.0, 1, 5] { #expect(report(events).verdict == .inconclusive) }
        #expect(report(5).reasons == ["orders: too few events to find that there are fewer: 5 of the baseline"])
        // 2⁻⁶ is under 0.02.
        #expect(report(6).verdict == .fail)
    }

    @Test("only an effect in the direction that counts does")
    func direction() {
        let baseline = MetricSamples.Side(values: Array(repeating: 7, count: 40))
        // Most values are a little higher, and the mean is lower.
        let canary = MetricSamples.Side(values: Array(repeating: 7.1, count: 24) + Array(repeating: 0.01, count: 3))
        let report = judge("latency", baseline, canary)
        #expect(report.verdict == .pass)
        #expect(report.metrics.allSatisfy { ($0.p ?? 1) < 1e-6 })
        #expect(judge("latency", baseline, canary) { $0.direction = .either }.verdict == .fail)
    }

    @Test("an effect is high or low, and what is left to the whole the other way round")
    func reaches() {
        func reaches(
            _ effect: Double?, _ complement: Double?, _ direction: MetricDirection, upperP: Double = 0
        ) -> Bool {
            var comparison = Comparison(
                kind: .gauge, test: "t", upperP: upperP, lowerP: 1 - upperP, effect: effect, effectKind: "ratio",
                baselineCount: 1, canaryCount: 1)
            comparison.complementEffect = complement
            return comparison.reaches(0.1, direction)
        }
        #expect(reaches(1.1, nil, .increase) && !reaches(1.1, nil, .decrease) && reaches(1.1, nil, .either))
        #expect(!reaches(0.9, nil, .increase) && reaches(0.9, nil, .decrease) && reaches(0.9, nil, .either))
        #expect(reaches(1.01, 0.5, .increase) && !reaches(1.01, 0.5, .decrease))
        #expect(!reaches(0.99, .infinity, .increase) && reaches(0.99, .infinity, .decrease))
        #expect(!reaches(1, nil, .either))
        #expect(reaches(nil, nil, .increase) && !reaches(nil, nil, .decrease) && reaches(nil, nil, .either))
        #expect(reaches(nil, nil, .decrease, upperP: 1) && !reaches(nil, nil, .increase, upperP: 1))
    }

    @Test("error lines that are as before make no pass where no metric is known")
    func templatesAlone() {
        let calm = TemplateCounts(entries: [.init(template: "slow query", before: 40, after: 40)])
        let report = Judge().judge([], templates: calm)
        #expect(report.verdict == .inconclusive)
        #expect(report.score == nil)
        #expect(report.reasons == ["there is no metric that could be judged"])
        var policy = JudgePolicy()
        var (absent, muted) = (MetricPolicy(name: "absent"), MetricPolicy(name: "muted"))
        absent.required = false
        muted.muted = true
        policy.metrics = [absent, muted]
        let unknown = [
            MetricSamples(name: "absent", baseline: [], canary: []),
            MetricSamples(name: "muted", baseline: [7, 7, 7, 7, 7], canary: [7, 7, 7, 7, 7]),
        ]
        #expect(Judge(policy: policy).judge(unknown, templates: calm).verdict == .inconclusive)
        let worse = TemplateCounts(entries: [.init(template: "cannot reach <*>", before: 0, after: 40)])
        #expect(Judge().judge([], templates: worse).verdict == .warn)
        policy.templates = .fail
        #expect(Judge(policy: policy).judge(unknown, templates: worse).verdict == .fail)
    }

    @Test("zeros are filled in where a side has rows")
    func zeros() {
        var errors = MetricPolicy(name: "errors")
        errors.missing = .zero
        var policy = JudgePolicy()
        policy.metrics = [errors]
        func report(_ canary: MetricTable) -> JudgeReport {
            let baseline = MetricTable([("errors", [1, 0, 2]), ("load", [7, 7, 7])])
            return JudgeConfiguration.standard(policy).judge(baseline: baseline, canary: canary)
        }
        #expect(report(MetricTable([])).verdict == .inconclusive)
        #expect(report(MetricTable([("errors", []), ("load", [])])).verdict == .inconclusive)
        #expect(report(MetricTable([("load", [7, 7, 7])])).verdict == .pass)
        #expect(report(MetricTable([("load", [7, 7, 7])])).metrics.map(\.canaryCount) == [3])
    }

    @Test("values whose squares are too large are compared by their ranks", arguments: [1e160, 1e300])
    func tooLarge(size: Double) {
        func side(_ shift: Double) -> MetricSamples.Side {
            .init(
                values: (0..<40).map { index in
                    let sign = index % 3 == 0 ? 1.0 : -1
                    return sign * size * (1 - Double(index % 7) / 20) + shift * size * 0.9
                })
        }
        #expect(judge("level", side(0), side(1)).verdict == .fail)
        #expect(judge("level", side(0), side(0)).verdict == .pass)
    }

    @Test("values whose differences are no numbers are inconclusive")
    func differencesTooLarge() {
        let side = MetricSamples.Side(values: (0..<40).map { $0 % 3 == 0 ? 1.7e308 : -1.7e308 * (Double($0) / 40) })
        let report = judge("level", side, side)
        #expect(report.verdict == .inconclusive)
        #expect(report.reasons == ["level: the values are too large, or too far apart, to compute with"])
    }

    @Test("figures that are no numbers are not sound")
    func unsound() {
        let sound = Comparison(
            kind: .gauge, test: "t", upperP: 0.5, lowerP: 0.5, effectKind: "ratio", baselineCount: 1, canaryCount: 1)
        #expect(sound.isSound)
        for change in [
            { (it: inout Comparison) in it.upperP = .nan }, { $0.lowerP = .nan }, { $0.effect = .infinity },
            { $0.complementEffect = .nan },
        ] {
            var comparison = sound
            change(&comparison)
            #expect(!comparison.isSound)
        }
    }

    @Test("a metric's policy is the first of its name, however the list came about")
    func lookUp() throws {
        var (first, second) = (MetricPolicy(name: "a"), MetricPolicy(name: "a"))
        first.critical = true
        second.muted = true
        var policy = JudgePolicy()
        policy.metrics = [first, second]
        #expect(policy.metric("a") == first)
        policy.metrics.removeFirst()
        #expect(policy.metric("a") == second)
        #expect(policy.metric("b") == MetricPolicy(name: "b"))
        let text = "metrics:\n  - {name: b, critical: true}\n  - {name: c, muted: true}\n"
        let configuration = try JudgeConfiguration(parsing: text, file: "judge.yaml")
        guard case .standard(let read) = configuration else {
            Issue.record("read as kayenta's")
            return
        }
        #expect(read.metric("b").critical)
        #expect(read.metric("c").muted)
    }
}
