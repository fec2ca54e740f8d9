import AuspexSignals

/// How requests of replies go out, and what their answers mean.
struct ReplyLine: Sendable {
    /// Why nothing can be sent.
    struct Obstacle: Error, Hashable {
        var outcome: ReplyOutcome

        init(_ outcome: ReplyOutcome) { self.outcome = outcome }

        /// It never can.
        static func refused(_ reason: String) -> Obstacle { Obstacle(.refused(reason)) }
    }

    /// The hosts of the configuration: nothing goes anywhere else.
    let hosts: HostAllowList
    let timeout: TimeSpan
    let resolver: HostResolver

    /// Sends a body to a URL on one of the hosts.
    ///
    /// - Throws: ``Obstacle`` when there is no answer.
    func send(
        _ method: String = "POST", to url: String, headers: [(name: String, value: String)], body: [UInt8]?
    ) async throws(Obstacle) -> GuardedRequest.Answer {
        do throws(GuardedRequest.Failure) {
            return try await request(method, url, headers, body).run(resolver)
        } catch {
            switch error {
            // Names are set right, and so are networks.
            case .refused(.forbiddenAddress(let host, let address)):
                throw Obstacle(.failed(HTTPRefusal.forbiddenAddress(host, address).description, after: nil))
            case .refused(let refusal): throw .refused(refusal.description)
            case .unanswered(let reason): throw Obstacle(.failed(reason, after: nil))
            }
        }
    }

    private func request(
        _ method: String, _ url: String, _ headers: [(name: String, value: String)], _ body: [UInt8]?
    ) throws(GuardedRequest.Failure) -> GuardedRequest {
        do throws(HTTPRefusal) {
            return GuardedRequest(
                method: method, url: url, headers: headers, body: body, host: try hosts.entry(for: url),
                timeout: timeout)
        } catch {
            throw .refused(error)
        }
    }

    /// What an answer means: any 2xx is success; overload, a limit of calls, errors of the server and what an operator sets
    /// right, a token or a permission, may pass, the rest will not.
    static func outcome(of answer: GuardedRequest.Answer, at now: Timestamp) -> ReplyOutcome {
        let pause = RetryAfter.span(in: answer.headers, at: now)
        switch answer.status {
        case 200..<300: return .sent(remoteID: nil)
        // 403 is also GitHub's way to say that there were too many calls.
        case 401, 403, 408, 425, 429, 500...: return .failed(text(of: answer), after: pause)
        default: return .refused(text(of: answer))
        }
    }

    /// The status and the beginning of what the receiver says of it.
    static func text(of answer: GuardedRequest.Answer) -> String {
        let longest = 200
        let words = (answer.json["message"] ?? answer.json["error"])?.string
        let said = words ?? String(decoding: answer.body.prefix(4 * longest), as: UTF8.self)
        let line = said.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(longest)
        return line.isEmpty ? "status \(answer.status)" : "status \(answer.status): \(line)"
    }
}
