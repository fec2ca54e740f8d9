import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexLogs

@Suite struct SeedingTests {
    @Test("a seeded template keeps its id, and its first line is no news")
    func seeds() {
        var miner = TemplateMiner()
        let id = TemplateID(0x1234)
        #expect(miner.seed("user <*> logged in from <*> at <*>:<*>:<*>", id: id) == id)
        #expect(miner.template(id)?.count == 0)
        let match = miner.add("user 4711 logged in from 10.0.0.1 at 12:00:01")
        #expect(match.template == id && !match.isNew)
        #expect(miner.template(id)?.text == "user <*> logged in from <*> at <*>:<*>:<*>")
        #expect(miner.add("user 4711 logged out").isNew)
    }

    @Test("a seed of a form that is known leads to what is known; an id that is taken is not given twice")
    func knownSeeds() {
        var miner = TemplateMiner()
        let first = miner.add("took 12 ms").template
        #expect(miner.seed("took <*> ms", id: TemplateID(7)) == first)
        let other = miner.seed("gave <*> ms", id: first)
        #expect(other != first)
        #expect(miner.invariantViolations().isEmpty)
    }

    @Test("all templates of one miner seed another with the same ids", arguments: 0..<4)
    func whole(seed: UInt64) throws {
        let lines = sampleLog(lines: 1_000, seed: seed)
        var first = TemplateMiner()
        for line in lines { _ = first.add(line) }
        var second = TemplateMiner()
        for template in first.templates() {
            second.seed(template.text, id: template.id, isOpenEnded: template.isOpenEnded)
        }
        #expect(second.invariantViolations().isEmpty)
        // What a variable stands for of several words is no part of a text.
        for line in lines where !line.hasPrefix("free text") {
            let id = second.add(line).template
            #expect(second.resolve(id) == second.resolve(first.resolve(id) ?? id), "\(line)")
            #expect(first.template(id) != nil, "\(line)")
        }
    }

    private func shards(_ count: Int, seed: UInt64) -> (whole: TemplateMiner, parts: [TemplateMiner], lines: [String]) {
        var whole = TemplateMiner()
        var parts = Array(repeating: TemplateMiner(), count: count)
        let lines = sampleLog(lines: 1_200, seed: seed)
        for (number, line) in lines.enumerated() {
            let time = Timestamp(milliseconds: Int64(number) * 1_000)
            _ = whole.add(line, at: time)
            _ = parts[number % count].add(line, at: time)
        }
        return (whole, parts, lines)
    }

    @Test("shards merged in any order give one and the same miner", arguments: 0..<4)
    func orderOfShards(seed: UInt64) throws {
        let (whole, parts, lines) = shards(3, seed: seed)
        let merged = try TemplateMiner.merged(parts)
        #expect(try TemplateMiner.merged(parts.reversed()).snapshot() == merged.snapshot())
        #expect(try TemplateMiner.merged([parts[1], parts[0], parts[2]]).snapshot() == merged.snapshot())
        #expect(merged.invariantViolations().isEmpty, "\(merged.invariantViolations())")
        #expect(merged.lineCount == whole.lineCount)
        #expect(merged.templates().reduce(0) { $0 + $1.count } == whole.lineCount)
        #expect(Set(merged.templates().map(\.text)) == Set(whole.templates().map(\.text)))
        for part in parts {
            for template in part.templates() { #expect(merged.template(template.id) != nil, "\(template.text)") }
        }
        var going = merged
        for line in lines.prefix(200) { #expect(!going.add(line).isNew, "\(line)") }
    }

    @Test("ids of a shard that another shard's merges take in are still known, and those of evicted templates")
    func aliases() throws {
        var (first, second) = (TemplateMiner(), TemplateMiner())
        for name in ["alice", "bob"] { _ = first.add("user \(name) logged in", at: Timestamp(milliseconds: 0)) }
        let zoe = second.add("user zoe logged in", at: Timestamp(milliseconds: 9)).template
        let merged = try TemplateMiner.merged([first, second])
        #expect(merged.template(zoe)?.text == "user <*> logged in")
        #expect(merged.template(zoe)?.count == 3)
        #expect(merged.invariantViolations().isEmpty)
    }

    @Test("shards that cannot be told apart by time or id give one result in any order all the same")
    func ties() throws {
        var (first, second) = (TemplateMiner(), TemplateMiner())
        _ = first.add("from 10.0.0.1")
        _ = second.add("from 10.0.0.2")
        let one = try TemplateMiner.merged([first, second])
        let other = try TemplateMiner.merged([second, first])
        #expect(one.snapshot() == other.snapshot())
        let masked = try TemplateMiner(configuration: .init(masks: ["a+"]))
        #expect(throws: LogConfigurationError.self) { try TemplateMiner.merged([first, masked]) }
    }

    @Test("what masks made variable is seeded as that, also inside a word")
    func masked() throws {
        var first = try TemplateMiner(configuration: .init(masks: ["[A-Z]{8}"]))
        let id = first.add("job-ABCDEFGH done").template
        var second = try TemplateMiner(configuration: .init(masks: ["[A-Z]{8}"]))
        #expect(second.seed(first.template(id)?.text ?? "", id: id) == id)
        #expect(second.add("job-ZYXWVUTS done").template == id)
    }

    @Test("merging no miner is refused, merging one changes nothing that can be seen")
    func few() throws {
        #expect(throws: LogConfigurationError.self) { try TemplateMiner.merged([]) }
        let (whole, _, _) = shards(1, seed: 5)
        let merged = try TemplateMiner.merged([whole])
        let before = Dictionary(uniqueKeysWithValues: whole.templates().map { ($0.id, $0) })
        let after = Dictionary(uniqueKeysWithValues: merged.templates().map { ($0.id, $0) })
        #expect(before == after)
    }
}
