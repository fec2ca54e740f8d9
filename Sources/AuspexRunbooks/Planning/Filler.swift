import AuspexSignals
import Foundation

/// Replaces parameters by their values, which have been checked.
struct Filler {
    /// The values of the parameters.
    var values: [String: JSONValue]
    /// The parameters of the runbook that is filled in.
    let parameters: [Parameter]
    /// The names whose values are not shown: those of sensitive parameters and, in a lane for an element of one, the
    /// element's.
    var sensitive: Set<String>
    /// The runbooks whose steps may be among its own.
    let runbooks: [String: Runbook]
    /// The runbooks on the way to this one, itself last.
    let chain: [String]
    /// Whether what is filled in is in a lane.
    var isInLane = false
    /// What no two runs may work on, that of runbooks inside this one included.
    var locks: [String] = []
    /// Who must approve, by this runbook and those inside it.
    var approvals: Plan.ApprovalRule?
    /// The names of the secrets that it uses, those of runbooks inside this one included.
    var secrets: [String] = []
    var problems: [ParameterError] = []

    init(values: [String: JSONValue], parameters: [Parameter], runbooks: [String: Runbook], chain: [String]) {
        self.values = values
        self.parameters = parameters
        sensitive = Set(parameters.filter(\.isSensitive).map(\.name))
        self.runbooks = runbooks
        self.chain = chain
    }

    /// The text of the parameter `name`. A parameter without value and default is reported where it is used.
    private mutating func value(_ name: String) -> String {
        guard let value = values[name] else {
            if !problems.contains(.missing(name)) { problems.append(.missing(name)) }
            return ""
        }
        return Parameter.text(value)
    }

    mutating func text(_ template: Template) -> String { template.filled { value($0) } }

    private mutating func texts(_ templates: [String: Template]) -> [String: String] {
        var texts: [String: String] = [:]
        for (name, template) in templates.sorted(by: { $0.key < $1.key }) { texts[name] = text(template) }
        return texts
    }

    /// The template with its secrets as names; nil when it has none.
    private mutating func secretText(_ template: Template) -> SecretText? {
        template.secrets.isEmpty ? nil : template.secretText { value($0) }
    }

    /// Those of the templates that have secrets in them; nil when none has.
    private mutating func secretTexts(_ templates: [String: Template]) -> [String: SecretText]? {
        var texts: [String: SecretText] = [:]
        for (name, template) in templates.sorted(by: { $0.key < $1.key }) { texts[name] = secretText(template) }
        return texts.isEmpty ? nil : texts
    }

    private mutating func authentication(_ template: AuthenticationTemplate) -> Authentication {
        switch template {
        case .bearer(let secret): .bearer(secret: secret)
        case .basic(let user, let secret): .basic(user: text(user), secret: secret)
        }
    }

    mutating func steps(_ steps: [Runbook.Step]) -> [Plan.Step] { steps.map { step($0) } }

    private mutating func step(_ step: Runbook.Step) -> Plan.Step {
        let action: Plan.Action
        switch step.action {
        case .operation(let template): action = .operation(operation(template, in: step.id))
        case .wait(let template, let waiter, let deadline):
            action = .wait(
                Plan.Wait(operation: operation(template, in: step.id), waiter: waiter, deadline: deadline))
        case .verify(let template): action = .verify(verification(template))
        case .branch(let arms, let otherwise):
            let arms = arms.map { Plan.Branch.Arm(condition: $0.condition, steps: steps($0.steps)) }
            action = .branch(Plan.Branch(arms: arms, otherwise: steps(otherwise)))
        case .group(let inner): action = .group(Plan.Group(steps: steps(inner)))
        case .parallel(let template): action = .parallel(parallel(template, in: step.id))
        case .pause(let pause): action = .pause(pause)
        case .approval(let rule, let message):
            if isInLane { problems.append(.badCall("an approval cannot be waited for in a lane", step: step.id)) }
            action = .approval(rule, message: text(message))
        case .runbook(let call): action = .group(group(call, in: step.id))
        }
        let probe = step.probe.map {
            Plan.Probe(operation: operation($0.operation, in: step.id), saysDone: $0.saysDone, timeout: $0.timeout)
        }
        return Plan.Step(
            id: step.id, action: action, effect: step.effect, timeout: step.timeout, probe: probe,
            continuesOnError: step.continuesOnError, when: step.when, expect: step.expect, out: step.out,
            retry: step.retry, undo: steps(step.undo), isDestructive: step.isDestructive)
    }

    /// The limits of the runbook; nil where it has none, so that plans without any stay as they were.
    mutating func limits(_ template: RunbookLimits.Template) -> RunbookLimits? {
        var limits = template.limits
        if let fleet = template.fleet {
            limits.fleet = fleet.limit
            limits.fleet?.service = fleet.service.map { text($0) }
            limits.fleet?.selector = texts(fleet.selector)
        }
        return limits == RunbookLimits() ? nil : limits
    }

    mutating func verification(_ template: VerificationTemplate) -> Verification {
        Verification(
            readings: template.readings.mapValues {
                Verification.Selector(metric: $0.name, labels: texts($0.labels))
            },
            condition: template.condition,
            clearAlerts: template.clearAlerts.map {
                Verification.AlertSelector(rule: text($0.rule), labels: texts(given($0.labels)))
            },
            soak: template.soak, within: template.within, interval: template.interval, maxAge: template.maxAge,
            calmService: template.calmService.map { text($0) })
    }

    /// The labels without those that are a parameter that nobody gave and nobody must give: then more alerts must be
    /// clear, and never fewer.
    private func given(_ labels: [String: Template]) -> [String: Template] {
        labels.filter { _, label in
            guard let name = label.wholeParameter, values[name] == nil else { return true }
            return parameters.first { $0.name == name }?.isRequired ?? true
        }
    }

    private mutating func operation(_ template: OperationTemplate, in step: String) -> Operation {
        switch template {
        case .notify(let channel, let message): .notify(Notification(channel: channel, message: text(message)))
        case .run(let command): .run(self.command(command, in: step))
        case .http(let request): .http(self.request(request, in: step))
        case .health(let check): .health(healthCheck(check, in: step))
        case .collect(let collection): .collect(self.collection(collection, in: step))
        }
    }

    mutating func command(_ template: CommandTemplate, in step: String) -> Command {
        Command(
            argv: [template.executable] + template.arguments.map { argument($0, in: step) },
            directory: template.directory,
            environment: texts(template.environment.filter(\.value.secrets.isEmpty)),
            input: template.input.flatMap { $0.secrets.isEmpty ? text($0) : nil },
            expectedExits: template.expectedExits, secretEnvironment: secretTexts(template.environment),
            secretInput: template.input.flatMap { secretText($0) }, confinement: template.confinement)
    }

    mutating func request(_ template: RequestTemplate, in step: String) -> Request {
        Request(
            method: template.method, url: text(template.origin) + path(template.path, in: step),
            headers: texts(template.headers.filter(\.value.secrets.isEmpty)),
            body: template.body.map { body($0) }, expectedStatuses: template.expectedStatuses,
            secretHeaders: secretTexts(template.headers),
            authentication: template.authentication.map { authentication($0) })
    }

    /// An argument, which no value may turn into an option.
    private mutating func argument(_ template: Template, in step: String) -> String {
        let text = text(template)
        if case .parameter(let name)? = template.segments.first, text.hasPrefix("-") {
            problems.append(.leadingHyphen(name, step: step))
        }
        return text
    }

    /// A URL's path, in which every value is one piece of text and nothing else.
    private mutating func path(_ template: Template, in step: String) -> String {
        let path = template.filled { name in
            value(name).addingPercentEncoding(withAllowedCharacters: Planner.plainInPaths) ?? ""
        }
        let segments = path.prefix { $0 != "?" && $0 != "#" }.split(separator: "/")
        if let name = template.parameters.first, segments.contains(where: { $0 == "." || $0 == ".." }) {
            problems.append(.dotSegment(name, step: step))
        }
        return path
    }

    /// A JSON body. A text that is one parameter becomes that parameter's value with its kind.
    mutating func body(_ value: JSONValue) -> JSONValue {
        switch value {
        case .string(let text):
            guard let template = try? Template(text) else { return value }
            if let name = template.wholeParameter, let filled = values[name] { return filled }
            return .string(self.text(template))
        case .array(let elements): return .array(elements.map { body($0) })
        case .object(let members): return .object(members.mapValues { body($0) })
        default: return value
        }
    }
}
