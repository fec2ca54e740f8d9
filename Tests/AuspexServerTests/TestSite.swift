import AuspexEngine
import AuspexSignals
import AuspexTesting
import Foundation
import Hummingbird
import HummingbirdTesting
import Logging
import ServiceLifecycle
import Testing

@testable import AuspexServer

/// An engine with its server, driven without a socket.
///
/// - Parameters:
///   - isReady: whether to wait until the engine takes traffic.
///   - given: where log lines go; nil for nowhere.
func withServer(
    _ configure: (inout EngineConfiguration) throws -> Void = { _ in }, isReady: Bool = true,
    clock: any WallClock = SystemWallClock(), logger given: Logger? = nil,
    _ body: @escaping @Sendable (any TestClientProtocol, Engine) async throws -> Void
) async throws {
    let directory = try TemporaryDirectory()
    defer { withExtendedLifetime(directory) {} }
    var configuration = EngineConfiguration()
    configuration.dataDirectory = directory.path
    // What tests report is of any age.
    configuration.retention = .hours(24 * 36_500)
    // No test here runs a command; any program does.
    configuration.actions.helper = "/bin/true"
    try configure(&configuration)
    var logger = given ?? Logger(label: "test")
    if given == nil { logger.logLevel = .critical }
    let engine = try await Engine(configuration: configuration, clock: clock, logger: logger)
    let application = Application(
        router: try Server.router(engine: engine, version: "test"), services: [engine], logger: logger)
    try await application.test(.router) { client in
        // The engine says that it is ready when it works messages in.
        while isReady, engine.problem != nil { await Task.yield() }
        try await body(client, engine)
    }
}

/// Waits for a condition, for more turns than any test needs; then it is an issue that it never came true.
func eventually(
    turns: Int = 1_000_000, sourceLocation: Testing.SourceLocation = #_sourceLocation,
    _ condition: () async throws -> Bool
) async throws {
    for _ in 0..<turns {
        try Task.checkCancellation()
        if try await condition() { return }
        await Task.yield()
    }
    Issue.record("it never came true", sourceLocation: sourceLocation)
}

extension TestResponse {
    /// The body as JSON.
    var json: JSONValue { (try? JSONValue(parsing: Data(body.readableBytesView))) ?? .null }
    /// The body as text.
    var text: String { String(buffer: body) }
}
