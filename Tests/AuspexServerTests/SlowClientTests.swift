import AuspexEngine
import AuspexSignals
import Foundation
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

@testable import AuspexServer

@Suite struct SlowClientTests {
    @Test(
        "a connection on which nothing comes is closed, in the middle of a request as before one",
        arguments: [
            "", "POST /api/v1/write HT",
            "POST /api/v1/write HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nabc",
        ])
    func idle(request: String) async throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "auspex-\(RandomIDSource().next())").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var configuration = EngineConfiguration()
        configuration.dataDirectory = directory
        configuration.actions.helper = "/bin/true"
        configuration.listen = try #require(EngineConfiguration.ListenAddress("127.0.0.1:0"))
        configuration.api.idleTimeout = TimeSpan(milliseconds: 50)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let engine = try await Engine(configuration: configuration, logger: logger)
        let (ports, port) = AsyncStream.makeStream(of: Int.self)
        let application = try Server.application(engine: engine, version: "test", logger: logger) { port.yield($0) }
        let group = ServiceGroup(configuration: .init(services: [engine, application], logger: logger))
        async let running: Void = group.run()
        let listening = try #require(await ports.first { _ in true })
        let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: listening).get()
        try await client.writeAndFlush(ByteBuffer(string: request))
        // Only the server ends this connection.
        try await client.closeFuture.get()
        await group.triggerGracefulShutdown()
        try await running
    }
}
