import AuspexActions
import AuspexEngine
import AuspexRunbooks

/// Runs here, in this program, for the person at the terminal.
struct LocalSession: Sendable {
    /// The time between two looks at a run.
    private static let interval = Duration.milliseconds(100)
    /// Looks within which a run that was left open is taken up.
    private static let mostLooks = 50

    let runs: LocalRuns
    /// Who is asked; nil for nobody, so that a run that needs a person stays open.
    let prompt: StepPrompt?
    let person: String

    /// Works on the run that `begin` gives until it is over or needs a person who is not here, tells of it, and ends with
    /// its exit code.
    ///
    /// - Parameter directory: The journal's directory, as the person named it.
    func work(
        _ output: RunOutput, in directory: String?, begin: @escaping @Sendable () async throws -> String
    ) async throws {
        let interrupts = Interrupts()
        let (form, prompt) = (output.form, prompt)
        let end = try await Failure.ofInput {
            try await interrupts.heeding(onWish: { prompt?.stop() }) {
                try await runs.driving {
                    var printer = RunPrinter(form)
                    return try await follower(of: try await begin()).follow(&printer, interrupts)
                }
            }
        }
        try output.finish(end, in: directory)
    }

    private func follower(of id: String) -> RunFollower {
        var follower = RunFollower(look: { try await runs.run(id) }, interval: Self.interval)
        follower.output = { step, channel, position in
            do {
                return try await runs.output(of: id, path: step, channel, from: position)
            } catch is EngineError {
                // A run is followed without it all the same.
                return nil
            }
        }
        follower.cancel = {
            do {
                try await heard { try await runs.cancel(id, by: person, reason: "stopped at the terminal") }
            } catch let error as RunCommandError {
                // It may be over, or ending, by now.
                Terminal.note("\(error)")
            }
        }
        follower.settle = { record in
            guard let question = record.question?.text, let decision = await prompt?.decision(on: question) else {
                return false
            }
            try await heard { try await runs.decide(id, decision, by: person) }
            return true
        }
        return follower
    }

    /// Says something to a run, as soon as the run is listening.
    private func heard(_ word: () async throws -> Void) async throws {
        for _ in 0..<Self.mostLooks {
            do {
                return try await word()
            } catch RunCommandError.notListening {
                try await Task.sleep(for: Self.interval)
            }
        }
        try await word()
    }
}
