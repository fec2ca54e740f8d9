import AsyncHTTPClient
import AuspexSignals
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// Talks to a running server.
struct APIClient: Sendable {
    /// The most that an answer may hold, in bytes.
    private static let answerLimit = 64 << 20
    /// What stands between us and the server answers so when the server is not there.
    private static let absent: Set<UInt> = [502, 503, 504]

    let server: String
    let token: String?
    /// The longest that an answer may take, to its last byte.
    let timeout: Duration

    private struct Answer: Sendable {
        var status: UInt
        var body: Data
    }

    /// The answer has not come within the time.
    private struct Late: Error {}

    /// Sends a request and decodes the answer.
    ///
    /// - Throws: a failure of reachability when no answer comes, or one that says that the server is not there (502, 503,
    ///   504); one of the input for any other answer that is not the result.
    func send<Result: Decodable>(
        _ method: String, _ path: String, body: (any Encodable & Sendable)? = nil, as type: Result.Type = JSONValue.self
    ) async throws -> Result {
        let answer = try await exchange(method, path, body)
        return try decode(answer.body, as: type)
    }

    /// Sends something that is to be done.
    ///
    /// - Returns: what became of it; nil when it is accepted, but its turn has not come yet.
    /// - Throws: as ``send(_:_:body:as:)``.
    func sendOrAccept<Result: Decodable>(
        _ method: String, _ path: String, body: (any Encodable & Sendable)?, as type: Result.Type = JSONValue.self
    ) async throws -> Result? {
        let answer = try await exchange(method, path, body)
        return answer.body.isEmpty ? nil : try decode(answer.body, as: type)
    }

    /// Asks for a text.
    ///
    /// - Throws: as ``send(_:_:body:as:)``.
    func text(_ path: String) async throws -> String {
        String(decoding: try await exchange("GET", path, nil).body, as: UTF8.self)
    }

    private func decode<Result: Decodable>(_ body: Data, as type: Result.Type) throws -> Result {
        do {
            return try JSONDecoder().decode(type, from: body)
        } catch {
            throw Failure(.input, "\(server) is no Auspex server, or of another version: its answer cannot be read")
        }
    }

    private func exchange(
        _ method: String, _ path: String, _ body: (any Encodable & Sendable)?
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: server + path)
        request.method = .init(rawValue: method)
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
        }
        let answer = try await answer(to: request)
        guard (200..<300).contains(answer.status) else {
            let text = String(decoding: answer.body, as: UTF8.self)
            let detail = (try? JSONValue(parsing: answer.body))?["detail"]?.string ?? text
            throw Failure(
                Self.absent.contains(answer.status) ? .unreachable : .input,
                "\(server) answered \(answer.status)" + (detail.isEmpty ? "" : ": \(detail)"))
        }
        return answer
    }

    private func answer(to request: HTTPClientRequest) async throws -> Answer {
        var configuration = HTTPClient.Configuration()
        // Whether to try again is for whoever called us to say.
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        let result: Result<Answer, any Error>
        do {
            result = .success(try await exchange(request, client))
        } catch {
            result = .failure(error)
        }
        try? await client.shutdown()
        do {
            return try result.get()
        } catch is NIOTooManyBytesError {
            throw Failure(.input, "\(server) is no Auspex server: its answer is over \(Self.answerLimit) bytes")
        } catch {
            throw Failure(.unreachable, "\(server) cannot be reached: \(reason(error))")
        }
    }

    /// The whole answer: the client's own deadline ends with the head, so the time is kept here.
    private func exchange(_ request: HTTPClientRequest, _ client: HTTPClient) async throws -> Answer {
        try await withThrowingTaskGroup(of: Answer.self) { group in
            group.addTask {
                let response = try await client.execute(request, deadline: .distantFuture)
                let body = try await response.body.collect(upTo: Self.answerLimit)
                return Answer(status: response.status.code, body: Data(body.readableBytesView))
            }
            group.addTask {
                try await Task.sleep(for: timeout)
                throw Late()
            }
            defer { group.cancelAll() }
            guard let answer = try await group.next() else { throw CancellationError() }
            return answer
        }
    }

    /// Why no answer came, in a few words.
    private func reason(_ error: any Error) -> String {
        switch error {
        case is Late: return "no whole answer within \(timeout.components.seconds) seconds"
        case let error as NIOConnectionError:
            if let failure = error.connectionErrors.last { return reason(failure.error) }
            return "its name has no address"
        case let error as IOError: return String(cString: strerror(error.errnoCode))
        case let error as HTTPClientError where error == .connectTimeout: return "no connection in time"
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            return "it closed the connection without an answer"
        default: return "\(error)"
        }
    }
}
