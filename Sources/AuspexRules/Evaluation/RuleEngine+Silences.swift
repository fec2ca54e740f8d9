package import AuspexSignals

/// Silences, which people make: they hold back notices of alerts, and not what is done about them.
extension RuleEngine {
    /// Makes, changes or ends a silence. The alerts that this concerns are told or held back at the next
    /// ``advance(to:)``.
    ///
    /// - Parameter now: The moment that rules go by: a silence that is to begin before it begins then.
    /// - Returns: The silence that is new or has ended.
    /// - Throws: ``SilenceError``; nothing has changed then.
    @discardableResult
    package mutating func apply(_ change: SilenceChange, now: Timestamp) throws(SilenceError) -> Silence {
        let silence = try silences.apply(change, at: now)
        nextWindow = Timestamp(milliseconds: .min)
        return silence
    }

    /// Forgets silences that were over at `moment`.
    package mutating func forgetSilences(expiredBefore moment: Timestamp) {
        silences.forget(expiredBefore: moment)
    }

    /// Why nobody is told of an alert with these labels (``Alert/matchedLabels``) at `moment`; nil if no silence fits.
    func silenceReason(of labels: Labels, at moment: Timestamp) -> String? {
        guard silences.count > 0 else { return nil }
        let ids = silences.matching(labels, at: moment)
        return ids.isEmpty ? nil : Silence.reasonPrefix + ids.joined(separator: ", ")
    }
}

extension Silence {
    static let reasonPrefix = "silenced by "
}
