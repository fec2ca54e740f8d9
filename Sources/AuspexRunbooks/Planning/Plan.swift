package import AuspexSignals
import Crypto
import Foundation

/// A runbook with its parameters filled in: exactly what a run will do. It is pinned when the run is stored, so that a
/// reload of the file never changes a run, and its hash is what an approval is given for.
package struct Plan: Hashable, Sendable, Codable {
    /// One step.
    package struct Step: Hashable, Sendable, Codable {
        /// Its name, unique within the runbook.
        package var id: String
        /// What it does.
        package var action: Action
        /// What repeating it does to the world.
        package var effect: Effect
        /// The longest that one operation of it may take.
        package var timeout: TimeSpan
        /// The question "did it happen?" for a step with the effect `once`.
        package var probe: Probe?
        /// Whether the run goes on when it fails.
        package var continuesOnError: Bool
        /// A CEL condition over `params` and `steps`: where it does not hold, the step is skipped.
        package var when: String?
        /// A CEL condition over the result that must hold for the step to be done.
        package var expect: String?
        /// The JMESPath expression that takes a value for later conditions out of the result.
        package var out: String?
        /// Whether, and how, it is tried again by itself when it fails.
        package var retry: Retry?
        /// What takes it back when the run does not end well.
        package var undo: [Step]
        /// Whether what it does cannot be taken back.
        package var isDestructive: Bool

        /// Creates a step.
        package init(
            id: String, action: Action, effect: Effect, timeout: TimeSpan = Plan.defaultTimeout, probe: Probe? = nil,
            continuesOnError: Bool = false, when: String? = nil, expect: String? = nil, out: String? = nil,
            retry: Retry? = nil, undo: [Step] = [], isDestructive: Bool = false
        ) {
            self.id = id
            self.action = action
            self.effect = effect
            self.timeout = timeout
            self.probe = probe
            self.continuesOnError = continuesOnError
            self.when = when
            self.expect = expect
            self.out = out
            self.retry = retry
            self.undo = undo
            self.isDestructive = isDestructive
        }

        /// Whether it only tells people something, which is allowed even while all runs are paused.
        var isNotice: Bool { if case .operation(.notify) = action { true } else { false } }
    }

    /// What a step does.
    package enum Action: Hashable, Sendable {
        /// One act.
        case operation(Operation)
        /// Repeats a reading act until an acceptor decides.
        case wait(Wait)
        /// Asks the detectors.
        case verify(Verification)
        /// Does the steps of the first arm whose condition holds.
        case branch(Branch)
        /// Does steps one after the other.
        case group(Group)
        /// Does several lists of steps at the same time.
        case parallel(Parallel)
        /// Lets time pass.
        case pause(Pause)
        /// Waits until people approve of going on.
        case approval(ApprovalRule, message: String)
    }

    /// A reading act with the waiter that judges it.
    package struct Wait: Hashable, Sendable, Codable {
        /// What to poll.
        package var operation: Operation
        /// How to judge it, how often to try.
        package var waiter: Waiter
        /// The longest the whole wait may take; nil for no bound but the attempts.
        package var deadline: TimeSpan?

        /// Creates a wait.
        package init(operation: Operation, waiter: Waiter, deadline: TimeSpan? = nil) {
            self.operation = operation
            self.waiter = waiter
            self.deadline = deadline
        }
    }

    /// A reading act whose result tells whether another act happened.
    package struct Probe: Hashable, Sendable, Codable {
        /// The act.
        package var operation: Operation
        /// A CEL condition over `exit`, `status`, `stdout`, `json` and `intent`: true when the step happened.
        package var saysDone: String
        /// The longest it may take.
        package var timeout: TimeSpan

        /// Creates a probe.
        package init(operation: Operation, saysDone: String, timeout: TimeSpan = Plan.defaultTimeout) {
            self.operation = operation
            self.saysDone = saysDone
            self.timeout = timeout
        }
    }

    /// The longest one operation may take where the runbook says nothing.
    package static let defaultTimeout = TimeSpan.seconds(60)
    /// The longest a run may take where the runbook says nothing (rule 13 of the safety defaults).
    package static let defaultDeadline = TimeSpan.minutes(30)

    /// The runbook's id.
    package var runbook: String
    /// Its version.
    package var version: Int64
    /// What it is for.
    package var title: String
    /// Who answers for it.
    package var owner: String
    /// The values of all parameters, defaults included.
    package var parameters: [String: JSONValue]
    /// The parameters whose values are masked where they would be shown.
    package var sensitive: [String]
    /// The names of the secrets that it uses, whose values it never holds; nil for none.
    package var secretNames: [String]?
    /// What no two runs may work on at the same time.
    package var locks: [String]
    /// The longest the steps and the verification may take together.
    package var deadline: TimeSpan
    /// What is done, in order.
    package var steps: [Step]
    /// What must hold afterwards.
    package var verification: Verification
    /// What is done when a step or the verification fails.
    package var onFailure: [Step]
    /// What is done at the end, however it ends.
    package var always: [Step]
    /// What must hold before anything is done.
    package var preconditions: [Step]
    /// What is done when somebody stops the run.
    package var onCancel: [Step]
    /// Who must approve it, whatever started it; nil when its mode decides.
    package var approvals: ApprovalRule?
    /// How often such runs may be made, and what of a fleet has to be left; nil for what holds for all.
    package var limits: RunbookLimits?
    /// Whether it takes back the change that the alert's incident comes from; nil for no.
    package var rollsBack: Bool?

    /// Creates a plan.
    package init(
        runbook: String, version: Int64, title: String, owner: String, parameters: [String: JSONValue],
        sensitive: [String], secretNames: [String]? = nil, locks: [String], deadline: TimeSpan, steps: [Step],
        verification: Verification, onFailure: [Step], always: [Step], preconditions: [Step] = [],
        onCancel: [Step] = [], approvals: ApprovalRule? = nil
    ) {
        self.runbook = runbook
        self.version = version
        self.title = title
        self.owner = owner
        self.parameters = parameters
        self.sensitive = sensitive
        self.secretNames = secretNames
        self.locks = locks
        self.deadline = deadline
        self.steps = steps
        self.verification = verification
        self.onFailure = onFailure
        self.always = always
        self.preconditions = preconditions
        self.onCancel = onCancel
        self.approvals = approvals
    }

    /// The plan as canonical JSON.
    package var canonicalText: String {
        // A plan holds only texts, numbers and lists, so neither encoding nor parsing can fail; should they ever, the
        // text matches no stored hash and the run is refused.
        guard let data = try? JSONEncoder().encode(self), let value = try? JSONValue(parsing: data) else { return "" }
        return value.canonicalText
    }

    /// SHA-256 over ``canonicalText``, in hexadecimal.
    package var hash: String { hexDigest(of: canonicalText) }

    /// The values of parameters that must not be shown, those of runbooks inside this one included. Those of secrets are
    /// not in the plan.
    package var secrets: [String] {
        let own = sensitive.compactMap { parameters[$0] }.flatMap(Self.texts)
        return own + allSteps.flatMap(\.secrets)
    }

    /// The steps of all sections, without those inside of them.
    package var allSteps: [Step] { preconditions + steps + onFailure + onCancel + always }

    /// The texts of a value: the elements of a list, else the value.
    static func texts(_ value: JSONValue) -> [String] {
        if case .array(let elements) = value { elements.map(Parameter.text) } else { [Parameter.text(value)] }
    }
}

/// SHA-256 over the UTF-8 of `text`, as 64 hexadecimal digits.
func hexDigest(of text: String) -> String {
    SHA256.hash(data: Data(text.utf8)).map { byte in
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }.joined()
}
