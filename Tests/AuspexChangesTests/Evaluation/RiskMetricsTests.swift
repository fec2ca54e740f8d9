import Testing

@testable import AuspexChanges

@Suite struct RiskMetricsTests {
    static let probabilities = [
        0.05, 0.12, 0.12, 0.2, 0.25, 0.3, 0.3, 0.3, 0.41, 0.47, 0.5, 0.52, 0.6, 0.66, 0.71, 0.75, 0.8, 0.88, 0.93, 1.0,
    ]
    static let outcomes = "00100100010101101111".map { $0 == "1" }

    @Test("metrics are those of scikit-learn and of the published script, ties included")
    func golden() {
        let metrics = RiskMetrics(zip(Self.probabilities, Self.outcomes).map { .init($0, $1) })
        #expect(abs(metrics.aucROC - 0.795) < 1e-12)
        #expect(abs(metrics.aucPR - 0.832_184_248_500_038) < 1e-12)
        #expect(abs(metrics.brier - 0.183_735) < 1e-12)
        #expect(abs(metrics.ece - 0.1305) < 1e-12)
        #expect(abs(metrics.capture5 - 0.1) < 1e-12)
        #expect(abs(metrics.capture10 - 0.2) < 1e-12)
        #expect(abs(metrics.capture50 - 0.7) < 1e-12)
    }

    @Test("the area is the share of pairs that are in order, equal ones counting half")
    func pairs() {
        let metrics = RiskMetrics([.init(0.5, true), .init(0.5, false), .init(0.1, false), .init(0.9, false)])
        #expect(metrics.aucROC == 0.5)
    }

    @Test("changes of one kind, and none at all, have metrics that can be written")
    func edges() {
        let none = RiskMetrics([])
        #expect(none.aucROC == 0.5 && none.brier == 0 && none.ece == 0 && none.capture50 == 0)
        let harmless = RiskMetrics([.init(0.2, false), .init(0.1, false)])
        #expect(harmless.aucROC == 0.5 && harmless.aucPR == 0)
        let harmful = RiskMetrics([.init(0.2, true)])
        #expect(harmful.aucROC == 0.5 && harmful.aucPR == 1 && harmful.capture5 == 1)
    }

    @Test("among equal probabilities the earlier changes are the ones captured")
    func capture() {
        let judged = (0..<20).map { RiskMetrics.Judged(0.3, $0 < 2) }
        #expect(RiskMetrics(judged).capture10 == 1)
        #expect(RiskMetrics(judged.reversed()).capture10 == 0)
    }
}
