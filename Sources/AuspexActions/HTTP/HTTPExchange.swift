import AsyncHTTPClient
import AuspexRunbooks
import AuspexSignals
import Foundation
import NIOCore
import NIOHTTP1

/// One request and its answer.
struct HTTPExchange {
    let request: Request
    /// The entry of the list that allows the request.
    let host: HostAllowList.Entry
    let effect: Effect
    let idempotencyKey: String
    let timeout: TimeSpan

    /// What the parts of an exchange, which run side by side, have to say.
    private enum Word {
        case address(IPAddress)
        case over(OperationResult)
        case late
        case stopped
    }

    /// Looks the host's address up, sends the request there and reads the answer, all within the time.
    ///
    /// A request that may have been sent and has no answer is `unknown` if it changes something: it may have worked.
    func run(_ resolver: HostResolver, _ control: OperationControl) async -> OperationResult {
        var client: HTTPClient?
        let result = await withTaskGroup(of: Word?.self) { group in
            group.addTask { await lookUp(resolver) }
            group.addTask {
                do { try await Task.sleep(for: .milliseconds(timeout.milliseconds)) } catch { return nil }
                return .late
            }
            group.addTask {
                for await _ in control.stops { return .stopped }
                return nil
            }
            defer { group.cancelAll() }
            for await word in group {
                switch word {
                case .address(let address):
                    let connected = HTTPClient.forOneRequest(to: host, at: address, within: timeout)
                    client = connected
                    group.addTask { await send(connected, control).map(Word.over) }
                case .over(let result): return result
                case .late: return cutOff(.timedOut, "no answer within \(timeout)", "Timeout", isSent: client != nil)
                case .stopped: return cutOff(.cancelled, "the run was stopped", "Stopped", isSent: client != nil)
                case nil: continue
                }
            }
            return cutOff(.cancelled, "the engine stops", "Stopped", isSent: client != nil)
        }
        try? await client?.shutdown()
        return result
    }

    private func lookUp(_ resolver: HostResolver) async -> Word {
        do throws(HTTPRefusal) {
            return .address(try await resolver.address(for: host))
        } catch {
            return .over(.refused(error))
        }
    }

    private func send(_ client: HTTPClient, _ control: OperationControl) async -> OperationResult? {
        do {
            var outgoing = HTTPClientRequest(url: host.spelled(in: request.url))
            outgoing.method = HTTPMethod(rawValue: request.method)
            for (name, value) in request.headers { outgoing.headers.replaceOrAdd(name: name, value: value) }
            outgoing.headers.replaceOrAdd(name: "Idempotency-Key", value: idempotencyKey)
            outgoing.headers.replaceOrAdd(name: "User-Agent", value: "auspex")
            if let body = request.body {
                outgoing.headers.replaceOrAdd(name: "Content-Type", value: "application/json")
                outgoing.body = .bytes(Array(body.canonicalText.utf8))
            }
            let answer = try await client.execute(
                outgoing, deadline: .now() + .milliseconds(timeout.milliseconds))
            control.spoke()
            return try await result(of: answer)
        } catch is CancellationError {
            return nil
        } catch {
            return failure(error)
        }
    }

    private func result(of answer: HTTPClientResponse) async throws -> OperationResult {
        var body: [UInt8] = []
        var dropped = 0
        for try await part in answer.body {
            let room = HTTPPerformer.mostBytes - body.count
            body.append(contentsOf: part.readableBytesView.prefix(room))
            dropped += max(0, part.readableBytes - room)
            // An endless answer is not read to its end. That something was left out is all that matters.
            if dropped > 0 { break }
        }
        let status = Int(answer.status.code)
        let isExpected = request.expects(status)
        return OperationResult(
            outcome: isExpected ? .succeeded : .failed,
            reason: isExpected ? "" : "status \(status) \(answer.status.reasonPhrase)",
            errorCode: isExpected ? nil : "UnexpectedStatus", status: status,
            output: CapturedText(head: String(decoding: body, as: UTF8.self), droppedBytes: dropped))
    }

    /// What an error means. Before a connection stood nothing was sent, so nothing happened.
    private func failure(_ error: any Error) -> OperationResult {
        let text = String(describing: error)
        if let error = error as? HTTPClientError {
            switch error {
            case .connectTimeout, .getConnectionFromPoolTimeout:
                return unsent(.failed, "no connection within \(timeout)", "ConnectTimeout")
            case .deadlineExceeded, .readTimeout, .requestStreamCancelled:
                return unanswered(.timedOut, "no answer within \(timeout)", "Timeout")
            default: break
            }
        }
        if Self.isRefused(error) || text.contains("onnection refused") {
            return unsent(.failed, "connection refused", "ConnectionRefused")
        }
        return unanswered(.failed, "no answer: \(text)", "ConnectionLost")
    }

    private static func isRefused(_ error: any Error) -> Bool {
        (error as? IOError).map { $0.errnoCode == ECONNREFUSED } ?? false
    }

    /// An exchange that is ended from outside. What was not sent has changed nothing.
    private func cutOff(
        _ outcome: OperationResult.Outcome, _ reason: String, _ code: String, isSent: Bool
    ) -> OperationResult {
        isSent ? unanswered(outcome, reason, code) : unsent(outcome, reason, code)
    }

    /// A request that was not sent.
    private func unsent(_ outcome: OperationResult.Outcome, _ reason: String, _ code: String) -> OperationResult {
        OperationResult(outcome: outcome, reason: reason, errorCode: code, isUnsent: true)
    }

    /// A request without an answer: unknown if it may have changed something.
    private func unanswered(
        _ outcome: OperationResult.Outcome, _ reason: String, _ code: String
    ) -> OperationResult {
        OperationResult(outcome: effect == .read ? outcome : .unknown, reason: reason, errorCode: code)
    }
}
