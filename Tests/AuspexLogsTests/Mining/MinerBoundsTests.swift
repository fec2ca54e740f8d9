import AuspexTesting
import Testing

@testable import AuspexLogs

@Suite struct MinerBoundsTests {
    /// Small bounds, so that they are reached often.
    static let tight = TemplateMiner.Configuration(
        maximumTemplates: 64, maximumLineBytes: 4_096, cachedSignatures: 128, rememberedSignatures: 512,
        maximumIndexBytes: 131_072)

    private func expectSound(_ miner: TemplateMiner, _ comment: String) {
        #expect(miner.invariantViolations().isEmpty, "\(comment): \(miner.invariantViolations().prefix(3))")
        #expect(miner.passedBounds().isEmpty, "\(comment): \(miner.passedBounds())")
    }

    @Test("random lines by the thousand stay within the bounds", arguments: 0..<4)
    func randomLines(seed: UInt64) throws {
        var generator = SplitMix64(seed: seed)
        var miner = try TemplateMiner(configuration: Self.tight)
        for number in 1...6_000 {
            let words = (0..<Int.random(in: 1...9, using: &generator)).map { _ in generator.word(1...6) }
            let mark = generator.pick([" ", ":", "=", ", ", " (", "\""])
            _ = miner.add(words.joined(separator: mark))
            if number.isMultiple(of: 500) { expectSound(miner, "after \(number) lines") }
        }
        #expect(miner.evictedTemplates > 0)
        #expect(miner.lineCount == 6_000)
    }

    @Test("random bytes of every value stay within the bounds")
    func randomBytes() throws {
        var generator = SplitMix64(seed: 77)
        var miner = try TemplateMiner(configuration: Self.tight)
        let all = Array(UInt8.min...UInt8.max)
        for _ in 0..<2_000 {
            let line = generator.bytes(Int.random(in: 0..<200, using: &generator), from: all)
            let (match, parameters) = miner.addBytes(line)
            let expected = wildcards(miner.finalText(match))
            #expect(parameters.isEmpty || parameters.count == expected)
        }
        expectSound(miner, "at the end")
    }

    @Test("messages that are merged for ever stay within the bounds")
    func endlessMerging() throws {
        var generator = SplitMix64(seed: 3)
        var miner = try TemplateMiner(configuration: Self.tight)
        for number in 0..<4_000 {
            let form = number / 40
            _ = miner.add("kind\(form)x thing \(generator.word(3...9)) of \(generator.word(3...9)) form\(form)x is bad")
        }
        expectSound(miner, "at the end")
    }

    @Test("a line of a hundred thousand words costs no more than the bound on tokens")
    func manyWords() {
        var miner = TemplateMiner()
        let line = Array(String(repeating: "ab ", count: 100_000).utf8)
        let (match, parameters) = miner.addBytes(line)
        #expect(miner.nodes[0].pattern.count == miner.configuration.maximumTokens + 1)
        #expect(parameters.count == 1)
        #expect(miner.cutLines == 1)
        #expect(miner.addBytes(line).match.template == match.template)
    }

    @Test("a word too long for a literal is a variable")
    func longWord() {
        var miner = TemplateMiner()
        let first = miner.addText("got \(String(repeating: "x", count: 200)) back")
        #expect(miner.finalText(first.match) == "got <*> back")
        #expect(first.parameters == [String(repeating: "x", count: 200)])
        #expect(
            miner.addText("got \(String(repeating: "y", count: 5_000)) back").match.template == first.match.template)
    }

    @Test("a line with more text than a template may have ends in one variable")
    func muchText() throws {
        var miner = try TemplateMiner(configuration: .init(maximumTemplateBytes: 256))
        let (match, _) = miner.addText(
            (0..<60).map { "word\(String(repeating: "x", count: $0))" }.joined(separator: " "))
        #expect(miner.finalText(match).hasSuffix(" <*>"))
        #expect(miner.finalText(match).utf8.count < 512)
    }

    @Test("a line longer than the bound is cut and counted")
    func longLine() throws {
        var miner = try TemplateMiner(configuration: Self.tight)
        let line = "start \(String(repeating: "1 ", count: 10_000)) end"
        let (match, parameters) = miner.addText(line)
        #expect(miner.finalText(match) == "start <*>")
        #expect(parameters.first?.utf8.count ?? 0 <= 4_096)
        #expect(miner.cutLines == 1)
    }

    @Test("broken UTF-8 is mined like other text")
    func brokenText() {
        var miner = TemplateMiner()
        let first = miner.addBytes(Array("caf".utf8) + [0xe9, 0x20, 0x31])
        let second = miner.addBytes(Array("caf".utf8) + [0xe9, 0x20, 0x32])
        #expect(first.match.template == second.match.template)
        #expect(miner.finalText(first.match) == "caf\u{fffd} <*>")
        #expect(second.parameters == ["2"])
        #expect(miner.addBytes([0xff, 0xfe, 0x00]).match.isNew)
    }

    @Test("a flood of lines that never come back does not drive out what comes back")
    func flood() throws {
        var generator = SplitMix64(seed: 12)
        var miner = try TemplateMiner(configuration: Self.tight)
        let service = (0..<12).map { "service\(String(UnicodeScalar(UInt8(97 + $0)))) is well" }
        let ids = service.map { miner.add($0).template }
        for line in service { _ = miner.add(line) }
        for _ in 0..<1_500 {
            _ = miner.add("\(generator.word(3...9)) [\(generator.word(3...9))] \(generator.word(3...9))!")
        }
        for (line, id) in zip(service, ids) {
            let match = miner.add(line)
            #expect(match.template == id && !match.isNew)
        }
    }

    @Test("a template that was evicted gets its id back and is not new")
    func revival() throws {
        var miner = try TemplateMiner(configuration: Self.tight)
        let first = miner.add("alpha began the work")
        // Punctuation is never merged, so these are 128 templates.
        for number in 0..<128 {
            _ = miner.add((0..<7).map { number >> $0 & 1 == 0 ? "a :" : "a |" }.joined(separator: " "))
        }
        #expect(miner.template(first.template) == nil)
        #expect(miner.resolve(first.template) == first.template)
        let again = miner.add("alpha began the work")
        #expect(again.template == first.template && !again.isNew)
        #expect(miner.template(first.template)?.count == 1)
        expectSound(miner, "after the return")
    }

    @Test("a new template among many that come again is not driven out by itself")
    func newAmongOld() throws {
        var miner = try TemplateMiner(configuration: Self.tight)
        let kinds = (0..<Self.tight.maximumTemplates).map { number in
            (0..<7).map { number >> $0 & 1 == 0 ? "a :" : "a |" }.joined(separator: " ")
        }
        for _ in 0..<3 { for kind in kinds { _ = miner.add(kind) } }
        let match = miner.add("disk is full")
        #expect(match.isNew && miner.template(match.template)?.text == "disk is full")
        #expect(miner.evictedTemplates > 0)
        expectSound(miner, "after the new one")
    }

    @Test("templates that were known and never came are no sign of free text")
    func unusedSeeds() throws {
        var generator = SplitMix64(seed: 2)
        var miner = try TemplateMiner(configuration: Self.tight)
        for number in 0..<400 { miner.seed("\(generator.word(5...9)) \(generator.word(5...9)) | \(number)x") }
        for number in 0..<3_000 {
            // A new kind in every hundred lines.
            let isNew = number % 100 == 99
            _ = miner.add(isNew ? "\(generator.word(6...9)) | \(generator.word(6...9))" : "request \(number) is done")
        }
        #expect(miner.freeTextLines == 0)
    }

    @Test("a miner that is frozen still makes templates, though it has seen free text")
    func frozenAfterFreeText() throws {
        var generator = SplitMix64(seed: 5)
        var miner = try TemplateMiner(configuration: Self.tight)
        for _ in 0..<3_000 {
            _ = miner.add((0..<6).map { _ in generator.word(3...8) }.joined(separator: " "))
        }
        for number in 0..<3_000 { _ = miner.add("request \(number) is done") }
        miner.isFrozen = true
        let match = miner.add("a word that is new")
        #expect(match.template != .freeText && match.isNew)
    }

    @Test("a word longer than any counter is classed like a shorter one")
    func longWords() throws {
        let letters = String(repeating: "x", count: 127)
        #expect(classes(letters + "1") == "W(\(letters)1)")
        #expect(classes(letters + "123") == "ID(\(letters)123)")
        #expect(classes(letters + "/" + letters + "/1") == "PATH(\(letters)/\(letters)/1)")
        #expect(classes(String(repeating: "ab", count: 100)) == "L(\(String(repeating: "ab", count: 100)))")
        #expect(classes(String(repeating: "a1", count: 100)) == "HEX(\(String(repeating: "a1", count: 100)))")
        #expect(classes(letters + "..end") == "L(\(letters)) .. L(end)")
    }

    @Test("lines of no kind at all become free text, and what comes back still gets its template")
    func freeText() throws {
        var generator = SplitMix64(seed: 5)
        var miner = try TemplateMiner(configuration: Self.tight)
        func nonsense() -> String { (0..<6).map { _ in generator.word(3...8) }.joined(separator: " ") }
        for _ in 0..<3_000 { _ = miner.add(nonsense()) }
        #expect(miner.freeTextLines > 1_000)
        let before = miner.evictedTemplates
        let first = miner.addText(nonsense())
        #expect(first.match.template == .freeText && !first.match.isNew)
        #expect(first.parameters.count == 1)
        let line = "connection from peer is closed"
        #expect(miner.add(line).template == .freeText)
        let second = miner.add(line)
        #expect(second.template != .freeText && second.isNew)
        for _ in 0..<500 { _ = miner.add(nonsense()) }
        #expect(miner.add(line).template == second.template)
        #expect(miner.evictedTemplates <= before + 9, "only for the one template that was made")
        #expect(miner.templates().last?.id == .freeText)
        #expect(miner.templates().reduce(0) { $0 + $1.count } <= miner.lineCount)
        expectSound(miner, "with free text")
        // It ends with the flood.
        for _ in 0..<2_000 { _ = miner.add(line) }
        #expect(!miner.freeText.isActive)
        #expect(miner.add("a word that is new").template != .freeText)
        #expect(try TemplateMiner(restoring: miner.snapshot()).snapshot() == miner.snapshot())
    }
}
