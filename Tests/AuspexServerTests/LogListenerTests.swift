import AuspexEngine
import AuspexSignals
import AuspexTesting
import AuspexWire
import Foundation
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import Synchronization
import Testing

@testable import AuspexServer

@Suite(.timeLimit(.minutes(1))) struct LogListenerTests {
    private static let anyPort = EngineConfiguration.ListenAddress(host: "127.0.0.1", port: 0)

    /// An engine with its listeners on ports of loopback; `body` gets the ports, then both are shut down.
    private func withListeners(
        _ configure: (inout EngineConfiguration) -> Void,
        _ body: (Engine, [LogListeners.Door: Int]) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        defer { withExtendedLifetime(directory) {} }
        var configuration = EngineConfiguration()
        configuration.dataDirectory = directory.path
        configuration.actions.helper = "/bin/true"
        configure(&configuration)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let engine = try await Engine(configuration: configuration, logger: logger)
        let (opened, open) = AsyncStream.makeStream(of: (LogListeners.Door, Int).self)
        let listeners = LogListeners(engine: engine, logger: logger) { open.yield(($0, $1)) }
        let group = ServiceGroup(configuration: .init(services: [engine, listeners], logger: logger))
        async let running: Void = group.run()
        let logs = configuration.logs
        let expected = [logs.syslog.udp, logs.syslog.tcp, logs.forward.tcp].compactMap { $0 }.count
        var ports: [LogListeners.Door: Int] = [:]
        for await (door, port) in opened {
            ports[door] = port
            if ports.count == expected { break }
        }
        try await body(engine, ports)
        await group.triggerGracefulShutdown()
        try await running
    }

    private func connect(to port: Int?) async throws -> any Channel {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: "127.0.0.1", port: try #require(port)).get()
    }

    private func wait(for count: Int, of counter: EngineMetrics.Counter, in engine: Engine) async {
        while engine.metrics.value(of: counter) < count { await Task.yield() }
    }

    @Test("syslog over TCP becomes records, counted or in lines, also what the end of a connection leaves")
    func tcp() async throws {
        try await withListeners({ $0.logs.syslog.tcp = Self.anyPort }) { engine, ports in
            let client = try await connect(to: ports[.syslogTCP])
            try await client.writeAndFlush(
                ByteBuffer(string: "<13>Oct 11 22:14:15 web shop: one\n17 <13>1 - - - - - -<14>2"))
            await wait(for: 2, of: .logs, in: engine)
            try await client.close()
            await wait(for: 3, of: .logs, in: engine)
        }
    }

    @Test("a door that cannot be opened ends the service and says which one it was")
    func taken() async throws {
        try await withListeners({ $0.logs.syslog.tcp = Self.anyPort }) { engine, ports in
            var configuration = engine.configuration
            configuration.logs.syslog.tcp?.port = try #require(ports[.syslogTCP])
            let directory = try TemporaryDirectory()
            configuration.dataDirectory = directory.path
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            let other = LogListeners(
                engine: try await Engine(configuration: configuration, logger: logger), logger: logger)
            await #expect { try await other.run() } throws: { error in
                "\(error)".hasPrefix("syslog over TCP cannot listen on 127.0.0.1:")
            }
            withExtendedLifetime(directory) {}
        }
    }

    @Test("syslog datagrams become records")
    func udp() async throws {
        try await withListeners({ $0.logs.syslog.udp = Self.anyPort }) { engine, ports in
            let client = try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .bind(host: "127.0.0.1", port: 0).get()
            let address = try SocketAddress(ipAddress: "127.0.0.1", port: try #require(ports[.syslogUDP]))
            for text in ["<13>Oct 11 22:14:15 web shop: one\n", "two", "\n"] {
                try await client.writeAndFlush(
                    AddressedEnvelope(remoteAddress: address, data: ByteBuffer(string: text)))
            }
            await wait(for: 2, of: .logs, in: engine)
            try await client.close()
        }
    }

    @Test("Fluent's chunks are acknowledged once they are on disk")
    func forward() async throws {
        let entry: [UInt8] = [0x92, 0x05, 0x81, 0xa3] + Array("log".utf8) + [0xa1, 0x78]
        let option: [UInt8] = [0x81, 0xa5] + Array("chunk".utf8) + [0xa2] + Array("id".utf8)
        let message = [0x93, 0xa1, 0x74, 0x92] + entry + entry + option
        try await withListeners({ $0.logs.forward.tcp = Self.anyPort }) { engine, ports in
            let client = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connect(host: "127.0.0.1", port: try #require(ports[.forward])) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                    }
                }
            try await client.executeThenClose { inbound, outbound in
                try await outbound.write(ByteBuffer(bytes: message.dropLast(3)))
                try await outbound.write(ByteBuffer(bytes: message.suffix(3)))
                var answer: [UInt8] = []
                for try await buffer in inbound {
                    answer += Array(buffer.readableBytesView)
                    if answer.count >= 8 { break }
                }
                #expect(answer == [0x81, 0xa3] + Array("ack".utf8) + [0xa2] + Array("id".utf8))
            }
            #expect(engine.metrics.value(of: .logs) == 2)
            // One that does not wait for its acknowledgement has not failed.
            let hasty = try await connect(to: ports[.forward])
            try await hasty.writeAndFlush(ByteBuffer(bytes: message))
            try await hasty.close()
            await wait(for: 4, of: .logs, in: engine)
        }
    }

    @Test("a sender of garbage is hung up on and counted, and no other suffers")
    func garbage() async throws {
        try await withListeners({ $0.logs.forward.tcp = Self.anyPort }) { engine, ports in
            let bad = try await connect(to: ports[.forward])
            try await bad.writeAndFlush(ByteBuffer(string: "GET / HTTP/1.1\r\n\r\n"))
            try await bad.closeFuture.get()
            await wait(for: 1, of: .logConnectionsFailed, in: engine)
            let good = try await connect(to: ports[.forward])
            try await good.writeAndFlush(ByteBuffer(bytes: [0x93, 0xa1, 0x74, 0x05, 0x81, 0xa1, 0x6d, 0xa1, 0x78]))
            await wait(for: 1, of: .logs, in: engine)
            try await good.close()
        }
    }

    @Test("more connections than allowed are refused and counted")
    func connections() async throws {
        try await withListeners({
            $0.logs.syslog.tcp = Self.anyPort
            $0.logs.syslog.maximumConnections = 1
        }) { engine, ports in
            let first = try await connect(to: ports[.syslogTCP])
            try await first.writeAndFlush(ByteBuffer(string: "one\n"))
            await wait(for: 1, of: .logs, in: engine)
            // Only the listener ends this connection.
            try await connect(to: ports[.syslogTCP]).closeFuture.get()
            #expect(engine.metrics.value(of: .logConnectionsRefused) == 1)
            try await first.writeAndFlush(ByteBuffer(string: "two\n"))
            await wait(for: 2, of: .logs, in: engine)
            try await first.close()
        }
    }

    private func record(_ text: String) -> LogRecord {
        LogRecord(time: Timestamp(milliseconds: 0), body: text)
    }

    /// An engine whose backlog is full, and an intake before it.
    private func fullIntake(_ directory: TemporaryDirectory, limit: Int) async throws -> (Engine, LogIntake) {
        var configuration = EngineConfiguration()
        configuration.dataDirectory = directory.path
        configuration.detection.backlogLimit = 0
        configuration.actions.helper = "/bin/true"
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let engine = try await Engine(configuration: configuration, logger: logger)
        return (engine, LogIntake(engine: engine, logger: logger, limit: limit))
    }

    @Test(
        "what nobody waits for is lost and counted when there is no room, and when the engine ends with a full backlog")
    func drops() async throws {
        let directory = try TemporaryDirectory()
        let (engine, intake) = try await fullIntake(directory, limit: 1_000)
        let long = String(repeating: "x", count: 600)
        intake.offer([record(long)])
        intake.offer([record(long)])
        #expect(engine.metrics.value(of: .logsDropped) == 1)
        intake.close()
        await intake.run()
        #expect(engine.metrics.value(of: .logsDropped) == 2)
        withExtendedLifetime(directory) {}
    }

    @Test("who waits is not told that records are stored which are not")
    func refusal() async throws {
        let directory = try TemporaryDirectory()
        let (engine, intake) = try await fullIntake(directory, limit: 1_000)
        async let isStored = intake.store([record("x")], isRepeated: true)
        async let isLost = intake.store([record("y"), record("z")])
        async let running: Void = intake.run()
        // The first attempt has failed: the sender waits, until the engine ends.
        await wait(for: 1, of: .batchesShed, in: engine)
        intake.close()
        await running
        let (first, second) = await (isStored, isLost)
        #expect(!first && !second)
        #expect(await intake.store([record("x")], isRepeated: true) == false)
        #expect(engine.metrics.value(of: .logsDropped) == 2, "what its sender does not send again is lost")
        #expect(await intake.store([record("x")]) == false)
        #expect(engine.metrics.value(of: .logsDropped) == 3 && engine.metrics.value(of: .logs) == 0)
        withExtendedLifetime(directory) {}
    }
}
