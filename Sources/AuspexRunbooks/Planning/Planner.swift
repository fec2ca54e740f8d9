package import AuspexSignals
import Foundation

/// Fills a runbook's parameters in.
package enum Planner {
    /// What stands in a URL's path as it is: the unreserved characters of RFC 3986, section 2.3.
    static let plainInPaths = CharacterSet(
        charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

    /// Most steps of a plan, those inside of others included.
    static let mostSteps = 1_000

    /// The plan of `runbook` for these parameters.
    ///
    /// - Parameter runbooks: The runbooks whose steps may be among its own, by their ids.
    /// - Throws: ``PlanError`` with every value that is missing, unknown or not allowed, and every call of another
    ///   runbook that cannot be carried out.
    package static func plan(
        _ runbook: Runbook, parameters given: [String: JSONValue], among runbooks: [String: Runbook] = [:]
    ) throws(PlanError) -> Plan {
        var problems: [ParameterError] = []
        let values = checked(given, runbook.parameters, &problems)
        guard problems.isEmpty else { throw PlanError(runbook: runbook.id, problems: problems) }
        var filler = Filler(values: values, parameters: runbook.parameters, runbooks: runbooks, chain: [runbook.id])
        filler.approvals = runbook.approvals
        filler.locks = runbook.locks.map { filler.text($0) }
        filler.secrets = runbook.secrets
        var plan = Plan(
            runbook: runbook.id, version: runbook.version, title: runbook.title, owner: runbook.owner,
            parameters: values, sensitive: runbook.parameters.filter(\.isSensitive).map(\.name), locks: [],
            deadline: runbook.deadline, steps: filler.steps(runbook.steps),
            verification: filler.verification(runbook.verification), onFailure: filler.steps(runbook.onFailure),
            always: filler.steps(runbook.always), preconditions: filler.steps(runbook.preconditions),
            onCancel: filler.steps(runbook.onCancel))
        plan.locks = filler.locks
        plan.approvals = filler.approvals
        plan.limits = filler.limits(runbook.limits)
        plan.rollsBack = runbook.rollsBack ? true : nil
        plan.secretNames = filler.secrets.isEmpty ? nil : filler.secrets
        let count = plan.allSteps.reduce(0) { $0 + $1.flattened.count }
        if count > mostSteps { filler.problems.append(.tooManySteps(count, limit: mostSteps)) }
        guard filler.problems.isEmpty else { throw PlanError(runbook: runbook.id, problems: filler.problems) }
        return plan
    }

    /// The values of all parameters, defaults included.
    static func checked(
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
