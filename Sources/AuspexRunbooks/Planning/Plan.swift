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

        /// Creates a step.
        package init(
            id: String, action: Action, effect: Effect, timeout: TimeSpan = Plan.defaultTimeout, probe: Probe? = nil,
            continuesOnError: Bool = false
        ) {
            self.id = id
            self.action = action
            self.effect = effect
            self.timeout = timeout
            self.probe = probe
            self.continuesOnError = continuesOnError
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
    /// How often such runs may be made, and what of a fleet has to be left; nil for what holds for all.
    package var limits: RunbookLimits?
    /// Whether it takes back the change that the alert's incident comes from; nil for no.
    package var rollsBack: Bool?

    /// Creates a plan.
    package init(
        runbook: String, version: Int64, title: String, owner: String, parameters: [String: JSONValue],
        sensitive: [String], locks: [String], deadline: TimeSpan, steps: [Step], verification: Verification,
        onFailure: [Step], always: [Step]
    ) {
        self.runbook = runbook
        self.version = version
        self.title = title
        self.owner = owner
        self.parameters = parameters
        self.sensitive = sensitive
        self.locks = locks
        self.deadline = deadline
        self.steps = steps
        self.verification = verification
        self.onFailure = onFailure
        self.always = always
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

    /// The values that must not be shown.
    package var secrets: [String] {
        sensitive.compactMap { parameters[$0] }.map(Parameter.text)
    }
}

/// SHA-256 over the UTF-8 of `text`, as 64 hexadecimal digits.
func hexDigest(of text: String) -> String {
    SHA256.hash(data: Data(text.utf8)).map { byte in
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }.joined()
}

extension Plan.Action: Codable {
    private enum Kind: String, CodingKey { case operation, wait, verify }

    /// Reads an object with the one member `operation`, `wait` or `verify`.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Kind.self)
        if container.contains(.operation) {
            self = .operation(try container.decode(Operation.self, forKey: .operation))
        } else if container.contains(.wait) {
            self = .wait(try container.decode(Plan.Wait.self, forKey: .wait))
        } else {
            self = .verify(try container.decode(Verification.self, forKey: .verify))
        }
    }

    /// Writes an object with the one member `operation`, `wait` or `verify`.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Kind.self)
        switch self {
        case .operation(let operation): try container.encode(operation, forKey: .operation)
        case .wait(let wait): try container.encode(wait, forKey: .wait)
        case .verify(let verification): try container.encode(verification, forKey: .verify)
        }
    }
}
