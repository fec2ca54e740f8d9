package import AuspexSignals

/// That a person lets a rule go further with a runbook than into the shadow (rule 1 of the safety defaults).
package struct Promotion: Hashable, Sendable, Codable {
    /// How far.
    package enum Level: String, Hashable, Sendable, Codable, CaseIterable {
        /// It may propose runs.
        case propose
        /// It may start runs by itself.
        case auto
    }

    /// The rule's id.
    package var rule: String
    /// The runbook's id.
    package var runbook: String
    /// How far.
    package var level: Level
    /// Who said so.
    package var by: String
    /// Why; may be empty.
    package var reason: String
    /// When.
    package var at: Timestamp

    /// Creates a promotion.
    package init(rule: String, runbook: String, level: Level, by: String, reason: String, at: Timestamp) {
        self.rule = rule
        self.runbook = runbook
        self.level = level
        self.by = by
        self.reason = reason
        self.at = at
    }
}

/// What needs a ``Promotion``.
package enum PromotionPolicy: String, Hashable, Sendable, CaseIterable {
    /// Nothing: how far a rule may go is said by the rule and the ceiling alone.
    case never
    /// Runs that start by themselves. Without one they are proposed.
    case auto
    /// Proposals, too. Without one all runs of a rule are in the shadow.
    case always

    /// How far a rule may go with a runbook that it would go as far as `mode` with.
    ///
    /// - Parameter promotion: What a person has said of the two; nil for nothing.
    package func mode(_ mode: RunMode, promotion: Promotion.Level?) -> RunMode {
        guard mode == .auto || mode == .approve else { return mode }
        return switch (self, promotion) {
        case (.never, _), (_, .auto): mode
        case (.always, nil): .shadow
        case (.auto, _), (.always, .propose): .approve
        }
    }
}
