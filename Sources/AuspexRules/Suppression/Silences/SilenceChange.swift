package import AuspexSignals

/// Something that a person does to silences.
package enum SilenceChange: Hashable, Sendable, Codable {
    /// Make one.
    case add(Silence)
    /// End one early.
    case expire(String)
    /// Put a new one in place of another.
    case edit(String, as: Silence)
}

extension SilenceSet {
    /// Does what a person wants.
    ///
    /// - Returns: The silence that is new or has ended.
    /// - Throws: ``SilenceError``; nothing has changed then.
    @discardableResult
    package mutating func apply(_ change: SilenceChange, at now: Timestamp) throws(SilenceError) -> Silence {
        switch change {
        case .add(let silence): try add(silence, at: now)
        case .expire(let id): try expire(id, at: now)
        case .edit(let id, let silence): try edit(id, as: silence, at: now)
        }
    }
}
