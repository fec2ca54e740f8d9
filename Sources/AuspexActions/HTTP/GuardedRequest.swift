import AsyncHTTPClient
import AuspexSignals
import Foundation
import NIOCore
import NIOHTTP1

/// A request to a host that the configuration names: to an address that was checked, without redirects and proxies, within
/// a time and with a bound for the answer.
struct GuardedRequest: Sendable {
    /// What came back.
    struct Answer: Sendable {
        /// The HTTP status.
        var status: Int
        /// The header fields.
        var headers: HTTPHeaders
        /// The first bytes of the body, up to ``GuardedRequest/mostBytes``.
        var body: [UInt8]

        /// The body as JSON; null when it is none.
        var json: JSONValue { (try? JSONValue(parsing: Data(body))) ?? .null }
    }

    /// Why there is no answer.
    enum Failure: Error, Hashable, CustomStringConvertible {
        /// The request was not sent and never will be.
        case refused(HTTPRefusal)
        /// Whether it arrived is not known.
        case unanswered(String)

        var description: String {
            switch self {
            case .refused(let refusal): refusal.description
            case .unanswered(let reason): reason
            }
        }
    }

    /// Most bytes of an answer that are read (1 MiB).
    static let mostBytes = HTTPPerformer.mostBytes

    /// The method.
    var method = "POST"
    /// The whole URL.
    var url: String
    /// The header fields.
    var headers: [(name: String, value: String)] = []
    /// The body; nil for none.
    var body: [UInt8]?
    /// The host of the URL, as the list of those allowed has it.
    var host: HostAllowList.Entry
    /// The longest that everything may take.
    var timeout: TimeSpan

    /// Looks the host's address up, sends the request there and reads the answer.
    func run(_ resolver: HostResolver) async throws(Failure) -> Answer {
        do {
            return try await withThrowingTaskGroup(of: Answer.self) { group in
                group.addTask { try await exchange(resolver) }
                group.addTask {
                    try await Task.sleep(for: .milliseconds(timeout.milliseconds))
                    throw Failure.unanswered("no answer within \(timeout)")
                }
                defer { group.cancelAll() }
                guard let answer = try await group.next() else { throw Failure.unanswered("the engine stops") }
                return answer
            }
        } catch let failure as Failure {
            throw failure
        } catch HTTPRefusal.unresolved(let host, let why) {
            // Name servers fail and come back.
            throw .unanswered(HTTPRefusal.unresolved(host, why).description)
        } catch let refusal as HTTPRefusal {
            throw .refused(refusal)
        } catch {
            throw .unanswered("no answer: \(error)")
        }
    }

    private func exchange(_ resolver: HostResolver) async throws -> Answer {
        let address = try await resolver.address(for: host)
        let client = HTTPClient.forOneRequest(to: host, at: address, within: timeout)
        do {
            let answer = try await answer(of: client)
            try await client.shutdown()
            return answer
        } catch {
            try? await client.shutdown()
            throw error
        }
    }

    private func answer(of client: HTTPClient) async throws -> Answer {
        var outgoing = HTTPClientRequest(url: host.spelled(in: url))
        outgoing.method = HTTPMethod(rawValue: method)
        for (name, value) in headers { outgoing.headers.replaceOrAdd(name: name, value: value) }
        outgoing.headers.replaceOrAdd(name: "User-Agent", value: "auspex")
        if let body { outgoing.body = .bytes(body) }
        let response = try await client.execute(outgoing, deadline: .now() + .milliseconds(timeout.milliseconds))
        var bytes: [UInt8] = []
        for try await part in response.body {
            bytes.append(contentsOf: part.readableBytesView.prefix(Self.mostBytes - bytes.count))
            // An endless answer is not read to its end.
            if bytes.count == Self.mostBytes { break }
        }
        return Answer(status: Int(response.status.code), headers: response.headers, body: bytes)
    }
}
