import Testing

@testable import AuspexLogs

@Suite struct ReferenceLinesTests {
    struct Case: Sendable {
        var line: String
        var tokens: String
        var contexts: String
        var emitted: Int
        var final: Int
        var emittedText: String
        var finalText: String
    }

    static let cases: [Case] = {
        let rows = ReferenceLines.text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        return stride(from: 0, to: rows.count - 5, by: 6).map { start in
            let ids = rows[start + 3].split(separator: " ").compactMap { Int($0) }
            return Case(
                line: rows[start], tokens: rows[start + 1], contexts: rows[start + 2], emitted: ids[0], final: ids[1],
                emittedText: rows[start + 4], finalText: rows[start + 5])
        }
    }()

    static let contextCodes: [LiteralContext: String] = [
        .punctuation: "P", .variable: "v", .first: "1", .word: "w", .preposition: "r", .cue: "c", .value: "k",
        .quoted: "q", .unit: "u", .key: "K",
    ]

    @Test("there are as many reference lines as were written down")
    func count() {
        #expect(Self.cases.count == 63)
    }

    @Test("a line is scanned into the reference's tokens", arguments: cases)
    func tokenisation(reference: Case) {
        #expect(tokens(reference.line) == reference.tokens)
    }

    @Test("a line's signature has the reference's contexts", arguments: cases)
    func contexts(reference: Case) {
        let line = Array(reference.line.utf8)
        var tokens = scan(line)
        var elements: [SignatureElement] = []
        let limits = TemplateMiner.Configuration().limits
        _ = SignatureBuilder.build(line.span, &tokens, limits: limits, into: &elements)
        #expect(elements.map { Self.contextCodes[$0.context] ?? "?" }.joined() == reference.contexts)
    }

    @Test("a fresh miner gives the reference's texts and ids, line after line")
    func mining() {
        var miner = TemplateMiner()
        var matches: [LogMatch] = []
        for reference in Self.cases {
            let match = miner.add(reference.line)
            matches.append(match)
            #expect(miner.text(of: match.template) == reference.emittedText, "\(reference.line)")
        }
        for (reference, match) in zip(Self.cases, matches) {
            #expect(miner.finalText(match) == reference.finalText, "\(reference.line)")
        }
        // Ids are hashes here and numbers there: equal there must mean equal here, and the other way round.
        for left in matches.indices {
            for right in matches.indices.dropFirst(left + 1) {
                let (first, second) = (Self.cases[left], Self.cases[right])
                #expect((matches[left].template == matches[right].template) == (first.emitted == second.emitted))
                let isSame = miner.resolve(matches[left].template) == miner.resolve(matches[right].template)
                #expect(isSame == (first.final == second.final), "\(first.line) | \(second.line)")
            }
        }
    }
}
