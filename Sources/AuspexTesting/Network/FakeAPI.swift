package import AuspexSignals
import Foundation
import Synchronization

/// Another system's API on the loopback interface: remembers each call, and answers as it is told, at first with what was
/// told for once.
///
/// A class because the server and the test share it.
package final class FakeAPI: Sendable {
    /// One call.
    package struct Call: Sendable {
        /// The method.
        package var method: String
        /// The path with its query.
        package var path: String
        /// The header fields, their names in small letters.
        package var headers: [String: String]
        /// The body as it came.
        package var body: String

        /// The body as JSON; null when it is none.
        package var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }

        init(_ request: String) {
            let parts = request.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
            let lines = parts[0].split(separator: "\r\n")
            let words = lines.first?.split(separator: " ") ?? []
            method = words.first.map(String.init) ?? ""
            path = words.count > 1 ? String(words[1]) : ""
            body = parts.count > 1 ? String(parts[1]) : ""
            headers = [:]
            for line in lines.dropFirst() {
                guard let colon = line.firstIndex(of: ":") else { continue }
                let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
                headers[line[..<colon].lowercased()] = value
            }
        }
    }

    private struct State {
        var calls: [Call] = []
        var once: [LoopbackServer.Manner] = []
    }

    /// The address, without a slash at its end.
    package var url: String { "http://127.0.0.1:\(server.port)" }
    /// What it was asked, oldest first.
    package var calls: [Call] { state.withLock { $0.calls } }

    private let server: LoopbackServer
    private let state: SharedState

    /// The part that the server's thread holds on to.
    ///
    /// A class because the server and this object share it.
    private final class SharedState: Sendable {
        private let value = Mutex(State())

        func withLock<Result>(_ body: (inout sending State) -> sending Result) -> sending Result {
            value.withLock(body)
        }
    }

    /// Begins to listen.
    ///
    /// - Parameter answer: The answer to a call.
    package init(_ answer: @escaping @Sendable (Call) -> LoopbackServer.Manner = { _ in LoopbackServer.ok("{}") })
        throws
    {
        let state = SharedState()
        self.state = state
        server = try LoopbackServer(
            .by { request in
                let call = Call(request)
                let told = state.withLock { state -> LoopbackServer.Manner? in
                    state.calls.append(call)
                    return state.once.isEmpty ? nil : state.once.removeFirst()
                }
                return told ?? answer(call)
            })
    }

    /// Answers the next calls so, each once, before it goes on as before.
    package func next(_ manners: LoopbackServer.Manner...) {
        state.withLock { $0.once += manners }
    }
}
