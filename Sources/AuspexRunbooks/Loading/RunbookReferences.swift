import AuspexDocuments
import AuspexSignals

/// Checks that the runbooks which others call exist, get the parameters they need, and do not call each other in
/// circles.
struct RunbookReferences {
    /// Most calls inside one another.
    static let mostDepth = 3

    private let runbooks: [String: Runbook]

    init(_ runbooks: [Runbook]) {
        self.runbooks = Dictionary(runbooks.map { ($0.id, $0) }) { first, _ in first }
    }

    /// Reports every call that cannot be carried out.
    func check(_ collector: DiagnosticCollector) {
        for runbook in runbooks.values.sorted(by: { $0.id < $1.id }) {
            for call in runbook.calls {
                for problem in problems(of: call, in: runbook) {
                    collector.report(problem.location, problem.text)
                }
            }
            if let (call, text) = chainProblem(from: runbook) { collector.report(call.location, text) }
        }
    }

    private func problems(of call: Runbook.Call, in runbook: Runbook) -> [(location: SourceLocation, text: String)] {
        guard let called = runbooks[call.id] else {
            let hint = nearestName(to: call.id, among: runbooks.keys.sorted()).map { "; did you mean '\($0)'?" } ?? ""
            return [(call.location, "there is no runbook '\(call.id)' among those that are loaded\(hint)")]
        }
        var problems: [(location: SourceLocation, text: String)] = []
        let known = called.parameters.map(\.name)
        for argument in call.arguments {
            guard let parameter = called.parameters.first(where: { $0.name == argument.name }) else {
                let hint = nearestName(to: argument.name, among: known).map { "; did you mean '\($0)'?" } ?? ""
                problems.append(
                    (argument.location, "runbook '\(call.id)' has no parameter '\(argument.name)'\(hint)"))
                continue
            }
            if let problem = problem(of: argument, for: parameter, in: runbook) {
                problems.append((argument.location, problem))
            }
        }
        let given = Set(call.arguments.map(\.name))
        for parameter in called.parameters where parameter.isRequired && !given.contains(parameter.name) {
            problems.append(
                (call.location, "runbook '\(call.id)' needs the parameter '\(parameter.name)'; give it under 'with'"))
        }
        return problems
    }

    private func problem(
        of argument: Runbook.Call.Argument, for parameter: Parameter, in runbook: Runbook
    ) -> String? {
        let names = argument.value.templateParameters
        guard names.isEmpty else {
            guard let secret = names.intersection(runbook.sensitiveNames).min(), !parameter.isSensitive else {
                return nil
            }
            return "parameter '\(secret)' is sensitive, but '\(parameter.name)' of the other runbook is not; mark it so"
        }
        do throws(ParameterError) {
            _ = try parameter.value(argument.value)
            return nil
        } catch {
            return error.description
        }
    }

    /// The first call by which a runbook would become part of itself, or lie too deep.
    private func chainProblem(from start: Runbook) -> (Runbook.Call, String)? {
        func search(_ runbook: Runbook, _ chain: [String]) -> (Runbook.Call, String)? {
            for call in runbook.calls {
                let whole = chain + [call.id]
                let shown = whole.joined(separator: " → ")
                if call.id == start.id { return (call, "runbooks may not call each other in a circle: \(shown)") }
                if whole.count > Self.mostDepth + 1 {
                    return (call, "runbooks may call each other \(Self.mostDepth) deep, not deeper: \(shown)")
                }
                guard !chain.contains(call.id), let called = runbooks[call.id] else { continue }
                if let found = search(called, whole) { return found }
            }
            return nil
        }
        return search(start, [start.id])
    }
}

extension Runbook {
    /// The names whose values are not shown: those of sensitive parameters, and those that lanes give their elements.
    fileprivate var sensitiveNames: Set<String> {
        let sensitive = Set(parameters.filter(\.isSensitive).map(\.name))
        return allSteps.reduce(into: sensitive) { names, step in
            guard case .parallel(let parallel) = step.action,
                case .each(let parameter, let name, _, _) = parallel.source, sensitive.contains(parameter)
            else { return }
            names.insert(name)
        }
    }
}

extension JSONValue {
    /// The parameters that the templates in its texts name.
    var templateParameters: Set<String> {
        switch self {
        case .string(let text): Set((try? Template(text))?.parameters ?? [])
        case .array(let elements): elements.reduce(into: []) { $0.formUnion($1.templateParameters) }
        case .object(let members): members.values.reduce(into: []) { $0.formUnion($1.templateParameters) }
        default: []
        }
    }
}
