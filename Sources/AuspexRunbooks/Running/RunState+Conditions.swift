import AuspexExpressions
import AuspexSignals

/// What conditions of a plan see, and what they say.
extension RunState {
    /// Most bytes of a value that is taken out of a result, as JSON.
    package static let outBytes = 4_096

    /// Why a condition says neither yes nor no.
    struct ConditionProblem: Error, CustomStringConvertible {
        let description: String
    }

    /// Whether a condition of the step at `path` holds.
    func asked(_ condition: String, at path: String) -> Result<Bool, ConditionProblem> {
        do {
            let program = try CELProgram(
                compiling: condition, environment: StepFacts.environment(steps: nil), expecting: .bool)
            let variables: [String: CELValue] = [
                "params": CELValue(.object(parameters(at: path))), "steps": facts(at: path),
            ]
            return .success(try program.holds(variables: variables))
        } catch {
            return .failure(ConditionProblem(description: "'\(condition)' cannot be evaluated: \(error)"))
        }
    }

    /// Which arm of a branch is taken.
    func arm(of branch: Plan.Branch, at path: String) -> Result<String, ConditionProblem> {
        for (index, arm) in branch.arms.enumerated() {
            switch asked(arm.condition, at: path) {
            case .success(true): return .success("\(index + 1)")
            case .success(false): continue
            case .failure(let problem): return .failure(problem)
            }
        }
        return .success(branch.otherwise.isEmpty ? Branching.nothing : Branching.otherwise)
    }

    /// What `params` is for the step at `path`: the run's parameters, or those of the runbook that it comes from, and
    /// the element of the list that its lane was made for.
    func parameters(at path: String) -> [String: JSONValue] {
        let owner = ownerOfUndo(path) ?? path
        var parameters = record.plan.parameters
        for node in tree.ancestry(of: owner).reversed() {
            guard case .group(let group) = node.step.action else { continue }
            if group.runbook == nil {
                parameters.merge(group.parameters) { $1 }
            } else {
                parameters = group.parameters
            }
        }
        return parameters
    }

    /// What `steps` is for the step at `path`: the settled steps before it, of its own runbook, by their ids. What
    /// follows an ending sees the steps at the top of the runbook, too.
    func facts(at path: String) -> CELValue {
        var facts: [String: CELValue] = [:]
        var isOutermost = true
        for node in tree.ancestry(of: path) {
            for path in node.earlier { add(path, to: &facts) }
            guard case .group(let group)? = node.parent.flatMap({ tree[$0]?.step.action }), group.runbook != nil else {
                continue
            }
            isOutermost = false
            break
        }
        if isOutermost, let owner = ownerOfUndo(path) {
            for node in tree.ancestry(of: owner) { for path in node.earlier { add(path, to: &facts) } }
            add(owner, to: &facts)
        } else if isOutermost, PlanTree.section(path) != PlanTree.main, !Self.isPrecondition(path) {
            for place in tree.sections[PlanTree.main] ?? [] { add(place.path, to: &facts) }
        }
        return .map(facts)
    }

    private func add(_ path: String, to facts: inout [String: CELValue]) {
        guard let step = step(at: path), let entry = record.lastAttempt(at: path), entry.isSettled else { return }
        facts[StepFacts.name(of: step.id)] = StepFacts.value(of: entry)
    }

    /// The step that the one at `path` takes back.
    private func ownerOfUndo(_ path: String) -> String? {
        guard PlanTree.section(path) == PlanTree.undo else { return nil }
        let inner = path.dropFirst(PlanTree.undo.count + 1)
        return inner.indices.reversed().lazy.filter { inner[$0] == "/" }
            .map { String(inner[..<$0]) }
            .first { self.tree[$0]?.path == $0 && !(self.tree[$0]?.step.undo.isEmpty ?? true) }
    }

    // MARK: - Results

    /// The result of a step with a condition on it: what does not hold has failed.
    func judged(_ result: OperationResult, of step: Plan.Step, at path: String, _ now: Moment) -> OperationResult {
        guard let condition = step.expect, result.outcome == .succeeded else { return result }
        var judged = result
        do {
            let program = try CELProgram(
                compiling: condition, environment: StepFacts.expectation, expecting: .bool)
            var variables = StepFacts.variables(of: result, now)
            variables["params"] = CELValue(.object(parameters(at: path)))
            guard try program.holds(variables: variables) else {
                judged.outcome = .failed
                judged.reason = "'\(condition)' does not hold"
                return judged
            }
        } catch {
            judged.outcome = .failed
            judged.reason = "'\(condition)' cannot be evaluated: \(error)"
        }
        return judged
    }

    /// Takes a value out of a result. What cannot be had is left out, so that conditions that need it fail.
    mutating func take(_ expression: String, from result: OperationResult, into index: Int) {
        do {
            let value = mask.masked(try JMESPath(compiling: expression).search(result.response.body))
            let size = value.canonicalText.utf8.count
            guard size <= Self.outBytes else {
                return note("out: the value has \(size) bytes, at most \(Self.outBytes) are kept", at: index)
            }
            record.steps[index].out = value
        } catch {
            note("out: \(error)", at: index)
        }
    }

    private mutating func note(_ text: String, at index: Int) {
        let reason = record.steps[index].result?.reason ?? ""
        record.steps[index].result?.reason = [reason, mask.masked(text)].filter { !$0.isEmpty }.joined(separator: "; ")
    }
}

/// The facts about a settled step that later conditions see.
enum StepFacts {
    /// What is known about one step.
    private static let shape = CELShape.object([
        "state": .string, "exit": .int, "status": .int, "stdout": .string, "json": .any, "out": .any,
    ])

    /// What conditions may refer to: `params`, and `steps` with these ids; nil for any.
    static func environment(steps: [String]?) -> CELEnvironment {
        let known = steps.map { ids in
            CELShape.object(Dictionary(ids.map { (name(of: $0), shape) }) { first, _ in first })
        }
        return CELEnvironment(variables: ["params": .map(of: .any), "steps": known ?? .map(of: .any)])
    }

    /// What a condition on a step's own result may refer to: its exit code or status, its output, the parameters and the
    /// present.
    static let expectation = CELEnvironment(variables: [
        "exit": .int, "status": .int, "stdout": .string, "json": .any, "params": .map(of: .any),
        "now": .object(["unix_s": .int, "monotonic_us": .int]),
    ])

    /// The id as conditions write it: their names have no hyphens, and ids have no underscores.
    static func name(of id: String) -> String { id.replacing("-", with: "_") }

    static func value(of entry: StepRecord) -> CELValue {
        var facts: [String: CELValue] = ["state": .string(entry.state.rawValue)]
        if let result = entry.result {
            facts["stdout"] = .string(result.output.trimmed)
            if let status = result.status {
                facts["exit"] = .int(Int64(status))
                facts["status"] = .int(Int64(status))
            }
            if let json = result.json { facts["json"] = CELValue(json) }
        }
        if let out = entry.out { facts["out"] = CELValue(out) }
        return .map(facts)
    }

    static func variables(of result: OperationResult, _ now: Moment) -> [String: CELValue] {
        var variables: [String: CELValue] = ["stdout": .string(result.output.trimmed)]
        if let status = result.status {
            variables["exit"] = .int(Int64(status))
            variables["status"] = .int(Int64(status))
        }
        if let json = result.json { variables["json"] = CELValue(json) }
        variables["now"] = .map([
            "unix_s": .int(now.wall.milliseconds / 1_000), "monotonic_us": .int(now.monotonic),
        ])
        return variables
    }
}
