package import AuspexSignals

/// What there is to know of a runbook before it is planned: what must be given, what each step does and may change, what
/// it locks, and what it needs. Made for people and for programs; parameters stand in all texts by their names.
package struct RunbookInspection: Hashable, Sendable, Codable {
    /// A parameter.
    package struct Parameter: Hashable, Sendable, Codable {
        /// Its name.
        package var name: String
        /// What kind of value: `string`, `int`, `bool`, `path`, `host`.
        package var kind: String
        /// Whether a run without it is refused.
        package var isRequired: Bool
        /// The value where none is given; never that of a sensitive parameter.
        package var defaultValue: JSONValue?
        /// The RE2 pattern that the whole value must match.
        package var pattern: String?
        /// The only values allowed.
        package var choices: [String]?
        /// Longest value in characters.
        package var maxLength: Int
        /// Whether its value is masked wherever it would be shown.
        package var isSensitive: Bool
    }

    /// A section of the runbook.
    package struct Section: Hashable, Sendable, Codable {
        /// Its key in the file: `steps`, `on_failure`, `always`; of a list inside a step, when it is done.
        package var name: String
        /// Its steps in order.
        package var steps: [Step]
    }

    /// A step.
    package struct Step: Hashable, Sendable, Codable {
        /// Its name.
        package var id: String
        /// Where it stands in its file.
        package var place: String
        /// What it does, in a line.
        package var act: String
        /// What repeating it does to the world.
        package var effect: Effect
        /// Whether it may change anything but what people read.
        package var mayChange: Bool
        /// The longest that one operation of it may take.
        package var timeout: String
        /// Whether the run goes on when it fails.
        package var continuesOnError: Bool
        /// What is asked when nobody knows whether it happened, and what says that it did; nil for nothing.
        package var probe: String?
        /// What a wait's acceptors look for, in order.
        package var acceptors: [String]
        /// When it is done at all; nil for always.
        package var when: String?
        /// The lists of steps inside it, and those that take it back.
        package var parts: [Section]
    }

    /// Its id.
    package var id: String
    /// Its version.
    package var version: Int64
    /// What it is for.
    package var title: String
    /// Who answers for it.
    package var owner: String
    /// Where it stands.
    package var place: String
    /// What must or may be given.
    package var parameters: [Parameter]
    /// What no two runs may work on at the same time.
    package var locks: [String]
    /// The longest the steps and the verification may take together.
    package var deadline: String
    /// Who must approve its runs, whatever started them; nil when their mode decides.
    package var approvals: String?
    /// Its sections that are not empty.
    package var sections: [Section]
    /// What must hold afterwards.
    package var verification: String
    /// What it cannot do without, sorted, by ``RunbookNeed/Kind``.
    package var needs: [String: [String]]
    /// How many tests stand in its file.
    package var tests: Int

    /// Takes `runbook` apart.
    package init(_ runbook: Runbook) {
        id = runbook.id
        version = runbook.version
        title = runbook.title
        owner = runbook.owner
        place = runbook.location.description
        parameters = runbook.parameters.map(Parameter.init)
        locks = runbook.locks.map(\.text)
        deadline = runbook.deadline.description
        approvals = runbook.approvals?.summary
        sections = [
            Section("preconditions", runbook.preconditions), Section("steps", runbook.steps),
            Section("on_failure", runbook.onFailure), Section("on_cancel", runbook.onCancel),
            Section("always", runbook.always),
        ].filter { !$0.steps.isEmpty }
        verification = runbook.verification.unfilled.summary
        needs = Dictionary(grouping: runbook.needs, by: \.kind.rawValue).mapValues { Set($0.map(\.name)).sorted() }
        tests = runbook.tests.count
    }
}

extension RunbookInspection.Parameter {
    fileprivate init(_ parameter: Parameter) {
        name = parameter.name
        kind = parameter.kind.rawValue
        isRequired = parameter.isRequired
        defaultValue = parameter.isSensitive ? nil : parameter.defaultValue
        pattern = parameter.pattern
        choices = parameter.choices
        maxLength = parameter.maxLength
        isSensitive = parameter.isSensitive
    }
}

extension RunbookInspection.Step {
    fileprivate init(_ step: Runbook.Step) {
        id = step.id
        place = step.location.description
        effect = step.effect
        timeout = step.timeout.description
        continuesOnError = step.continuesOnError
        probe = step.probe.map { "\($0.operation.summary); done when \($0.saysDone)" }
        acceptors = []
        when = step.when
        parts = step.parts
        mayChange = step.effect != .read
        switch step.action {
        case .operation(let operation):
            act = operation.summary
            if case .notify = operation { mayChange = false }
        case .wait(let operation, let waiter, let deadline):
            let bound = deadline.map { ", at most \($0)" } ?? ""
            act = "wait: \(operation.summary), every \(waiter.delay), at most \(waiter.maxAttempts) times\(bound)"
            acceptors = waiter.acceptors.map(\.description)
        case .verify(let verification): act = "verify: \(verification.unfilled.summary)"
        case .branch: act = "the first of these that applies"
        case .group: act = "one after the other"
        case .parallel(let parallel):
            let pace = parallel.isCanary ? ", one alone first" : ""
            act = "at the same time, at most \(parallel.maxConcurrency)\(pace)"
        case .pause(let pause): act = pause.summary
        case .approval(let rule, let message): act = "wait for \(rule.summary): \(message.text)"
        case .runbook(let call): act = "do runbook \(call.id)"
        }
    }
}

extension RunbookInspection.Section {
    fileprivate init(_ name: String, _ steps: [Runbook.Step]) {
        self.init(name: name, steps: steps.map(RunbookInspection.Step.init))
    }
}

extension Runbook.Step {
    fileprivate var parts: [RunbookInspection.Section] {
        let lists: [RunbookInspection.Section] =
            switch action {
            case .operation, .wait, .verify, .pause, .approval, .runbook: []
            case .branch(let arms, let otherwise):
                arms.map { .init("if \($0.condition)", $0.steps) } + [.init("else", otherwise)]
            case .group(let steps): [.init("steps", steps)]
            case .parallel(let parallel):
                switch parallel.source {
                case .branches(let lists): lists.enumerated().map { .init("lane \($0.offset + 1)", $0.element) }
                case .each(let parameter, let name, allowsNone: _, let steps):
                    [.init("for each \(name) of \(parameter)", steps)]
                }
            }
        return (lists + [.init("undo", undo)]).filter { !$0.steps.isEmpty }
    }
}
