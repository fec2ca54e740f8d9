import AuspexTesting
import Testing

@testable import AuspexLogs

@Suite struct PatternFrameTests {
    private func pattern(_ text: String) -> Pattern {
        let line = Array(text.utf8)
        var tokens = scan(line)
        var elements: [SignatureElement] = []
        _ = SignatureBuilder.build(
            line.span, &tokens, limits: TemplateMiner.Configuration().limits, into: &elements)
        return Pattern(elements, of: line.span)
    }

    /// A line with words where the form has words, and values of any kind in place of each `%`.
    private func line(_ form: String, _ generator: inout SplitMix64) -> String {
        let values = ["12", "'a'", "'a b c'", "\"so it was\"", "/var/log", "qzxjk", "(1.5 KB)", "7, 8", "n1 n2"]
        let errors = ["Permission denied", "Is a directory", "Invalid argument", "Operation not permitted"]
        return form.split(separator: " ").map { part -> String in
            switch part {
            case "%": values[Int.random(in: values.indices, using: &generator)]
            case "!": errors[Int.random(in: errors.indices, using: &generator)]
            default: String(part)
            }
        }.joined(separator: " ")
    }

    @Test(
        "what two patterns of one frame are joined to has that frame again, and the third of them finds it",
        arguments: [
            "cannot open % now: !", "unit % of % failed (!) at % again", "put % in %", "took name: % size: % of it",
            "mode=% for % said: %", "got % %, and %: !",
        ])
    func frameIsKept(form: String) throws {
        var generator = SplitMix64(seed: 11)
        var joins = 0
        for _ in 0..<2_000 {
            let (left, right) = (pattern(line(form, &generator)), pattern(line(form, &generator)))
            guard let frame = PatternFrame(left), let other = PatternFrame(right), frame.key == other.key,
                let joined = left.joined(frame, with: right, other)
            else { continue }
            joins += 1
            let again = try #require(PatternFrame(joined))
            #expect(again.key == frame.key, "\(left.description) | \(right.description) | \(joined.description)")
            let same = joined.joined(again, with: right, other)
            #expect(same?.isSame(as: joined) == true, "\(joined.description) | \(right.description)")
        }
        #expect(joins > 100)
    }
}
