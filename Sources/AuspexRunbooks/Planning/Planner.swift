package import AuspexSignals
import Foundation

/// Fills a runbook's parameters in.
package enum Planner {
    /// What stands in a URL's path as it is: the unreserved characters of RFC 3986, section 2.3.
    static let plainInPaths = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    /// The plan of `runbook` for these parameters.
    ///
    /// - Throws: ``PlanError`` with every value that is missing, unknown or not allowed.
    package static func plan(
        _ runbook: Runbook, parameters given: [String: JSONValue]
    ) throws(PlanError) -> Plan {
        var problems: [ParameterError] = []
        let values = checked(given, runbook.parameters, &problems)
        guard problems.isEmpty else { throw PlanError(runbook: runbook.id, problems: problems) }
        var filler = Filler(values: values)
        var plan = Plan(
            runbook: runbook.id, version: runbook.version, title: runbook.title, owner: runbook.owner,
            parameters: values, sensitive: runbook.parameters.filter(\.isSensitive).map(\.name),
            locks: runbook.locks.map { filler.text($0) }, deadline: runbook.deadline,
            steps: runbook.steps.map { filler.step($0) }, verification: filler.verification(runbook.verification),
            onFailure: runbook.onFailure.map { filler.step($0) }, always: runbook.always.map { filler.step($0) })
        plan.limits = filler.limits(runbook.limits)
        plan.rollsBack = runbook.rollsBack ? true : nil
        guard filler.problems.isEmpty else { throw PlanError(runbook: runbook.id, problems: filler.problems) }
        return plan
    }

    private static func checked(
        _ given: [String: JSONValue], _ parameters: [Parameter], _ problems: inout [ParameterError]
    ) -> [String: JSONValue] {
        var values: [String: JSONValue] = [:]
        let known = parameters.map(\.name)
        for name in given.keys.sorted() where !known.contains(name) {
            problems.append(.unknown(name, known: known))
        }
        for parameter in parameters {
            guard let value = given[parameter.name] ?? parameter.defaultValue else {
                if parameter.isRequired { problems.append(.missing(parameter.name)) }
                continue
            }
            do throws(ParameterError) {
                values[parameter.name] = try parameter.value(value)
            } catch {
                problems.append(error)
            }
        }
        return values
    }
}

/// Replaces parameters by their values, which have been checked.
private struct Filler {
    let values: [String: JSONValue]
    var problems: [ParameterError] = []

    init(values: [String: JSONValue]) {
        self.values = values
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

    mutating func step(_ step: Runbook.Step) -> Plan.Step {
        let action: Plan.Action
        switch step.action {
        case .operation(let template): action = .operation(operation(template, in: step.id))
        case .wait(let template, let waiter, let deadline):
            action = .wait(
                Plan.Wait(operation: operation(template, in: step.id), waiter: waiter, deadline: deadline))
        case .verify(let template): action = .verify(verification(template))
        }
        let probe = step.probe.map {
            Plan.Probe(operation: operation($0.operation, in: step.id), saysDone: $0.saysDone, timeout: $0.timeout)
        }
        return Plan.Step(
            id: step.id, action: action, effect: step.effect, timeout: step.timeout, probe: probe,
            continuesOnError: step.continuesOnError)
    }

    mutating func verification(_ template: VerificationTemplate) -> Verification {
        Verification(
            readings: template.readings.mapValues {
                Verification.Selector(metric: $0.name, labels: texts($0.labels))
            },
            condition: template.condition,
            clearAlerts: template.clearAlerts.map {
                Verification.AlertSelector(rule: $0.rule, labels: texts($0.labels))
            },
            soak: template.soak, within: template.within, interval: template.interval, maxAge: template.maxAge)
    }

    private mutating func operation(_ template: OperationTemplate, in step: String) -> Operation {
        switch template {
        case .notify(let channel, let message): .notify(Notification(channel: channel, message: text(message)))
        case .run(let command):
            .run(
                Command(
                    argv: [command.executable] + command.arguments.map { argument($0, in: step) },
                    directory: command.directory, environment: texts(command.environment),
                    input: command.input.map { text($0) }, expectedExits: command.expectedExits))
        case .http(let request):
            .http(
                Request(
                    method: request.method, url: text(request.origin) + path(request.path, in: step),
                    headers: texts(request.headers), body: request.body.map { body($0) },
                    expectedStatuses: request.expectedStatuses))
        }
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
    private mutating func body(_ value: JSONValue) -> JSONValue {
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
