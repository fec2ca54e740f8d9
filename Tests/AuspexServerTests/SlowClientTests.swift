import AuspexEngine
import AuspexSignals
import AuspexTesting
import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

@testable import AuspexServer

@Suite(.timeLimit(.minutes(1))) struct SlowClientTests {
    /// An engine with its server on a port of loopback; `body` gets the port, then both are shut down.
    private func withListeningServer(
        _ configure: (inout EngineConfiguration) -> Void, _ body: (Int) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        var configuration = EngineConfiguration()
        configuration.dataDirectory = directory.path
        configuration.actions.helper = "/bin/true"
        configuration.listen = try #require(EngineConfiguration.ListenAddress("127.0.0.1:0"))
        configure(&configuration)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let engine = try await Engine(configuration: configuration, logger: logger)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let application = try Server.application(engine: engine, version: "test", logger: logger) { port.yield($0) }
        let server = BoundedShutdown(application, within: .milliseconds(50))
        let group = ServiceGroup(configuration: .init(services: [engine, server], logger: logger))
        async let running: Void = group.run()
        try await body(try #require(await ports.first { _ in true }))
        await group.triggerGracefulShutdown()
        try await running
        // The engine had its turn: a checkpoint is there.
        #expect(engine.metrics.value(of: .checkpoints) > 0)
    }

    private func connect(to port: Int, sending request: String) async throws -> any Channel {
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: port).get()
        // The server may have closed the connection before this arrives.
        try? await client.writeAndFlush(ByteBuffer(string: request))
        return client
    }

    private static let half = "POST /api/v1/write HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc"

    @Test(
        "a connection on which nothing comes is closed, in the middle of a request as before one",
        arguments: ["", "POST /api/v1/write HT", half])
    func idle(request: String) async throws {
        try await withListeningServer({ $0.api.idleTimeout = TimeSpan(milliseconds: 50) }) { port in
            // Only the server ends this connection.
            try await connect(to: port, sending: request).closeFuture.get()
        }
    }

    @Test("a client in the middle of a request does not keep the engine from saving and ending")
    func shutdown() async throws {
        try await withListeningServer({ $0.api.idleTimeout = .hours(1) }) { port in
            _ = try await connect(to: port, sending: Self.half)
        }
    }
}
