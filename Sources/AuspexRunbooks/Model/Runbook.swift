package import AuspexSignals

/// A recipe as it stands in its file, every part of it checked, its parameters not yet filled in.
package struct Runbook: Sendable {
    /// One step.
    package struct Step: Sendable {
        /// Its name, unique within the runbook.
        package var id: String
        /// Where it stands.
        package var location: SourceLocation
        /// What it does.
        package var action: Action
        /// What repeating it does to the world.
        package var effect: Effect
        /// The longest that one operation of it may take.
        package var timeout: TimeSpan
        /// The question "did it happen?" for a step with the effect `once`.
        package var probe: Probe?
        /// Whether the run goes on when it fails.
        package var continuesOnError = false
        /// The CEL condition under which it is done; nil for always.
        package var when: String?
        /// The CEL condition that its result must meet.
        package var expect: String?
        /// The JMESPath expression that takes a value for later conditions out of its result.
        package var out: String?
        /// Whether, and how, it is tried again by itself when it fails.
        package var retry: Plan.Retry?
        /// What takes it back when the run does not end well.
        package var undo: [Step] = []
        /// Whether what it does cannot be taken back.
        package var isDestructive = false
    }

    /// What a step does.
    package enum Action: Sendable {
        /// One act.
        case operation(OperationTemplate)
        /// Repeats a reading act until an acceptor decides.
        case wait(OperationTemplate, Waiter, deadline: TimeSpan?)
        /// Asks the detectors.
        case verify(VerificationTemplate)
        /// Does the steps of the first arm whose condition holds.
        case branch([Arm], otherwise: [Step])
        /// Does steps one after the other.
        case group([Step])
        /// Does several lists of steps at the same time.
        case parallel(ParallelTemplate)
        /// Lets time pass.
        case pause(Plan.Pause)
        /// Waits until people approve of going on.
        case approval(Plan.ApprovalRule, message: Template)
        /// Does the steps of another runbook.
        case runbook(Call)
    }

    /// A reading act whose result tells whether another act happened.
    package struct Probe: Sendable {
        /// The act.
        package var operation: OperationTemplate
        /// The CEL condition that is true when the step happened.
        package var saysDone: String
        /// The longest it may take.
        package var timeout: TimeSpan
    }

    /// Its name.
    package var id: String
    /// Its version.
    package var version: Int64
    /// What it is for.
    package var title: String
    /// Who answers for it.
    package var owner: String
    /// Where it stands.
    package var location: SourceLocation
    /// What must or may be given, in the order of the file.
    package var parameters: [Parameter]
    /// The names of the secrets that it uses; the engine's configuration says where their values are.
    package var secrets: [String]
    /// What no two runs may work on at the same time.
    package var locks: [Template]
    /// The longest the steps and the verification may take together.
    package var deadline: TimeSpan
    /// What is done, in order.
    package var steps: [Step]
    /// What must hold afterwards.
    package var verification: VerificationTemplate
    /// What is done when a step or the verification fails.
    package var onFailure: [Step]
    /// What is done at the end, however it ends.
    package var always: [Step]
    /// Its tests.
    package var tests: [RunbookTest]
    /// What must hold before anything is done.
    package var preconditions: [Step] = []
    /// What is done when somebody stops the run.
    package var onCancel: [Step] = []
    /// Who must approve its runs, whatever started them; nil when their mode decides.
    package var approvals: Plan.ApprovalRule?
    /// How often it may run, and what of a fleet has to be left.
    package var limits = RunbookLimits.Template()
    /// Whether it takes back the change that the alert's incident comes from.
    package var rollsBack = false

    /// The steps of all sections, and all steps inside of them.
    package var allSteps: [Step] {
        (preconditions + steps + onFailure + onCancel + always).flatMap(\.flattened)
    }

    /// The runbooks whose steps are among its own.
    package var calls: [Call] {
        allSteps.compactMap { if case .runbook(let call) = $0.action { call } else { nil } }
    }

    /// The channels that it sends messages to, for a check against the engine's configuration.
    package var channels: Set<String> {
        Set(
            allSteps.compactMap { step in
                if case .operation(.notify(let channel, _)) = step.action { channel } else { nil }
            })
    }

    /// The rules whose alerts it waits to be clear, for a check against the rules that are loaded. Those that a parameter
    /// names are not known before a run.
    package var rules: Set<String> {
        let inSteps = allSteps.compactMap { step in
            if case .verify(let verification) = step.action { verification } else { nil }
        }
        return Set((inSteps + [verification]).flatMap { $0.clearAlerts.compactMap(\.rule.literal) })
    }
}

/// An act with parameters in it.
package enum OperationTemplate: Sendable {
    /// Start a program.
    case run(CommandTemplate)
    /// Send an HTTP request.
    case http(RequestTemplate)
    /// Tell people.
    case notify(channel: String, message: Template)
    /// Ask whether something is well.
    case health(HealthCheckTemplate)
    /// Put outputs and files aside.
    case collect(EvidenceTemplate)
}

/// A program and its arguments, with parameters in the arguments.
package struct CommandTemplate: Sendable {
    /// The program: an absolute path, or a name that the engine's configuration maps to one.
    package var executable: String
    /// Its arguments.
    package var arguments: [Template]
    /// The directory to start in.
    package var directory: String?
    /// The environment besides the few names that every command gets.
    package var environment: [String: Template]
    /// What to write to its standard input.
    package var input: Template?
    /// The exit codes that count as success.
    package var expectedExits: [Int32]
    /// Who it runs as and within which bounds; nil for what is usual.
    package var confinement: Confinement?
}

/// An HTTP request with parameters in it.
package struct RequestTemplate: Sendable {
    /// The method, in capitals.
    package var method: String
    /// The URL up to its path.
    package var origin: Template
    /// The URL's path and query; values are percent-encoded.
    package var path: Template
    /// The header fields.
    package var headers: [String: Template]
    /// The JSON body; its texts are templates.
    package var body: JSONValue?
    /// The statuses that count as success; empty for 200 to 299.
    package var expectedStatuses: [Int]
    /// How it proves who sends it; nil for no proof.
    package var authentication: AuthenticationTemplate?
}

/// A proof of who sends a request, with parameters in the user's name.
package enum AuthenticationTemplate: Sendable {
    /// A bearer token, which is the secret of this name.
    case bearer(secret: String)
    /// A user with a password, which is the secret of this name.
    case basic(user: Template, secret: String)
}

/// A verification with parameters in its labels.
package struct VerificationTemplate: Sendable {
    /// A selector with parameters in its labels.
    package struct Selector: Sendable {
        /// The metric's name, or the rule's id.
        package var name: String
        /// Labels with the values that they must have.
        package var labels: [String: Template]
    }

    /// An alert selector.
    package struct AlertSelector: Sendable {
        /// The rule's id.
        package var rule: Template
        /// Labels with the values that they must have.
        package var labels: [String: Template]
    }

    /// What the names of the condition stand for.
    package var readings: [String: Selector]
    /// A CEL condition.
    package var condition: String?
    /// Alerts that must be clear.
    package var clearAlerts: [AlertSelector]
    /// How long all of it must hold without a break.
    package var soak: TimeSpan
    /// The time after which it counts as failed.
    package var within: TimeSpan
    /// The time between two looks.
    package var interval: TimeSpan
    /// The age over which a reading counts as missing.
    package var maxAge: TimeSpan
    /// The service of which no new alert may fire; nil for none.
    package var calmService: Template?
}
