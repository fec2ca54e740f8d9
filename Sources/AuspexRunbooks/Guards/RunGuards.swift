package import AuspexSignals

/// The limits within which runs may start and go on to change something (the safety defaults 2 to 7, 9 to 11 and 19 to
/// 22). Each guard is a file of its own in `Checks`; one that cannot tell says no.
package struct RunGuards: Hashable, Sendable {
    /// Most runs at work at once.
    package var mostAtOnce = 3
    /// Most runs started in any hour.
    package var mostPerHour = 10
    /// How long a target is left alone after a run on it was made, unless a person asks.
    package var coolDown = TimeSpan.minutes(30)
    /// So many failed runs of a runbook within ``breakerWindow`` open its breaker.
    package var breakerFailures = 2
    /// Within which time failures count towards the breaker.
    package var breakerWindow = TimeSpan.hours(24)
    /// A target that was remedied so often for the same rule within ``recurrenceWindow`` is a case for people.
    package var mostRemedies = 3
    /// Within which time remedies count as the same trouble coming back.
    package var recurrenceWindow = TimeSpan.hours(7 * 24)
    /// An alert that fires more often than this within ``flapWindow`` flaps: acting on it would only follow the noise.
    package var mostFirings = 3
    /// Within which time firings count as flapping.
    package var flapWindow = TimeSpan.hours(1)
    /// An event that is older than this is no reason to act any more.
    package var staleAfter = TimeSpan.minutes(15)
    /// What no rule may have touched.
    package var protected = ProtectedTargets()

    /// The limits' defaults.
    package init() {}

    /// The guards in the order in which they are asked. The first that objects for good decides.
    private static let all: [any RunGuard] = [
        PauseGuard(), EmptyTargetGuard(), ProtectedGuard(), StaleGuard(), TargetGuard(), AtOnceGuard(),
        RuleAtOnceGuard(), RunbookAtOnceGuard(), CoolDownGuard(), HourGuard(), RuleHourGuard(), RunbookHourGuard(),
        RecurrenceGuard(), FlapGuard(), DependencyGuard(), FleetGuard(), BreakerGuard(), StormGuard(), WindowGuard(),
    ]

    /// What the guards say of a run.
    package enum Answer: Hashable, Sendable {
        /// Nothing is in the way.
        case go
        /// It may not act by itself; with a person's approval it may.
        case propose(Block)
        /// It may not act.
        case block(Block)
    }

    /// Asks all guards.
    package func answer(_ question: GuardQuestion) -> Answer {
        guard question.mode != .shadow else { return .go }
        guard question.facts != nil else {
            return .block(.cannotTell(guard: "limits", why: "the journal does not answer"))
        }
        var curable: Block?
        for check in Self.all where check.stages.contains(question.stage) {
            do throws(GuardProblem) {
                guard let objection = try check.objection(to: question, within: self) else { continue }
                guard objection.isCuredByApproval else { return .block(objection.block) }
                // A person's word is what such a guard asks for, so whoever has it passes.
                if question.mode == .auto, !question.isApproved { curable = curable ?? objection.block }
            } catch {
                return .block(.cannotTell(guard: check.name, why: error.why))
            }
        }
        guard let curable else { return .go }
        return question.stage == .admission ? .propose(curable) : .block(curable)
    }

    /// How far back the runs in ``Facts/recent`` must have been made for a run of `plan`.
    package func horizon(_ plan: Plan, own: OwnLimits? = nil) -> TimeSpan {
        max(coolDown, own?.coolDown ?? .zero, plan.coolDown, Self.hour)
    }

    /// The span over which runs an hour are counted.
    static let hour = TimeSpan.hours(1)
}
