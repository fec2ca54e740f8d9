import AuspexRules
import AuspexRunbooks
import Testing

@testable import AuspexEngine

@Suite struct RunModeTests {
    @Test("a rule's wish goes no further than the ceiling, for every wish and ceiling")
    func ceiling() {
        for mode in ResponseMode.allCases {
            #expect(RunMode(mode, ceiling: .shadow) == .shadow)
            #expect(RunMode(mode, ceiling: .propose) == (mode == .shadow ? .shadow : .approve))
            let most: RunMode = mode == .shadow ? .shadow : mode == .auto ? .auto : .approve
            #expect(RunMode(mode, ceiling: .auto) == most)
        }
    }
}
