import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexLogs

@Suite struct TemplateMinerTests {
    @Test("a message gives its parameters in order, one for each wildcard")
    func parameters() {
        var miner = TemplateMiner()
        let (match, parameters) = miner.addText("connection from 10.0.0.7:5123 closed after 42 ms")
        #expect(miner.finalText(match) == "connection from <*>:<*> closed after <*> ms")
        #expect(parameters == ["10.0.0.7", "5123", "42"])
        #expect(
            miner.addText("at Mon Mar  2 10:00:07 2026 it took 1, 2, 3 of /a/b").parameters
                == ["Mon Mar  2 10", "00", "07 2026", "1, 2, 3", "/a/b"])
        _ = miner.addText("login rhost=10.1.2.3")
        #expect(miner.addText("login rhost=").parameters == [""])
    }

    @Test("parameters put into the text give the message back, but for white space", arguments: 0..<6)
    func parametersRebuildTheMessage(seed: UInt64) {
        var miner = TemplateMiner()
        for line in sampleLog(lines: 600, seed: seed) {
            let (match, parameters) = miner.addText(line)
            let parts = miner.finalText(match).components(separatedBy: "<*>")
            guard parts.count == parameters.count + 1 else {
                Issue.record("\(parameters) do not fit \(miner.finalText(match))")
                continue
            }
            let rebuilt = zip(parts, parameters + [""]).map { $0 + $1 }.joined()
            #expect(rebuilt.filter { $0 != " " } == line.filter { $0 != " " })
        }
    }

    @Test("first and last times are those of the messages, in whatever order they come")
    func times() {
        var miner = TemplateMiner()
        for second in [30, 10, 20] as [Int64] {
            _ = miner.add("tick", at: Timestamp(milliseconds: second * 1_000))
        }
        let template = miner.templates().first
        #expect(template?.firstTime == Timestamp(milliseconds: 10_000))
        #expect(template?.lastTime == Timestamp(milliseconds: 30_000))
    }

    @Test("looking a message up counts nothing")
    func lookUp() {
        var miner = TemplateMiner()
        let added = miner.add("tick 1")
        var parameters: [Range<Int>] = []
        let message = Array("tick 22".utf8)
        let found = miner.match(message.span, parameters: &parameters)
        #expect(found.template == added.template && !found.isNew && parameters == [5..<7])
        #expect(miner.lineCount == 1 && miner.templates().map(\.count) == [1])
    }

    @Test("ids are the same in every miner whatever came before", arguments: 0..<5)
    func idsAreHashes(seed: UInt64) {
        var first = TemplateMiner()
        var second = TemplateMiner()
        for line in sampleLog(lines: 50, seed: seed + 100) { _ = second.add("unrelated: \(line)") }
        let line = "disk /dev/sda1 is 91% full"
        #expect(first.add(line).template == second.add(line).template)
    }

    @Test("other messages between those of a template change neither its id nor its text", arguments: 0..<8)
    func unrelatedLines(seed: UInt64) {
        var generator = SplitMix64(seed: seed)
        let family = (0..<40).map { "request \($0) for shard \($0 % 7) took \($0 * 3) ms" }
        var alone = TemplateMiner()
        let expected = family.map { alone.add($0).template }
        var mixed = TemplateMiner()
        let noise = sampleLog(lines: 400, seed: seed)
        var found: [TemplateID] = []
        for (index, line) in family.enumerated() {
            for other in noise[index * 10..<index * 10 + Int.random(in: 0...10, using: &generator)] {
                _ = mixed.add(other)
            }
            found.append(mixed.add(line).template)
        }
        #expect(found == expected)
        #expect(mixed.template(found[0])?.text == alone.template(expected[0])?.text)
    }

    @Test("an id once given out always means a template that stands for its line", arguments: 0..<6)
    func idsKeepTheirMeaning(seed: UInt64) {
        var miner = TemplateMiner()
        var given: [(line: [UInt8], id: TemplateID)] = []
        for line in sampleLog(lines: 800, seed: seed) {
            let bytes = Array(line.utf8)
            given.append((bytes, miner.add(line).template))
        }
        var parameters: [Range<Int>] = []
        for (line, id) in given {
            #expect(miner.match(line.span, parameters: &parameters).template == miner.resolve(id))
            #expect(parameters.count == wildcards(miner.template(id)?.text ?? ""))
        }
        #expect(miner.templates().reduce(0) { $0 + $1.count } == 800)
        #expect(miner.invariantViolations().isEmpty, "\(miner.invariantViolations())")
    }

    @Test("the same messages give the same ids and texts every time")
    func deterministic() {
        let lines = sampleLog(lines: 1_000, seed: 9)
        var first = TemplateMiner()
        var second = TemplateMiner()
        #expect(lines.map { first.add($0) } == lines.map { second.add($0) })
        #expect(first.templates() == second.templates())
        #expect(first.snapshot() == second.snapshot())
    }

    @Test(
        "a bound out of its range is refused by name",
        arguments: [
            (TemplateMiner.Configuration(maximumTemplates: 1), "maximumTemplates"),
            (.init(maximumLineBytes: 1), "maximumLineBytes"), (.init(maximumTokens: 100_000), "maximumTokens"),
            (.init(maximumTemplateBytes: 70_000), "maximumTemplateBytes"),
            (.init(maximumLiteralBytes: 0), "maximumLiteralBytes"), (.init(exampleBytes: -1), "exampleBytes"),
            (.init(cachedSignatures: 0), "cachedSignatures"), (.init(rememberedSignatures: 10), "rememberedSignatures"),
            (.init(maximumIndexBytes: 0), "maximumIndexBytes"),
        ])
    func configuration(configuration: TemplateMiner.Configuration, option: String) {
        let error = #expect(throws: LogConfigurationError.self) { try TemplateMiner(configuration: configuration) }
        #expect(error?.option == option)
        #expect("\(error.map(String.init(describing:)) ?? "")".contains("allowed"))
    }
}
