package import AuspexSignals

/// A question of another system as it stands on the desk.
package struct AskedQuestion: Hashable, Sendable, Codable {
    /// How it was answered.
    package struct Settlement: Hashable, Sendable, Codable {
        /// What was decided.
        package var verdict: Verdict.Outcome
        /// Whether the deployment may go on.
        package var mayGoOn: Bool
        /// When.
        package var at: Timestamp

        /// Creates a settlement.
        package init(verdict: Verdict.Outcome, mayGoOn: Bool, at: Timestamp) {
            self.verdict = verdict
            self.mayGoOn = mayGoOn
            self.at = at
        }
    }

    /// The question.
    package var question: DeploymentQuestion
    /// When it came.
    package var askedAt: Timestamp
    /// Until when an inconclusive verdict is waited over.
    package var deadline: Timestamp
    /// How often the gate was asked.
    package var attempts = 0
    /// When the gate is asked next.
    package var nextAt: Timestamp
    /// What the gate lacked, or what went wrong, at the last attempt; nil before the first.
    package var obstacle: String?
    /// How often whoever asked was told that the answer is not known yet.
    package var reports = 0
    /// How it was answered; nil while it is open.
    package var settlement: Settlement?

    /// Takes in a question: the gate is asked at once.
    ///
    /// - Parameter wait: How long an inconclusive verdict is waited over.
    package init(_ question: DeploymentQuestion, at now: Timestamp, wait: TimeSpan) {
        self.question = question
        askedAt = now
        deadline = now + wait
        nextAt = now
    }

    /// The time after the first inconclusive verdict; it doubles with each.
    package static let firstPause = TimeSpan.seconds(5)
    /// The longest time between two. GitLab takes a check for failed that is pending for two minutes, so that it has to be
    /// told again before.
    package static let longestPause = TimeSpan.minutes(1)

    /// Notes an attempt that has decided nothing.
    ///
    /// - Parameter obstacle: What the gate lacked.
    /// - Returns: whether it is asked again; if not, the time to wait is over.
    package mutating func wait(for obstacle: String, at now: Timestamp) -> Bool {
        self.obstacle = obstacle
        guard now < deadline else { return false }
        let doublings = min(max(0, attempts - 1), 16)
        let pause = min(TimeSpan(milliseconds: Self.firstPause.milliseconds << doublings), Self.longestPause)
        nextAt = min(now + pause, deadline)
        return true
    }
}
