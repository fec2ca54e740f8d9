package import AuspexSignals

/// A test that stands in a runbook's file: given these parameters, this is the plan, or this is the error.
package struct RunbookTest: Sendable {
    /// What the test says.
    package var name: String
    /// Where it stands.
    package var location: SourceLocation
    /// The parameters.
    package var parameters: [String: JSONValue]
    /// What is expected; each part only where it is written.
    package var expectation: Expectation

    /// What is expected of the plan.
    package struct Expectation: Sendable {
        /// A part of the error's text; nil when planning must succeed.
        package var error: String?
        /// The program and arguments of steps, by their ids.
        package var argv: [String: [String]] = [:]
        /// The URLs of steps, by their ids.
        package var url: [String: String] = [:]
        /// The JSON bodies of steps, by their ids.
        package var body: [String: JSONValue] = [:]
        /// The messages of steps, by their ids.
        package var message: [String: String] = [:]
        /// Parts of the health checks of steps, by their ids.
        package var health: [String: JSONValue] = [:]
        /// Parts of what steps collect, by their ids.
        package var collect: [String: JSONValue] = [:]
        /// The locks.
        package var locks: [String]?
    }
}

/// Runs the tests that stand in a runbook's file.
package enum RunbookTestRunner {
    /// How one test went.
    package struct Outcome: Hashable, Sendable, CustomStringConvertible {
        /// The runbook.
        package var runbook: String
        /// The test.
        package var test: String
        /// Where it stands.
        package var location: SourceLocation
        /// What is not as expected; empty when all is.
        package var problems: [String]

        /// Whether all is as expected.
        package var passed: Bool { problems.isEmpty }

        package var description: String {
            let head = "\(location): \(runbook): \(test): " + (passed ? "ok" : "FAILED")
            return ([head] + problems.map { "    " + $0 }).joined(separator: "\n")
        }
    }

    /// Runs all tests of `runbook`.
    ///
    /// - Parameter runbooks: The runbooks whose steps may be among its own, by their ids.
    package static func run(_ runbook: Runbook, among runbooks: [String: Runbook] = [:]) -> [Outcome] {
        runbook.tests.map { test in
            Outcome(
                runbook: runbook.id, test: test.name, location: test.location,
                problems: problems(of: test, in: runbook, runbooks)
            )
        }
    }

    private static func problems(
        of test: RunbookTest, in runbook: Runbook, _ runbooks: [String: Runbook]
    ) -> [String] {
        let wanted = test.expectation
        let plan: Plan
        do {
            plan = try Planner.plan(runbook, parameters: test.parameters, among: runbooks)
        } catch {
            guard let part = wanted.error else { return ["expected a plan, got an error: \(error)"] }
            return error.description.contains(part) ? [] : ["expected an error with \(quoted(part)), got: \(error)"]
        }
        if let part = wanted.error { return ["expected an error with \(quoted(part)), got a plan"] }
        var problems: [String] = []
        func check<Value: Equatable>(
            _ what: String, _ wanted: [String: Value], _ actual: (Operation) -> Value?, _ show: (Value) -> String
        ) {
            for (id, value) in wanted.sorted(by: { $0.key < $1.key }) {
                guard let operation = plan.operation(of: id) else {
                    problems.append("there is no step '\(id)' with an operation")
                    continue
                }
                let found = actual(operation)
                if found != value {
                    problems.append("\(what) of '\(id)': expected \(show(value)), got \(found.map(show) ?? "none")")
                }
            }
        }
        check("argv", wanted.argv, \.argv) { JSONValue.array($0.map(JSONValue.string)).canonicalText }
        check("url", wanted.url, \.url) { $0 }
        check("body", wanted.body, \.body, \.canonicalText)
        check("message", wanted.message, \.message) { $0 }
        for (what, parts) in [("health", wanted.health), ("collect", wanted.collect)] {
            for (id, part) in parts.sorted(by: { $0.key < $1.key }) {
                let found = plan.operation(of: id)?.described[what]
                if found?.holds(part) != true {
                    let text = found.map(\.canonicalText) ?? "none"
                    problems.append("\(what) of '\(id)': expected \(part.canonicalText), got \(text)")
                }
            }
        }
        if let locks = wanted.locks, locks != plan.locks {
            problems.append("locks: expected \(locks), got \(plan.locks)")
        }
        return problems
    }
}

extension Plan {
    /// The operation of the step `id`, wherever it stands; a wait's is the one that it repeats, a restart's the restart
    /// itself. Of a step in several lanes it is that in the first.
    fileprivate func operation(of id: String) -> Operation? {
        let step = allSteps.lazy.flatMap(\.flattened).first { $0.id == id }
        switch step?.action {
        case .operation(let operation): return operation
        case .wait(let wait): return wait.operation
        case .group(let group): return group.steps.lazy.compactMap(\.changingOperation).first
        case .verify, .branch, .parallel, .pause, .approval, nil: return nil
        }
    }
}

extension Plan.Step {
    /// The act, of a step that happens once.
    fileprivate var changingOperation: Operation? {
        if case .operation(let operation) = action, effect == .once { operation } else { nil }
    }
}

extension Operation {
    fileprivate var argv: [String]? { if case .run(let command) = self { command.argv } else { nil } }
    fileprivate var url: String? {
        switch self {
        case .http(let request): request.url
        case .health(let check): if case .http(let page) = check.probe { page.request.url } else { nil }
        case .run, .notify, .collect: nil
        }
    }
    fileprivate var body: JSONValue? { if case .http(let request) = self { request.body } else { nil } }
    fileprivate var message: String? { if case .notify(let notification) = self { notification.message } else { nil } }
}
