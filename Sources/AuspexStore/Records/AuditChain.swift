import AuspexSignals

/// Holds entries of the audit against each other, one after the other from the first on. Constant memory.
package struct AuditChain: Sendable {
    /// Where the chain stands.
    package private(set) var last = AuditAnchor(sequence: 0, hash: AuditLog.origin)
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
        try take(
            sequence: entry.sequence, hash: entry.hash,
            expected: AuditLog.link(
                previous: last.hash, kind: entry.kind, runID: entry.runID, detail: entry.detail.canonicalText,
                at: entry.at))
    }

    /// Takes the next entry, of which `expected` is the hash that follows from the one before.
    mutating func take(sequence: Int64, hash: String, expected: String) throws(AuditProblem) {
        let next = last.sequence + 1
        guard sequence == next else { throw .missing(sequence: next) }
        guard hash == expected else { throw .broken(sequence: sequence) }
        if let anchor, anchor.sequence == sequence, anchor.hash != hash { throw .rewritten(anchor, found: hash) }
        last = AuditAnchor(sequence: sequence, hash: hash)
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
