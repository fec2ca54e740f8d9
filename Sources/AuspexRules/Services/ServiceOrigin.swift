package import AuspexSignals

/// Where the knowledge of a service or an edge comes from, the strongest last.
package enum ServiceOrigin: String, Hashable, Sendable, Codable, CaseIterable {
    /// Labels that were seen.
    case learned
    /// A list that another program handed in.
    case told
    /// A document that people keep.
    case declared
}

/// All that is known of where a service or an edge comes from. It can come from several places at once; when the strongest
/// goes away, the others remain.
package struct ServiceProvenance: Hashable, Sendable, Codable {
    /// Whether a document declares it.
    package internal(set) var isDeclared: Bool
    /// When it was last told; nil if it never was.
    package internal(set) var toldAt: Timestamp?
    /// When labels last showed it; nil if they never did, or too long ago.
    package internal(set) var learnedAt: Timestamp?

    init(isDeclared: Bool = false, toldAt: Timestamp? = nil, learnedAt: Timestamp? = nil) {
        self.isDeclared = isDeclared
        self.toldAt = toldAt
        self.learnedAt = learnedAt
    }

    init(_ origin: ServiceOrigin, at time: Timestamp) {
        switch origin {
        case .declared: self.init(isDeclared: true)
        case .told: self.init(toldAt: time)
        case .learned: self.init(learnedAt: time)
        }
    }

    /// The strongest place that it comes from.
    package var origin: ServiceOrigin {
        if isDeclared { return .declared }
        return toldAt == nil ? .learned : .told
    }

    /// When it was last told or seen; nil for what is only declared.
    package var lastSeen: Timestamp? { [toldAt, learnedAt].compactMap(\.self).max() }

    /// Whether nothing vouches for it any more.
    var isVoid: Bool { !isDeclared && toldAt == nil && learnedAt == nil }

    /// Adds what else is known.
    mutating func formUnion(_ other: ServiceProvenance) {
        isDeclared = isDeclared || other.isDeclared
        toldAt = [toldAt, other.toldAt].compactMap(\.self).max()
        learnedAt = [learnedAt, other.learnedAt].compactMap(\.self).max()
    }

    /// Takes away what was learned before `moment`.
    mutating func forgetLearned(before moment: Timestamp) {
        if let learnedAt, learnedAt < moment { self.learnedAt = nil }
    }
}
