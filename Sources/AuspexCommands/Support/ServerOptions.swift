import ArgumentParser
import Foundation

/// Where the server is and how to get in.
struct ServerOptions: ParsableArguments {
    private static let variable = "AUSPEX_SERVER"
    private static let standard = "http://127.0.0.1:7070"
    private static let timeouts = 1...3_600

    @Option(help: "The server's address; AUSPEX_SERVER sets it too. By default http://127.0.0.1:7070.")
    var server: String?

    @Option(help: "A file with the API token; AUSPEX_TOKEN holds the token itself.")
    var tokenFile: String?

    @Option(help: "The longest that a whole answer may take, in seconds.")
    var timeout = 30

    func validate() throws {
        _ = try address()
        guard Self.timeouts.contains(timeout) else {
            throw ValidationError(
                "--timeout \(timeout) must be from \(Self.timeouts.lowerBound) to \(Self.timeouts.upperBound) seconds")
        }
    }

    /// Whether somebody named a server, so that the standard address is not meant.
    var isNamed: Bool { server != nil || ProcessInfo.processInfo.environment[Self.variable] != nil }

    /// A client for this server.
    func client() throws -> APIClient {
        var token = ProcessInfo.processInfo.environment["AUSPEX_TOKEN"]
        if let tokenFile {
            token = try Failure.ofInput { try text(of: tokenFile) }.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        return APIClient(server: try address(), token: token, timeout: .seconds(timeout))
    }

    /// The address without a slash at its end, so that paths can follow.
    private func address() throws -> String {
        let variable = ProcessInfo.processInfo.environment[Self.variable].map {
            (text: $0, name: "\(Self.variable)=\($0)")
        }
        let option = server.map { (text: $0, name: "--server \($0)") }
        guard let given = option ?? variable else { return Self.standard }
        guard let parts = URLComponents(string: given.text), ["http", "https"].contains(parts.scheme?.lowercased()),
            parts.host?.isEmpty == false
        else {
            throw ValidationError("\(given.name) is not an address such as \(Self.standard)")
        }
        return given.text.hasSuffix("/") ? String(given.text.dropLast()) : given.text
    }
}
