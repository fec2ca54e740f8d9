import AuspexLogs
import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexEvaluation

@Suite struct LogDiffTests {
    private func line(_ second: Int, _ message: String) -> [UInt8] {
        let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        return Array("2026-03-01T\(two(second / 3_600)):\(two(second / 60 % 60)):\(two(second % 60))Z \(message)".utf8)
    }

    /// Lines before and after a deploy: one kind is gone, one new, one three times as frequent.
    private func comparison(_ scale: Int = 2) -> LogComparison {
        var comparison = LogComparison()
        var generator = SplitMix64(seed: 1)
        for side in [LogComparison.Side.before, .after] {
            let isAfter = side == .after
            for round in 0..<(isAfter ? 200 * scale : 200) {
                var messages = [
                    "INFO web: request \(round) took \(Int.random(in: 1...9, using: &generator)) ms",
                    "INFO web: cache holds \(round) entries", "INFO db: checkpoint \(round) complete",
                ]
                if round % 4 == 0 || isAfter && round % 4 < 3 {
                    messages.append("WARN web: retry \(round) of upstream")
                }
                if !isAfter { messages.append("INFO web: legacy path \(round) used") }
                if isAfter, round % 50 == 0 { messages.append("ERROR web: no route to shard \(round)") }
                if isAfter { messages.append("INFO web: modern path \(round) chosen") }
                for message in messages { comparison.learn(line(round, message).span, side) }
            }
        }
        return comparison
    }

    @Test("what is new, gone or more frequent stands out, whatever the size of the logs", arguments: [1, 2, 5])
    func changes(scale: Int) throws {
        let diff = comparison(scale).diff()
        func texts(_ change: LogDiff.Change) -> Set<String> { Set(diff.entries(change).map(\.template.text)) }
        #expect(texts(.new) == ["no route to shard <*>", "modern path <*> chosen"])
        #expect(texts(.gone) == ["legacy path <*> used"])
        #expect(texts(.more) == ["retry <*> of upstream"])
        #expect(texts(.fewer).isEmpty)
        #expect(texts(.same).count == 3)
        #expect(abs(diff.scale - Double(scale)) < 0.01)
        let first = try #require(diff.entries.first)
        #expect(first.change == .new && first.severity == .error, "errors that are new come first")
        let more = try #require(diff.entries(.more).first)
        #expect(abs((more.ratio ?? 0) - 3) < 0.1)
    }

    @Test("counts that scatter are no difference", arguments: 0..<8 as Range<UInt64>)
    func noise(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        var comparison = LogComparison()
        for side in [LogComparison.Side.before, .after] {
            for kind in 0..<30 {
                let letter = Character(UnicodeScalar(UInt8(65 + kind % 26)))
                for _ in 0..<40 + 10 * kind + Int.random(in: -15...15, using: &generator) {
                    comparison.learn(Array("\(letter)lpha\(kind / 26)x has happened".utf8).span, side)
                }
            }
        }
        #expect(comparison.diff().entries.allSatisfy { $0.change == .same })
    }

    @Test("a text that the second log made more general is told with both texts")
    func general() throws {
        var comparison = LogComparison()
        for round in 0..<50 { comparison.learn(Array("mode=fast chosen for \(round)".utf8).span, .before) }
        for round in 0..<50 { comparison.learn(Array("mode=safe chosen for \(round)".utf8).span, .after) }
        let entry = try #require(comparison.diff().entries(.general).first)
        #expect(entry.textBefore == "mode=fast chosen for <*>" && entry.template.text == "mode=<*> chosen for <*>")
    }

    @Test("one log is divided at a moment")
    func moment() throws {
        var comparison = LogComparison()
        let deploy = try #require(Timestamp(iso8601: "2026-03-01T00:01:00Z"))
        for second in 0..<120 {
            let message = second < 60 ? "INFO a: old way \(second)" : "INFO a: new road \(second)"
            comparison.learn(line(second, message).span, .at(deploy))
        }
        let diff = comparison.diff()
        #expect(diff.linesBefore == 60 && diff.linesAfter == 60)
        #expect(diff.entries(.new).map(\.template.text) == ["new road <*>"])
        #expect(diff.entries(.gone).map(\.template.text) == ["old way <*>"])
    }

    @Test("the lines of a trace are no templates of their own")
    func traces() {
        var comparison = LogComparison()
        for text in ["12:00:00 ERROR a: it failed", "\tat a.b(C.java:1)", "Caused by: java.io.IOException: gone"] {
            comparison.learn(Array(text.utf8).span, .before)
        }
        #expect(comparison.diff().entries.map(\.template.text) == ["it failed"])
    }

    @Test("empty logs differ in nothing, or in everything")
    func empty() {
        #expect(LogComparison().diff().isEmpty)
        var comparison = LogComparison()
        comparison.learn(Array("hello there".utf8).span, .after)
        #expect(comparison.diff().entries.map(\.change) == [.new])
    }

    @Test("the page shows what differs and escapes what the logs say")
    func page() {
        var comparison = comparison()
        comparison.learn(line(999, "ERROR web: <script>alert(1)</script> & more").span, .after)
        let report = LogDiffReport(comparison.diff(), before: "a<b.log", after: "b.log")
        let html = report.html(generatedAt: Timestamp(milliseconds: 0))
        #expect(!html.contains("<script>") && html.contains("&lt;script&gt;"))
        #expect(html.contains("a&lt;b.log") && html.contains("<h2>New</h2>") && html.contains("<h2>Gone</h2>"))
        #expect(html.contains("no route to shard <mark>&lt;*&gt;</mark>"))
        #expect(report.text(.table).contains("retry <*> of upstream"))
        #expect(report.text(.csv).split(separator: "\n").count == comparison.diff().entries.count + 1)
        let objects = report.text(.ndjson).split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
        #expect(objects.count == comparison.diff().entries.count)
        #expect(objects.first?["change"]?.string == "new")
    }
}
