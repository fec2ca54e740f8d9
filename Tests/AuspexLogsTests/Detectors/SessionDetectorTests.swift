import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexLogs

@Suite struct SessionDetectorTests {
    private func session(_ events: [UInt64], id: String = "s") -> LogSession {
        LogSession(id: id, templates: events.map { TemplateID($0) })
    }

    /// Sessions of four shapes.
    private func usual(_ random: inout SplitMix64) -> LogSession {
        let shapes: [[UInt64]] = [[1, 2, 3], [1, 2, 2, 3], [1, 2, 4, 3], [1, 2, 2, 4, 3]]
        return session(shapes[Int(random.next() % 4)])
    }

    @Test("a session unlike all others is reported, and told why")
    func unusual() {
        var random = SplitMix64(seed: 1)
        var detector = SessionDetector()
        for _ in 0..<200 { _ = detector.judge(usual(&random)) }
        let verdict = detector.judge(session([1, 3, 9, 9], id: "odd"))
        #expect(verdict.isAnomalous && verdict.kind == .unusualSession && verdict.subject == .session("odd"))
        #expect(verdict.explanation.contains("\(TemplateID(9)) 2 times instead of 0"))
        #expect(verdict.explanation.contains("steps never seen before: \(TemplateID(1)) to \(TemplateID(3))"))
        #expect(verdict.explanation.contains("\(TemplateID(9)) to end") || verdict.explanation.contains("more"))
        let other = detector.judge(usual(&random))
        #expect(!other.isAnomalous && other.anomalyScore < 1 && other.explanation == "as usual")
    }

    @Test("few sessions are too few to tell, however alike")
    func tooFew() {
        var detector = SessionDetector()
        for number in 0..<50 {
            let verdict = detector.judge(session([1, 2, 3]))
            #expect(verdict.readiness == .warmingUp(seen: number, needed: 50))
        }
        #expect(detector.calibration == .calibrated(threshold: 0, level: 0.02))
    }

    // As many and as different as Hadoop's containers, on which every calibrated method fails.
    @Test("seventeen sessions of different kinds are no training", arguments: [10, 50])
    func heterogeneous(warmUp: Int) throws {
        var random = SplitMix64(seed: 8)
        let configuration = SessionDetector.Configuration(training: .first(100), warmUpSessions: warmUp)
        var detector = try SessionDetector(configuration: configuration)
        for _ in 0..<17 { detector.learn(session((0..<40).map { _ in random.next() % 350 })) }
        for _ in 0..<20 {
            let verdict = detector.verdict(on: session((0..<40).map { _ in random.next() % 700 }))
            #expect(verdict.readiness != .ready && verdict.anomalyScore == 0)
        }
        switch detector.calibration {
        case .tooFew(let seen, let needed): #expect(warmUp == 50 && seen == 17 && needed == 50)
        case .tooVaried(let threshold): #expect(warmUp == 10 && threshold >= 0.5)
        case .calibrated: Issue.record("calibrated on sessions that have nothing in common")
        }
    }

    @Test("however many sessions are learnt, equal ones are a calibration")
    func everySize() throws {
        for sessions in 50..<260 {
            var detector = try SessionDetector(configuration: .init(training: .first(sessions)))
            for _ in 0..<sessions { detector.learn(session([1, 2, 3])) }
            #expect(detector.judge(session([1, 2])).isAnomalous, "\(sessions)")
            #expect(!detector.judge(session([1, 2, 3])).isAnomalous, "\(sessions)")
        }
    }

    @Test("where sessions differ from one another as anomalies would, nothing is reported")
    func abstention() {
        var random = SplitMix64(seed: 2)
        var detector = SessionDetector()
        for _ in 0..<300 {
            let verdict = detector.judge(session((0..<12).map { _ in random.next() % 500 }))
            #expect(!verdict.isAnomalous)
        }
        guard case .tooVaried(let threshold) = detector.calibration else {
            Issue.record("\(detector.calibration)")
            return
        }
        #expect(threshold >= 0.5)
        let verdict = detector.judge(session([9_001, 9_002]))
        #expect(verdict.readiness != .ready && verdict.pValue == 1)
        #expect(verdict.explanation.hasPrefix("not calibrated"))
    }

    @Test("the normal sessions that are reported are no more than allowed", arguments: [101, 102, 103] as [UInt64])
    func falseAlarms(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var detector = SessionDetector()
        var alerts = 0
        let sessions = 4_000
        for _ in 0..<sessions {
            // Each template comes a number of times that varies, so that many vectors are rare.
            let events = (1...4).flatMap { template in
                Array(repeating: UInt64(template), count: 3 + Int(random.gaussian().magnitude * 1.5))
            }
            alerts += detector.judge(session(events)).isAnomalous ? 1 : 0
        }
        // α is 0.02; three standard deviations above it.
        #expect(Double(alerts) <= 0.02 * Double(sessions) + 3 * (0.02 * Double(sessions)).squareRoot(), "\(alerts)")
    }

    @Test("trusted sessions are learnt from, and later ones are not")
    func trusted() throws {
        var random = SplitMix64(seed: 3)
        let configuration = SessionDetector.Configuration(training: .first(60))
        var detector = try SessionDetector(configuration: configuration)
        for _ in 0..<60 { _ = detector.judge(usual(&random)) }
        for _ in 0..<100 { #expect(detector.judge(session([1, 5, 5])).isAnomalous) }
        #expect(detector.learnedSessions == 60)
    }

    @Test("thresholds and chances are those of leaving out each session", arguments: 0..<6)
    func naiveTwin(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var memory = SessionMemory(support: 0.02, leastSupport: 2)
        var all: [CountVector] = []
        for _ in 0..<150 {
            let vector = CountVector((0..<4).map { _ in TemplateID(random.next() % 3) })
            all.append(vector)
            memory.learn(vector)
        }
        memory.calibrate()
        let scores = all.indices.map { index in
            let others = all.enumerated().filter { $0.offset != index }.map(\.element)
            let vouching = Set(others).filter { vector in
                Double(others.count { $0 == vector }) >= max(2, 0.02 * Double(others.count))
            }
            return vouching.map { all[index].distance(to: $0) }.min() ?? 1
        }
        for level in [0.02, 0.1, 0.3] {
            let threshold = memory.threshold(level: level)
            // Reported is what is above the threshold: as many as the level allows, one counted for the session itself.
            #expect(Double(1 + scores.count { $0 > threshold }) <= level * 151)
            #expect(Double(1 + scores.count { $0 >= threshold }) > level * 151)
        }
        for score in [0, 0.1, 0.3, 0.9] {
            #expect(memory.chance(of: score) == Double(1 + scores.count { $0 >= score }) / 151)
        }
    }

    @Test("a flood of different sessions is bounded, counted and taken for the ordinary")
    func flood() {
        var detector = SessionDetector()
        for number in 0..<6_000 {
            _ = detector.judge(session([UInt64(number), UInt64(number) + 1]))
        }
        #expect(detector.memory.vectors.count <= SessionMemory.capacity)
        #expect(detector.forgottenSessions > 3_000)
        #expect(!detector.judge(session([1, 2, 3])).isAnomalous)
        #expect(detector.transitions.count <= TransitionMemory.capacity)
    }

    @Test("a snapshot in the middle gives the same rest, and a damaged one does no harm")
    func snapshot() throws {
        var random = SplitMix64(seed: 4)
        var detector = SessionDetector()
        for _ in 0..<150 { _ = detector.judge(usual(&random)) }
        var restored = try SessionDetector(restoring: detector.snapshot())
        #expect(restored == detector)
        for number in 0..<100 {
            let next = number.isMultiple(of: 30) ? session([1, 6, 6]) : usual(&random)
            #expect(restored.judge(next) == detector.judge(next))
        }
        #expect(restored.snapshot() == detector.snapshot())
        #expect(ResealedSnapshot.refuses(detector.snapshot()) { _ = try SessionDetector(restoring: $0) })
        for _ in 0..<2_000 {
            let bytes = ResealedSnapshot.damaged(detector.snapshot(), &random)
            guard var hostile = try? SessionDetector(restoring: bytes) else { continue }
            for _ in 0..<12 { #expect(hostile.judge(session([1, 2, 6])).anomalyScore.isFinite) }
        }
    }

    @Test("a merge joins the counts of both templates")
    func merge() {
        var vector = CountVector([1, 2, 2, 5].map { TemplateID($0) })
        vector.merge(TemplateAlias(old: TemplateID(2), new: TemplateID(5)))
        #expect(vector == CountVector([1, 5, 5, 5].map { TemplateID($0) }))
        vector.merge(TemplateAlias(old: TemplateID(5), new: TemplateID(0)))
        #expect(vector == CountVector([0, 0, 0, 1].map { TemplateID($0) }))
    }

    @Test("distances are those of the definition")
    func distance() {
        let one = CountVector([1, 1, 2].map { TemplateID($0) })
        #expect(one.distance(to: one) == 0)
        #expect(one.distance(to: CountVector([1, 2, 3].map { TemplateID($0) })) == 2.0 / 4)
        #expect(one.distance(to: CountVector([TemplateID(7)])) == 1)
        #expect(CountVector().distance(to: CountVector()) == 0)
    }
}
