import Testing

@testable import AuspexLogs

@Suite struct SignatureCacheTests {
    @Test("the two newest keys of a set are kept", arguments: [2, 3, 64])
    func twoWays(capacity: Int) {
        var cache = SignatureCache(capacity: capacity)
        let sets = UInt64(cache.entries.count / 2)
        for number in 0..<3 { cache.insert(UInt64(number) * sets, node: Int32(number)) }
        #expect((0..<3).map { cache.node(for: UInt64($0) * sets) } == [-1, 1, 2])
        cache.insert(sets, node: 7)
        #expect(cache.node(for: sets) == 7 && cache.node(for: 2 * sets) == 2)
        cache.rename { $0 == 7 ? 8 : nil }
        #expect(cache.node(for: sets) == 8 && cache.node(for: 2 * sets) == -1)
    }
}

@Suite struct ParameterReaderTests {
    /// A pattern or line of letters, with `*` for a variable.
    private func pattern(_ text: String) -> [PatternElement] {
        text.utf8.map { byte in
            PatternElement(
                symbol: byte == UInt8(ascii: "*") ? 0 : UInt64(byte), offset: 0, length: 0,
                context: byte == UInt8(ascii: "*") ? .variable : .word, kind: .literal, isSpaced: true)
        }
    }

    private func line(_ text: String) -> [SignatureElement] {
        text.utf8.map { byte in
            SignatureElement(
                symbol: byte == UInt8(ascii: "*") ? 0 : UInt64(byte), start: 0, end: 0, context: .word, kind: .literal,
                isSpaced: true, mark: 0)
        }
    }

    /// Whether a pattern matches, by trying everything.
    private func naive(_ pattern: Substring, _ line: Substring) -> Bool {
        guard let first = pattern.first else { return line.isEmpty }
        guard let head = line.first else { return false }
        if first != "*" { return first == head && naive(pattern.dropFirst(), line.dropFirst()) }
        return naive(pattern.dropFirst(), line.dropFirst()) || naive(pattern, line.dropFirst())
    }

    @Test("every short pattern matches exactly the lines that it should")
    func exhaustive() {
        let letters = ["a", "b", "*"]
        func words(_ length: Int) -> [String] {
            length == 0 ? [""] : words(length - 1).flatMap { word in letters.map { word + $0 } }
        }
        let short = (0...3).flatMap(words)
        let long = (0...5).flatMap(words)
        for first in short {
            for second in long {
                let starts = ParameterReader.align(pattern(first), line(second))
                #expect((starts != nil) == naive(first[...], second[...]), "\(first) on \(second)")
                guard let starts else { continue }
                #expect(starts.isEmpty || starts[0] == 0)
                #expect(zip(starts, starts.dropFirst()).allSatisfy { $0 < $1 }, "\(first) on \(second)")
            }
        }
    }
}

@Suite struct SymbolHashTests {
    @Test("a word's hash does not depend on where it stands in the line")
    func position() {
        for length in 1...20 {
            let word = Array("abcdefghijklmnopqrst".utf8.prefix(length))
            let alone = SymbolHash.word(word.span, 0..<length)
            for before in 0..<9 {
                for after in [0, 1, 8] {
                    let line =
                        Array(repeating: UInt8(ascii: "z"), count: before) + word
                        + Array(repeating: UInt8(ascii: "y"), count: after)
                    #expect(SymbolHash.word(line.span, before..<before + length) == alone)
                }
            }
        }
    }

    @Test("a hundred thousand words have as many hashes, none of them with a meaning of its own")
    func collisions() {
        var seen: Set<UInt64> = []
        for number in 0..<100_000 {
            let word = Array("w\(number)-\(number &* 7_919)".utf8)
            seen.insert(SymbolHash.word(word.span, 0..<word.count))
        }
        #expect(seen.count == 100_000)
        #expect(seen.allSatisfy { $0 >= SymbolHash.firstWord })
    }

    @Test("hashes are the same in every release: ids are made of them")
    func pinned() {
        var miner = TemplateMiner()
        #expect(miner.add("disk /dev/sda1 is 91% full").template.description == "5bcfc3152d837937")
        #expect(TemplateID("00000000000000ff") == TemplateID(255))
        #expect(TemplateID("ff") == nil && TemplateID("+0000000000000ff") == nil)
    }
}
