import AuspexTesting
import Testing

@testable import AuspexExpressions

@Suite("Text is compared by its scalars")
struct ScalarTextTests {
    @Test(
        "searching agrees with a naive search", arguments: 0..<10 as Range<UInt64>)
    func searches(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        func text(_ count: Int) -> String {
            String((0..<count).map { _ in ["a", "b", "é"].randomElement(using: &random) ?? "a" }.joined())
        }
        for _ in 0..<200 {
            let whole = text(Int.random(in: 0...12, using: &random))
            let part = text(Int.random(in: 0...3, using: &random))
            let bytes = Array(whole.utf8)
            let naive = (0...bytes.count).first { bytes[$0...].starts(with: part.utf8) }
            #expect(whole.firstByteOffset(of: part) == naive)
            #expect(whole.containsScalars(of: part) == (naive != nil))
        }
    }

    @Test("equal looks are not equal scalars")
    func noNormalisation() {
        #expect(!"\u{E9}".hasSameScalars(as: "e\u{301}"))
        // Both spellings have three bytes and look alike.
        #expect(!"\u{212B}".hasSameScalars(as: "A\u{30A}"))
        #expect("e\u{301}".startsWithScalars(of: "e"))
        #expect("e\u{301}".endsWithScalars(of: "\u{301}"))
    }
}
