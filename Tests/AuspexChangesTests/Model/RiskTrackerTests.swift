import AuspexNumerics
import AuspexTesting
import Foundation
import Testing

@testable import AuspexChanges

@Suite struct RiskTrackerTests {
    @Test("shift and stretch come to those that the outcomes were drawn with")
    func follows() {
        var lots = SplitMix64(seed: 5)
        var tracker = RiskTracker(centre: -1)
        for _ in 0..<6_000 {
            let logit = lots.gaussian() * 1.5 - 1
            let truth = LogisticFunction.probability(logit - 0.8 + 0.3 * (logit + 1))
            tracker.learn(logit: logit, isHarmful: lots.uniform() < truth)
        }
        #expect(abs(tracker.shift + 0.8) < 0.25)
        #expect(abs(tracker.stretch - 0.3) < 0.2)
        #expect(tracker.outcomes == 6_000 && tracker.fault == nil)
    }

    @Test("right probabilities stay nearly as they are")
    func stays() {
        var lots = SplitMix64(seed: 6)
        var tracker = RiskTracker(centre: 0)
        for _ in 0..<3_000 {
            let logit = lots.gaussian()
            tracker.learn(logit: logit, isHarmful: lots.uniform() < LogisticFunction.probability(logit))
        }
        #expect(abs(tracker.shift) < 0.25 && abs(tracker.stretch) < 0.2)
    }

    @Test("surprises at the ends of the scale leave numbers that can be written and read")
    func extremes() throws {
        var tracker = RiskTracker(centre: 0)
        for index in 0..<2_000 { tracker.learn(logit: index.isMultiple(of: 2) ? 30 : -30, isHarmful: index % 3 == 0) }
        #expect(tracker.fault == nil)
        let read = try JSONDecoder().decode(RiskTracker.self, from: JSONEncoder().encode(tracker))
        #expect(read == tracker)
    }
}
