import AuspexExpressions
import AuspexSignals

/// What a probe says of the step that it asks about.
enum ProbeAnswer: Hashable {
    case done
    case notDone
    case cannotTell(why: String)

    /// What a condition over a probe's result may refer to.
    ///
    /// `exit` and `status` are the exit code or HTTP status, `stdout` the output without blanks around it, `json` the
    /// output as JSON, `intent` the moment at which the step was about to begin: `unix_s`, and `monotonic_us` since
    /// boot as systemd counts it.
    static let environment = CELEnvironment(variables: [
        "exit": .int, "status": .int, "stdout": .string, "json": .any,
        "intent": .object(["unix_s": .int, "monotonic_us": .int]),
    ])

    /// Evaluates the probe's condition. Whatever goes wrong is "cannot tell": an unbound name, a type error, a probe
    /// that did not run or was cut short.
    init(probe: Plan.Probe, result: OperationResult, intentAt: Moment?) {
        guard let status = result.status, result.outcome == .succeeded || result.outcome == .failed else {
            self = .cannotTell(why: result.reason.isEmpty ? "the probe gave no result" : result.reason)
            return
        }
        var variables: [String: CELValue] = [
            "exit": .int(Int64(status)), "status": .int(Int64(status)), "stdout": .string(result.output.trimmed),
        ]
        if let json = result.json { variables["json"] = CELValue(json) }
        if let intentAt {
            variables["intent"] = CELValue(
                .object([
                    "unix_s": .int(intentAt.wall.milliseconds / 1_000), "monotonic_us": .int(intentAt.monotonic),
                ]))
        }
        do {
            let program = try CELProgram(compiling: probe.saysDone, environment: Self.environment, expecting: .bool)
            self = try program.holds(variables: variables) ? .done : .notDone
        } catch {
            self = .cannotTell(why: "says_done: \(error)")
        }
    }
}
