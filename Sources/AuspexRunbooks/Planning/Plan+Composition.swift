package import AuspexSignals

/// Steps that are made of other steps, and steps that wait.
extension Plan {
    /// Steps of which at most one list is done.
    package struct Branch: Hashable, Sendable, Codable {
        /// Steps with the condition under which they are done.
        package struct Arm: Hashable, Sendable, Codable {
            /// A CEL condition over `params` and `steps`.
            package var condition: String
            /// What is done.
            package var steps: [Step]

            /// Creates an arm.
            package init(condition: String, steps: [Step]) {
                self.condition = condition
                self.steps = steps
            }
        }

        /// The arms; the first whose condition holds is taken.
        package var arms: [Arm]
        /// What is done when no condition holds.
        package var otherwise: [Step]

        /// Creates a branch.
        package init(arms: [Arm], otherwise: [Step] = []) {
            self.arms = arms
            self.otherwise = otherwise
        }
    }

    /// Steps that are done one after the other.
    package struct Group: Hashable, Sendable, Codable {
        /// The runbook that they come from; nil when they stand in the runbook itself.
        package var runbook: String?
        /// What `params` is in the conditions of its steps: in place of the run's parameters when they come from
        /// another runbook, else besides them.
        package var parameters: [String: JSONValue]
        /// The parameters whose values are masked.
        package var sensitive: [String]
        /// The steps.
        package var steps: [Step]
        /// How many of the first steps check whether the other runbook may begin; nil for none.
        package var checks: Int?
        /// The longest that the steps of the other runbook may take together; nil for a group that is none.
        package var deadline: TimeSpan?
        /// What the other runbook's own runs are limited by; nil for what holds for all.
        package var limits: RunbookLimits?
        /// Whether the other runbook takes back the change that the alert's incident comes from; nil for no.
        package var rollsBack: Bool?

        /// Creates a group.
        package init(
            runbook: String? = nil, parameters: [String: JSONValue] = [:], sensitive: [String] = [], steps: [Step]
        ) {
            self.runbook = runbook
            self.parameters = parameters
            self.sensitive = sensitive
            self.steps = steps
        }
    }

    /// Lanes of steps that are done at the same time.
    package struct Parallel: Hashable, Sendable, Codable {
        /// One list of steps, and what it is for.
        package struct Lane: Hashable, Sendable, Codable {
            /// What it is for: the element of the list that it was made for, or its number.
            package var name: String
            /// What its steps do.
            package var group: Group

            /// Creates a lane.
            package init(name: String, group: Group) {
                self.name = name
                self.group = group
            }
        }

        /// The lanes in the order in which they begin.
        package var lanes: [Lane]
        /// Most lanes under way at once, at least 1.
        package var maxConcurrency: Int
        /// With so many failed lanes no further one begins, and the step has failed; at least 1.
        package var maxErrors: Int
        /// Whether one lane goes first and then batches of 1, 2, 4… follow, each when the one before is over.
        package var isCanary: Bool

        /// Creates lanes.
        package init(lanes: [Lane], maxConcurrency: Int, maxErrors: Int = 1, isCanary: Bool = false) {
            self.lanes = lanes
            self.maxConcurrency = maxConcurrency
            self.maxErrors = maxErrors
            self.isCanary = isCanary
        }

        /// The lanes as steps, named by their numbers from 1.
        var steps: [Step] {
            lanes.enumerated().map { Step(id: "\($0 + 1)", action: .group($1.group), effect: .read) }
        }
    }

    /// Time that passes.
    package enum Pause: Hashable, Sendable, Codable {
        /// So long.
        case length(TimeSpan)
        /// Until the next time at which a day is so many minutes old, by UTC.
        case until(minuteOfDay: Int)
    }

    /// Who must approve, and within what time.
    package struct ApprovalRule: Hashable, Sendable, Codable {
        /// How many people, at least 1.
        package var count: Int
        /// Who may; empty for anybody but who asked for the run.
        package var approvers: [String]
        /// The time after which no answer is a no.
        package var expires: TimeSpan

        /// Creates a rule.
        package init(count: Int = 1, approvers: [String] = [], expires: TimeSpan = RunState.approvalTime) {
            self.count = count
            self.approvers = approvers
            self.expires = expires
        }
    }

    /// How a step that failed is tried again by itself. Never after a time-out, and never what must happen once.
    package struct Retry: Hashable, Sendable, Codable {
        /// Most further attempts, 1 or 2.
        package var count: Int
        /// The error codes and statuses after which it is tried again; empty for any failure.
        package var on: [String]
        /// The time before the second attempt; it doubles with each.
        package var delay: TimeSpan

        /// Creates a retry.
        package init(count: Int, on: [String] = [], delay: TimeSpan = Plan.defaultRetryDelay) {
            self.count = count
            self.on = on
            self.delay = delay
        }
    }

    /// The time before a second attempt where the runbook says nothing.
    package static let defaultRetryDelay = TimeSpan.seconds(5)
}

extension Plan.Step {
    /// The lists of steps inside it, those that take it back aside.
    package var inner: [[Plan.Step]] {
        switch action {
        case .operation, .wait, .verify, .pause, .approval: []
        case .branch(let branch): branch.arms.map(\.steps) + [branch.otherwise]
        case .group(let group): [group.steps]
        case .parallel(let parallel): parallel.lanes.map(\.group.steps)
        }
    }

    /// It and all steps inside it, those that take something back included.
    package var flattened: [Plan.Step] { [self] + (inner.joined() + undo).flatMap(\.flattened) }

    /// Whether it does something to the world by itself. Telling people something does not count.
    var isChange: Bool { effect != .read && !isNotice && !isComposite }

    /// Whether it only holds other steps.
    var isComposite: Bool {
        switch action {
        case .branch, .group, .parallel: true
        case .operation, .wait, .verify, .pause, .approval: false
        }
    }

    /// The secret values of the runbooks inside it.
    var secrets: [String] {
        flattened.flatMap { step -> [String] in
            let groups: [Plan.Group] =
                switch step.action {
                case .group(let group): [group]
                case .parallel(let parallel): parallel.lanes.map(\.group)
                default: []
                }
            return groups.flatMap { group in group.sensitive.compactMap { group.parameters[$0] }.flatMap(Plan.texts) }
        }
    }
}
