import AuspexRunbooks
import Testing

/// The safety default 1.
@Suite("Shadow first") struct PromotionPolicyTests {
    @Test("a run is not started by itself before the rule was promoted to that")
    func auto() {
        #expect(PromotionPolicy.auto.mode(.auto, promotion: nil) == .approve)
        #expect(PromotionPolicy.auto.mode(.auto, promotion: .propose) == .approve)
        #expect(PromotionPolicy.auto.mode(.auto, promotion: .auto) == .auto)
        #expect(PromotionPolicy.auto.mode(.approve, promotion: nil) == .approve)
    }

    @Test("where all needs a promotion, without one nothing leaves the shadow")
    func always() {
        for mode in [RunMode.auto, .approve] {
            #expect(PromotionPolicy.always.mode(mode, promotion: nil) == .shadow)
            #expect(PromotionPolicy.always.mode(mode, promotion: .propose) == .approve)
            #expect(PromotionPolicy.always.mode(mode, promotion: .auto) == mode)
        }
    }

    @Test("a promotion never takes a run further than it was to go")
    func never() {
        for policy in PromotionPolicy.allCases {
            for promotion in [nil, .propose, .auto] as [Promotion.Level?] {
                #expect(policy.mode(.shadow, promotion: promotion) == .shadow)
                #expect(policy.mode(.approve, promotion: promotion) != .auto)
                #expect(policy.mode(.manual, promotion: promotion) == .manual)
            }
        }
    }
}
