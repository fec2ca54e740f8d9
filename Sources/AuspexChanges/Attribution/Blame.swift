package import AuspexSignals

/// How much a change is to blame.
package struct Blame: Hashable, Sendable, Codable {
    /// The change.
    package var change: Change
    /// Its part in all blame, from 0 to 1.
    package var share: Double
    /// What the votes for it come to, at least 0.
    package var score: Double
    /// Faults that came after it and count.
    package var votes: Int
    /// Faults of the same kinds that were there before it.
    package var vetoes: Int
    /// Why, a sentence each.
    package var reasons: [String]
}

/// Who is to blame, the likeliest first.
package struct BlameRanking: Hashable, Sendable, Codable {
    /// Every candidate. Ordered by score, then the later change, then by identifier.
    package var blames: [Blame]
    /// The part of "none of these": 1 minus all shares.
    package var none: Double

    /// The change that is to blame, if one is with at least this share.
    package func culprit(atLeast share: Double) -> Blame? {
        blames.first.flatMap { $0.share >= share ? $0 : nil }
    }
}
