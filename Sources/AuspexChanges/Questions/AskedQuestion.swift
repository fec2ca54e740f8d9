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
        /// When the answer is too old to be acted on; nil for never.
        package var expiresAt: Timestamp?

        /// Creates a settlement.
        package init(verdict: Verdict.Outcome, mayGoOn: Bool, at: Timestamp, expiresAt: Timestamp? = nil) {
            self.verdict = verdict
            self.mayGoOn = mayGoOn
            self.at = at
            self.expiresAt = expiresAt
        }

        /// Settles by a verdict.
        package init(_ verdict: Verdict, at now: Timestamp) {
            self.init(
                verdict: verdict.verdict, mayGoOn: verdict.mayGoOn, at: now, expiresAt: verdict.expiresAt)
        }

        /// Whether it is too old to be acted on.
        package func isExpired(at now: Timestamp) -> Bool { expiresAt.map { $0 < now } ?? false }
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
    /// How often what was said has been taken back and is said anew; nil for never. The replies of each time have ids of
    /// their own.
    package var reopened: Int?

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
    /// - Parameters:
    ///   - obstacle: What the gate lacked.
    ///   - patience: Until when it is waited at least, whatever the deadline.
    /// - Returns: whether it is asked again; if not, the time to wait is over.
    package mutating func wait(for obstacle: String, atLeastUntil patience: Timestamp? = nil, at now: Timestamp) -> Bool
    {
        self.obstacle = obstacle
        let deadline = max(deadline, patience ?? deadline)
        guard now < deadline else { return false }
        let doublings = min(max(0, attempts - 1), 16)
        let pause = min(TimeSpan(milliseconds: Self.firstPause.milliseconds << doublings), Self.longestPause)
        nextAt = min(now + pause, deadline)
        return true
    }

    /// Whether the gate lacks something else than at the last attempt. Numbers do not count: the age of a sample is another
    /// each time.
    package func isNews(_ obstacle: String) -> Bool {
        self.obstacle.map { Self.withoutNumbers($0) != Self.withoutNumbers(obstacle) } ?? true
    }

    private static func withoutNumbers(_ text: String) -> [Substring] {
        text.split(whereSeparator: \.isWhitespace).filter { word in
            word.first { $0.isLetter || $0.isNumber }?.isNumber != true
        }
    }

    /// Notes that what is said from now on is said anew.
    package mutating func beginAnew() { reopened = (reopened ?? 0) + 1 }

    /// Opens a question again whose answer has become too old: the gate is asked at once.
    package mutating func reopen(at now: Timestamp, wait: TimeSpan) {
        beginAnew()
        settlement = nil
        obstacle = nil
        attempts = 0
        reports = 0
        nextAt = now
        deadline = now + wait
    }
}
