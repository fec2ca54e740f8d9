import ArgumentParser
import AsyncHTTPClient
import AuspexSignals
import Foundation
import NIOCore
import NIOHTTP1

/// Where the server is and how to get in.
struct ServerOptions: ParsableArguments {
    @Option(help: "The server's address; AUSPEX_SERVER sets it too.")
    var server = ProcessInfo.processInfo.environment["AUSPEX_SERVER"] ?? "http://127.0.0.1:7070"

    @Option(help: "A file with the API token; AUSPEX_TOKEN holds the token itself.")
    var tokenFile: String?

    /// A client for this server.
    func client() throws -> APIClient {
        var token = ProcessInfo.processInfo.environment["AUSPEX_TOKEN"]
        if let tokenFile {
            do {
                token = try String(contentsOfFile: tokenFile, encoding: .utf8)
                    .trimmingCharacters(in: .whitespacesAndNewlines)
            } catch {
                throw Failure(.input, "--token-file \(tokenFile): \(error.localizedDescription)")
            }
        }
        return APIClient(server: server, token: token)
    }
}

/// Talks to a running server.
struct APIClient: Sendable {
    /// The longest that an answer may take.
    private static let timeout = TimeAmount.seconds(30)
    /// The most that an answer may hold, in bytes.
    private static let answerLimit = 64 << 20

    let server: String
    let token: String?

    /// Sends a request and decodes the answer.
    ///
    /// - Throws: a failure of the input for an answer 4xx, saying what the server says; one of reachability when there is
    ///   no answer or the server has failed.
    func send<Answer: Decodable>(
        _ method: String, _ path: String, body: (any Encodable & Sendable)? = nil, as type: Answer.Type = JSONValue.self
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: server + path)
        request.method = .init(rawValue: method)
        if let token { request.headers.add(name: "authorization", value: "Bearer \(token)") }
        if let body {
            request.headers.add(name: "content-type", value: "application/json")
            request.body = .bytes(ByteBuffer(bytes: try JSONEncoder().encode(body)))
        }
        let status: UInt
        let data: Data
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: Self.timeout)
            status = response.status.code
            data = Data((try await response.body.collect(upTo: Self.answerLimit)).readableBytesView)
        } catch {
            throw Failure(.unreachable, "\(server) cannot be reached: \(error)")
        }
        guard (200..<300).contains(status) else {
            let detail = (try? JSONValue(parsing: data))?["detail"]?.string ?? String(decoding: data, as: UTF8.self)
            throw Failure(status < 500 ? .input : .unreachable, "\(server) answered \(status): \(detail)")
        }
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch {
            throw Failure(.unreachable, "\(server) is no Auspex server, or of another version: \(error)")
        }
    }
}
