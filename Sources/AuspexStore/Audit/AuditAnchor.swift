/// Where the audit stood at some time, to be kept outside of the machine that writes it: whoever rewrites the whole chain
/// cannot rewrite this.
package struct AuditAnchor: Hashable, Sendable, Codable {
    /// The number of the last entry; 0 for none.
    package var sequence: Int64
    /// Its hash.
    package var hash: String

    /// Creates an anchor.
    package init(sequence: Int64, hash: String) {
        self.sequence = sequence
        self.hash = hash
    }
}

/// Why the audit cannot be trusted.
package enum AuditProblem: Error, Hashable, Sendable, CustomStringConvertible {
    /// This entry does not follow from the one before it.
    case broken(sequence: Int64)
    /// An entry of this number is missing.
    case missing(sequence: Int64)
    /// The chain is whole, but not the one that the anchor was taken from.
    case rewritten(AuditAnchor, found: String)
    /// The chain is whole, but its end has been cut off.
    case cut(last: Int64, expected: Int64)

    package var description: String {
        switch self {
        case .broken(let sequence):
            "audit entry \(sequence) does not follow from the one before it: one of the two has been changed"
        case .missing(let sequence): "audit entry \(sequence) is missing"
        case .rewritten(let anchor, let found):
            "audit entry \(anchor.sequence) has the hash \(found), and had \(anchor.hash) when the anchor was taken: the "
                + "audit has been rewritten"
        case .cut(let last, let expected):
            "the audit ends with entry \(last), and had \(expected) entries already: its end has been cut off"
        }
    }
}
