/// What the rules of the server say of a proposed change. The `points` member of a ``Verdict``; kept apart from the risk,
/// because one is learned and the other somebody's opinion.
package struct RulePoints: Hashable, Sendable, Codable {
    /// Why points counted.
    package struct Reason: Hashable, Sendable, Codable {
        /// The author's words.
        package var text: String
        /// The points, which may be negative.
        package var points: Double

        /// Creates a reason.
        package init(text: String, points: Double) {
            self.text = text
            self.points = points
        }
    }

    /// A rule that concerns the change.
    package struct Rule: Hashable, Sendable, Codable {
        /// Its identifier.
        package var rule: String
        /// Its title.
        package var title: String
        /// Its points within its own bounds, 0 to 1,000.
        package var score: Double
        /// What it calls such a score.
        package var band: String
        /// Why.
        package var reasons: [Reason]

        /// Creates a rule's answer.
        package init(rule: String, title: String, score: Double, band: String, reasons: [Reason]) {
            self.rule = rule
            self.title = title
            self.score = score
            self.band = band
            self.reasons = reasons
        }
    }

    /// A rule that could not be asked.
    package struct Unanswered: Hashable, Sendable, Codable {
        /// Its identifier.
        package var rule: String
        /// Why there is no answer.
        package var reason: String

        /// Creates it.
        package init(rule: String, reason: String) {
            self.rule = rule
            self.reason = reason
        }
    }

    /// The largest score of the rules, 0 when none concerns the change. Scores of different rules are no sum: each has its
    /// own scale and cap, and the gravest opinion counts.
    package let score: Double
    /// The rules that concern the change, in the order of their files.
    package let rules: [Rule]
    /// The rules that could not be asked; their points are not known, which is not zero.
    package let unanswered: [Unanswered]

    /// Puts the answers of rules together.
    package init(rules: [Rule], unanswered: [Unanswered] = []) {
        self.rules = rules
        self.unanswered = unanswered
        score = rules.map(\.score).max() ?? 0
    }
}
