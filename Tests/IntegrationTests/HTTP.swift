import AuspexSignals
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Calls a server on loopback.
struct HTTP: Sendable {
    let port: Int

    struct Answer {
        var status: Int
        var body: Data

        var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
        var text: String { String(decoding: body, as: UTF8.self) }
    }

    func get(_ path: String) async throws -> Answer { try await send("GET", path) }

    func post(_ path: String, _ body: Data, _ headers: [String: String]) async throws -> Answer {
        try await send("POST", path, body, headers)
    }

    func post(_ path: String, json: JSONValue) async throws -> Answer {
        try await post(path, Data(json.canonicalText.utf8), ["content-type": "application/json"])
    }

    private func send(
        _ method: String, _ path: String, _ body: Data? = nil, _ headers: [String: String] = [:]
    ) async throws -> Answer {
        guard let url = URL(string: "http://127.0.0.1:\(port)\(path)") else { throw URLError(.badURL) }
        var request = URLRequest(url: url, timeoutInterval: 10)
        request.httpMethod = method
        request.httpBody = body
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        // Foundation's networking on Linux can lock up when the task that awaits it is cancelled, so this one never is; its
        // time is bounded.
        let (data, response) = try await Task { try await URLSession.shared.data(for: request) }.value
        return Answer(status: (response as? HTTPURLResponse)?.statusCode ?? 0, body: data)
    }
}

/// Asks again and again until there is an answer; an integration test waits for other programs, whose time is theirs.
///
/// - Throws: ``Timeout`` when there is none after `limit`.
func eventually<Result>(
    _ what: String, within limit: Duration = .seconds(120), _ body: () async throws -> Result?
) async throws -> Result {
    let clock = ContinuousClock()
    let end = clock.now + limit
    while clock.now < end {
        if let result = try? await body() { return result }
        try await clock.sleep(for: .milliseconds(200))
    }
    throw Timeout(what: what)
}

struct Timeout: Error, CustomStringConvertible {
    var what: String
    var description: String { "never happened: \(what)" }
}
