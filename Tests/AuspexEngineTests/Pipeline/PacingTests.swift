import AuspexSignals
import Testing

@testable import AuspexEngine

@Suite struct PacingTests {
    private let noon = Timestamp(milliseconds: 1_772_366_400_000)

    private func millisecond(_ count: Int64) -> Timestamp { noon + TimeSpan(milliseconds: count) }

    @Test("what takes no time never rests")
    func quick() {
        var pacing = Pacing(share: 10, longest: .seconds(1))
        #expect(pacing.rest(at: noon) == nil)
        pacing.took(from: noon, to: noon)
        #expect(pacing.rest(at: noon) == nil)
    }

    @Test("the rest is so many times as long as the work, up to the longest")
    func rests() {
        var pacing = Pacing(share: 10, longest: .seconds(1))
        pacing.took(from: noon, to: millisecond(20))
        #expect(pacing.rest(at: millisecond(20)) == TimeSpan(milliseconds: 200))
        #expect(pacing.rest(at: millisecond(219)) == TimeSpan(milliseconds: 1))
        #expect(pacing.rest(at: millisecond(220)) == nil)
        pacing.took(from: noon, to: noon + .hours(1_000_000))
        #expect(pacing.rest(at: noon + .hours(1_000_000)) == .seconds(1))
    }

    @Test("a clock that was set back ends the rest, during the work as well as after it")
    func setBack() {
        var pacing = Pacing(share: 10, longest: .seconds(1))
        pacing.took(from: noon, to: noon - .hours(1))
        #expect(pacing.rest(at: noon - .hours(1)) == nil)
        pacing.took(from: noon, to: millisecond(50))
        #expect(pacing.rest(at: noon - .hours(1)) == nil)
    }
}
