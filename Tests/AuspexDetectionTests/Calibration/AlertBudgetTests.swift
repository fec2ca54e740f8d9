import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexDetection

@Suite struct AlertBudgetTests {
    /// Alerts of a stream of rarities: events of at most 120 samples, as the budget counts them.
    private func alerts(_ rarities: [Double], alpha: Double) -> Int {
        var calibrator = RarityCalibrator()
        var budget = AlertBudget(alpha: alpha)
        var (alerts, last) = (0, -1_000)
        for (row, rarity) in rarities.enumerated() {
            let decades = calibrator.decades(rarity)
            let isReady = calibrator.isReady
            if !isReady || !budget.isCensored(decades) { calibrator.learn(rarity) }
            guard isReady, budget.score(decades) >= 1 else { continue }
            if row - last > AlertBudget.episode { alerts += 1 }
            last = row
        }
        return alerts
    }

    @Test(
        "false alerts come as often as asked, whatever the claimed rarities are worth",
        arguments: [0.5, 1, 2], [0.001, 0.0005])
    func rate(worth: Double, alpha: Double) {
        var alerts = 0
        let rows = 20_000
        for seed in 1...8 as ClosedRange<UInt64> {
            var random = SplitMix64(seed: seed)
            // Exponential in decades, as ranks are, but `worth` times as large.
            let rarities = (0..<rows).map { _ in -log10(1 - random.uniform()) * worth }
            alerts += self.alerts(rarities, alpha: alpha)
        }
        let ratio = Double(alerts) / (8 * Double(rows) * alpha)
        #expect((0.7...1.5).contains(ratio), "worth \(worth), α \(alpha): \(ratio)")
    }

    @Test("an alert raises the line, and an alert far beyond it does not")
    func spending() {
        var near = AlertBudget(alpha: 0.001)
        var far = near
        #expect(near.score(3.2) >= 1)
        #expect(far.score(9) >= 1)
        #expect(near.score(3.2) < 1)
        #expect(far.score(3.2) >= 1)
    }

    @Test("the line sinks in quiet times, by one power of ten at most")
    func sinking() {
        var budget = AlertBudget(alpha: 0.001)
        for _ in 0..<100_000 { #expect(budget.score(0.1) < 1) }
        #expect(budget.score(2.01) >= 1)
        var other = AlertBudget(alpha: 0.001)
        for _ in 0..<100_000 { _ = other.score(0.1) }
        #expect(other.score(1.99) < 1)
    }

    @Test(
        "an allowance is read as it is written",
        arguments: [
            ("1/week", 1, 168 * 3_600_000), ("0.5/day", 0.5, 24 * 3_600_000), ("2/12h", 2, 12 * 3_600_000),
            ("3/month", 3, 720 * 3_600_000), ("10/hour", 10, 3_600_000),
        ] as [(String, Double, Int64)])
    func allowance(text: String, count: Double, milliseconds: Int64) throws {
        let allowance = try #require(AlertAllowance(text))
        #expect(allowance.count == count && allowance.period.milliseconds == milliseconds)
        #expect(allowance.description == text)
    }

    @Test(
        "what is no allowance is refused",
        arguments: [
            "", "1", "/week", "0/week", "-1/day", "1/", "1/fortnight", "nan/day", "inf/day", "1/0s", "1/week/day",
            "1/-1d",
        ])
    func noAllowance(text: String) {
        #expect(AlertAllowance(text) == nil)
    }

    @Test("one a week at five minutes is one sample in 2,016; more than one in ten is refused")
    func alpha() throws {
        let weekly = try #require(AlertAllowance("1/week"))
        #expect(try weekly.alpha(step: .minutes(5)) == 1 / 2_016)
        #expect(throws: DetectorError.self) { try weekly.alpha(step: .hours(24)) }
        #expect(throws: DetectorError.self) { try weekly.alpha(step: .zero) }
    }
}
