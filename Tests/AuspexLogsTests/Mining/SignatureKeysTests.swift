import AuspexTesting
import Testing

@testable import AuspexLogs

@Suite struct SignatureKeysTests {
    private func expectEqual(_ line: [UInt8], _ limits: SignatureBuilder.Limits) {
        var first = scan(line, limit: limits.tokens + SignatureBuilder.lookAhead)
        var second = first
        var elements: [SignatureElement] = []
        let built = SignatureBuilder.build(line.span, &first, limits: limits, into: &elements)
        let keys = SignatureBuilder.keys(line.span, &second, limits: limits)
        #expect(keys == built, "\(String(decoding: line, as: UTF8.self))")
        // The tokens may be built again after their keys were taken.
        var again: [SignatureElement] = []
        #expect(SignatureBuilder.build(line.span, &second, limits: limits, into: &again) == built)
    }

    @Test("the reference lines have the keys of their signatures")
    func reference() {
        for line in ReferenceLinesTests.cases {
            expectEqual(Array(line.line.utf8), TemplateMiner.Configuration().limits)
        }
    }

    @Test("random lines have the keys of their signatures, within every bound", arguments: 0..<12)
    func random(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let words = [
            "a", "12", "12:00:01", "eth0", "eth1", "n1", "n2", "x=", "y=3", "()", "(", ")", ",", ", 7", "10.0.0.1",
            "blk_-12", "true", "\"q\"", "[]", "{}", "2026-01-02 10:00:00", "averyveryverylongword", "averylongword1",
            "averylongword2", ":", "/a/b", "..",
            "12:00:01,", "5,6", "[ ]", "k=\"v\"",
        ]
        let bounds: [SignatureBuilder.Limits] = [
            TemplateMiner.Configuration().limits, .init(tokens: 5, literalBytes: 128, templateBytes: 4_096),
            .init(tokens: 128, literalBytes: 6, templateBytes: 4_096),
            .init(tokens: 128, literalBytes: 128, templateBytes: 12),
        ]
        for _ in 0..<400 {
            let count = Int.random(in: 0...14, using: &generator)
            let text = (0..<count).map { _ in generator.pick(words) }.joined(
                separator: generator.pick([" ", "", ", "]))
            for limits in bounds { expectEqual(Array(text.utf8), limits) }
        }
    }
}
