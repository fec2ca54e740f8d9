import AsyncHTTPClient
import AuspexRunbooks
import AuspexSignals
import Foundation
import NIOCore
import NIOHTTP1

/// One request and its answer.
struct HTTPExchange {
    let request: Request
    let effect: Effect
    let idempotencyKey: String
    let timeout: TimeSpan

    /// Sends the request to `address` and reads the answer.
    ///
    /// A request that may have been sent and has no answer is `unknown` if it changes something: it may have worked.
    func run(to address: IPAddress, of host: String, _ control: OperationControl) async -> OperationResult {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.decompression = .disabled
        configuration.timeout.connect = .milliseconds(timeout.milliseconds)
        // A connection that is refused is an answer, which a waiter may want to see at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        if IPAddress(host) == nil { configuration.dnsOverride = [host: address.description] }
        // A client for one request: the address belongs to the request, and nothing is left open after it.
        let client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        let result = await withTaskGroup(of: OperationResult?.self) { group in
            group.addTask { await send(client) }
            group.addTask {
                do { try await Task.sleep(for: .milliseconds(timeout.milliseconds)) } catch { return nil }
                return unanswered(.timedOut, "no answer within \(timeout)", "Timeout")
            }
            group.addTask {
                for await _ in control.stops { return unanswered(.cancelled, "the run was stopped", "Stopped") }
                return nil
            }
            defer { group.cancelAll() }
            for await result in group {
                if let result { return result }
            }
            return unanswered(.cancelled, "the engine stops", "Stopped")
        }
        try? await client.shutdown()
        return result
    }

    private func send(_ client: HTTPClient) async -> OperationResult? {
        do {
            var outgoing = HTTPClientRequest(url: request.url)
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
                return OperationResult(
                    outcome: .failed, reason: "no connection within \(timeout)", errorCode: "ConnectTimeout")
            case .deadlineExceeded, .readTimeout, .requestStreamCancelled:
                return unanswered(.timedOut, "no answer within \(timeout)", "Timeout")
            default: break
            }
        }
        if Self.isRefused(error) || text.contains("onnection refused") {
            return OperationResult(outcome: .failed, reason: "connection refused", errorCode: "ConnectionRefused")
        }
        return unanswered(.failed, "no answer: \(text)", "ConnectionLost")
    }

    private static func isRefused(_ error: any Error) -> Bool {
        (error as? IOError).map { $0.errnoCode == ECONNREFUSED } ?? false
    }

    /// A request without an answer: unknown if it may have changed something.
    private func unanswered(
        _ outcome: OperationResult.Outcome, _ reason: String, _ code: String
    ) -> OperationResult {
        OperationResult(outcome: effect == .read ? outcome : .unknown, reason: reason, errorCode: code)
    }
}
