import AuspexChanges
import AuspexEngine

/// Asks the gate until it has decided, or the time is over.
struct GateInquiry {
    let client: APIClient
    let body: GateBody
    /// How long to go on asking; zero for once.
    let wait: Duration

    /// The last answer. While there is time the gate is asked again when it cannot be reached, knows too little, or has
    /// said that its verdict is not final.
    ///
    /// - Parameter tell: Told what is being waited for.
    /// - Throws: a failure of reachability when the last attempt got no answer, whatever an earlier one was told: who
    ///   can't be asked any more may have changed their mind. Any other failure at once.
    func answer(_ tell: (String) -> Void) async throws -> GateAnswer {
        let clock = ContinuousClock()
        var patience = GatePatience(wait)
        while true {
            var result: Result<GateAnswer, Failure>
            let isLimited = wait > .zero
            let timeout = isLimited ? patience.attempt(at: clock.now, most: client.timeout) : client.timeout
            do {
                let client = APIClient(server: client.server, token: client.token, timeout: timeout)
                let answer = try await client.send("POST", "/api/v1/gate", body: body, as: GateAnswer.self)
                // With the glass broken there is nothing to wait for.
                guard answer.isOpen, body.manner.breakGlass == nil else { return answer }
                result = .success(answer)
            } catch let failure as Failure where failure.code == .unreachable {
                result = .failure(failure)
            }
            guard isLimited, let pause = patience.pause(at: clock.now) else { return try result.get() }
            switch result {
            case .success(let answer):
                let state = answer.isFinal ? "" : ", not final yet"
                tell("\(answer.verdict.verdict.rawValue)\(state); asking again")
            case .failure(let failure): tell("\(failure.message); trying again")
            }
            try await clock.sleep(for: pause)
        }
    }
}
