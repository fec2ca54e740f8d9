import AuspexSignals

/// Holds entries of the audit against each other, one after the other from the first on. Constant memory.
package struct AuditChain: Sendable {
    /// Where the chain stands.
    package private(set) var last = AuditAnchor(sequence: 0, hash: AuditLog.Link.origin)
    private let anchor: AuditAnchor?

    /// Begins before the first entry.
    ///
    /// - Parameter anchor: Where the chain is known to have stood once; nil when that is not known.
    package init(anchor: AuditAnchor? = nil) {
        self.anchor = anchor
    }

    /// Takes the next entry.
    ///
    /// - Throws: ``AuditProblem`` when it does not follow, or is not the one that the anchor was taken from.
    package mutating func take(_ entry: AuditLog.Entry) throws(AuditProblem) {
        try take(entry, writtenAs: entry.detail.canonicalText)
    }

    /// Takes the next entry, of which the detail stands as this text.
    mutating func take(_ entry: AuditLog.Entry, writtenAs detail: String) throws(AuditProblem) {
        let (next, sequence) = (last.sequence + 1, entry.sequence)
        guard sequence == next else { throw .missing(sequence: next) }
        let link = AuditLog.Link(at: entry.at, kind: entry.kind, runID: entry.runID, detail: detail)
        guard entry.hash == link.hash(after: last.hash) else { throw .broken(sequence: sequence) }
        if let anchor, anchor.sequence == sequence, anchor.hash != entry.hash {
            throw .rewritten(anchor, found: entry.hash)
        }
        last = AuditAnchor(sequence: sequence, hash: entry.hash)
    }

    /// To be called after the last entry.
    ///
    /// - Parameter given: The highest number that was ever given; nil when that is not known.
    /// - Throws: ``AuditProblem/cut(last:expected:)`` when the end is missing.
    package func finish(given: Int64? = nil) throws(AuditProblem) {
        let expected = max(given ?? 0, anchor?.sequence ?? 0)
        guard last.sequence >= expected else { throw .cut(last: last.sequence, expected: expected) }
    }
}
