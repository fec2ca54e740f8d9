import AuspexRunbooks

/// Runs at a server.
struct ServerRuns: Sendable {
    /// The time between two looks at a run.
    private static let interval = Duration.milliseconds(500)
    /// Looks that may fail in a row, because the server is being started anew: two minutes of them.
    private static let mostFailures = 240

    let client: APIClient
    let person: String

    /// Follows a run.
    ///
    /// - Parameter isAnswerable: Whether a wish to stop here stops the run there.
    func follower(of id: String, isAnswerable: Bool, waitsForPeople: Bool = false) -> RunFollower {
        let (client, path) = (client, APIPath("/api/v1/runs").below(id).text)
        var follower = RunFollower(look: { try await look(path) }, interval: Self.interval)
        follower.waitsForPeople = waitsForPeople
        follower.output = { step, channel, position in
            let question = APIPath(path + "/output").with("step", step).with("channel", channel.rawValue)
                .with("from", "\(position)")
            do {
                return try await client.send("GET", question.text, as: StepOutput.self)
            } catch is Failure {
                // A run is followed without it all the same.
                return nil
            }
        }
        if isAnswerable {
            let body = ["by": person, "reason": "stopped at the terminal"]
            follower.cancel = {
                do {
                    _ = try await client.send("POST", path + "/cancel", body: body, as: RunRecord.self)
                } catch let failure as Failure where failure.code == .input {
                    // It may be over, or ending, by now.
                    Terminal.note(failure.message)
                }
            }
        }
        return follower
    }

    private func look(_ path: String) async throws -> RunRecord {
        for attempt in 0..<Self.mostFailures {
            do {
                return try await client.send("GET", path, as: RunRecord.self)
            } catch let failure as Failure where failure.code == .unreachable {
                if attempt == 0 { Terminal.note("\(failure.message); trying again") }
                try await Task.sleep(for: Self.interval)
            }
        }
        return try await client.send("GET", path, as: RunRecord.self)
    }
}
