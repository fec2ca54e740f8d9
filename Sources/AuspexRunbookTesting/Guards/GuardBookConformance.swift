package import AuspexRunbooks
import AuspexSignals

/// The rules that every ``GuardBook`` keeps, as checks that its implementer runs.
package enum GuardBookConformance {
    private static let at = Timestamp(milliseconds: 1_000)
    private static let audit = RunAudit(kind: "test", detail: .null)

    /// What an empty book does wrong; empty when it keeps all rules.
    ///
    /// - Throws: What the book throws where it must not.
    package static func problems(of book: any GuardBook) async throws -> [String] {
        try await promotions(book) + breakers(book) + memories(book)
    }

    private static func promotions(_ book: any GuardBook) async throws -> [String] {
        var problems: [String] = []
        func expect(_ holds: Bool, _ what: String) { if !holds { problems.append(what) } }
        func promotion(_ rule: String, _ level: Promotion.Level) -> Promotion {
            Promotion(rule: rule, runbook: "fix", level: level, by: "ann", reason: "seen it work", at: at)
        }
        expect(try await book.promotions().isEmpty, "an empty book must have no promotions")
        for rule in ["b", "a"] { try await book.promote(promotion(rule, .propose), audit: audit) }
        try await book.promote(promotion("b", .auto), audit: audit)
        expect(
            try await book.promotions() == [promotion("a", .propose), promotion("b", .auto)],
            "promotions must be in order, the later one of a pair in place of the earlier")
        expect(
            try await !book.revoke(rule: "a", runbook: "other", audit: audit, at: at),
            "a promotion that is not there cannot be taken back")
        expect(
            try await book.revoke(rule: "a", runbook: "fix", audit: audit, at: at), "a promotion must be taken back")
        expect(try await book.promotions().map(\.rule) == ["b"], "what is taken back must be gone")
        return problems
    }

    private static func breakers(_ book: any GuardBook) async throws -> [String] {
        var problems: [String] = []
        func expect(_ holds: Bool, _ what: String) { if !holds { problems.append(what) } }
        let first = Breaker(runbook: "fix", openedAt: at, reason: "two failed", run: "r2")
        var second = first
        second.run = "r3"
        expect(try await book.breakerReset(of: "fix") == nil, "a breaker that nobody reset has no reset")
        expect(
            try await !book.resetBreaker(of: "fix", audit: audit, at: at), "a closed breaker must not be reset")
        expect(try await book.open(first, audit: audit), "opening must be news")
        expect(try await !book.open(second, audit: audit), "opening again must be no news")
        expect(try await book.openBreakers() == [first], "an open breaker must stay as it was opened")
        let later = at + .seconds(1)
        expect(try await book.resetBreaker(of: "fix", audit: audit, at: later), "an open breaker must be reset")
        expect(try await book.openBreakers().isEmpty, "a breaker that was reset must be closed")
        expect(try await book.breakerReset(of: "fix") == later, "the moment of the reset must be kept")
        expect(try await book.open(second, audit: audit), "a breaker must open again")
        expect(try await book.breakerReset(of: "fix") == later, "opening must not forget the reset")
        return problems
    }

    private static func memories(_ book: any GuardBook) async throws -> [String] {
        var problems: [String] = []
        func expect(_ holds: Bool, _ what: String) { if !holds { problems.append(what) } }
        expect(try await !book.wasTold("k"), "nothing was told yet")
        for _ in 1...2 { try await book.noteTold("k", at: at) }
        expect(try await book.wasTold("k"), "what was told must be known")
        expect(try await book.change(ofRun: "r") == nil, "a run follows no change")
        try await book.link(run: "r", to: "c1")
        try await book.link(run: "r", to: "c2")
        expect(try await book.change(ofRun: "r") == "c2", "the later link must count")
        return problems
    }
}
