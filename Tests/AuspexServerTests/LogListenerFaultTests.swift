import AuspexEngine
import AuspexSignals
import AuspexStore
import AuspexTesting
import AuspexWire
import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import AuspexServer

@Suite("Log listeners under pressure and in the end", .timeLimit(.minutes(1))) struct LogListenerFaultTests {
    private let logger: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    /// What an intake has stored, after so many failures.
    private final class Stored: Sendable {
        private let state: Mutex<(failures: Int, records: [LogRecord])>

        init(failures: Int = 0) { state = Mutex((failures, [])) }

        func take(_ batch: SignalBatch) throws {
            try state.withLock { state in
                state.failures -= 1
                guard state.failures < 0 else {
                    throw StoreError.database(operation: "storing", reason: "the disk is full")
                }
                state.records += batch.logs
            }
        }

        var records: [LogRecord] { state.withLock(\.records) }
    }

    private func engine(_ directory: TemporaryDirectory) async throws -> Engine {
        var configuration = EngineConfiguration()
        configuration.dataDirectory = directory.path
        configuration.actions.helper = "/bin/true"
        return try await Engine(configuration: configuration, clock: MovedClock(), logger: logger)
    }

    private func listener(_ engine: Engine) async throws -> ConnectionListener {
        try await ConnectionListener(
            at: EngineConfiguration.ListenAddress(host: "127.0.0.1", port: 0), limit: 100, metrics: engine.metrics)
    }

    private func connect(to port: Int) async throws -> any Channel {
        try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connect(host: "127.0.0.1", port: port)
            .get()
    }

    /// A door for Fluent's protocol before an intake that stores into `stored`.
    private func withForward(
        heldBytes: Int = ForwardSource.heldBytes, idleTime: TimeAmount = .hours(1), _ stored: Stored = Stored(),
        _ body: (Engine, ForwardSource, any Channel) async throws -> Void
    ) async throws {
        let directory = try TemporaryDirectory()
        let engine = try await engine(directory)
        let intake = LogIntake(engine: engine, logger: logger) { try stored.take($0) }
        let source = ForwardSource(engine: engine, intake: intake, heldBytes: heldBytes, idleTime: idleTime)
        let listener = try await listener(engine)
        async let taking: Void = intake.run()
        let serving = Task { try await listener.run { try await source.serve($0) } }
        let client = try await connect(to: listener.port)
        try await body(engine, source, client)
        try? await client.close()
        serving.cancel()
        try await serving.value
        intake.close()
        await taking
        withExtendedLifetime(directory) {}
    }

    /// `["t", time, {"m": text}]`
    private func message(_ text: String, at seconds: UInt32 = 5) -> [UInt8] {
        let time = (0..<4).reversed().map { UInt8(truncatingIfNeeded: seconds >> ($0 * 8)) }
        return [0x93, 0xa1, 0x74, 0xce] + time + [0x81, 0xa3] + Array("log".utf8) + [0xda]
            + [UInt8(text.utf8.count >> 8), UInt8(text.utf8.count & 0xff)] + Array(text.utf8)
    }

    // MARK: Time

    @Test("a record of the future is kept with the time of its arrival, and the time that it names")
    func future() async throws {
        let stored = Stored()
        let clock = MovedClock()
        let ahead = clock.now() + .hours(24)
        try await withForward(stored) { _, _, client in
            let seconds = UInt32(ahead.milliseconds / 1_000)
            try await client.writeAndFlush(ByteBuffer(bytes: message("ahead", at: seconds)))
            while stored.records.isEmpty { await Task.yield() }
        }
        let record = try #require(stored.records.first)
        #expect(record.body == "ahead" && record.time == clock.now())
        #expect(record.attributes[LogRecord.originalTime] == ahead.iso8601)
    }

    @Test("a time beyond all calendars is dated, too")
    func endOfTime() {
        let now = MovedClock().now()
        let record = LogRecord(time: Timestamp(milliseconds: .max), body: "x").arrived(at: now, latest: now)
        #expect(record.time == now && record.attributes[LogRecord.originalTime] != nil)
    }

    // MARK: Storing

    @Test("a store that fails is tried again, for those who wait as for those who cannot")
    func failingStore() async throws {
        let directory = try TemporaryDirectory()
        let engine = try await engine(directory)
        let stored = Stored(failures: 2)
        let intake = LogIntake(engine: engine, logger: logger) { try stored.take($0) }
        intake.offer([LogRecord(time: Timestamp(milliseconds: 0), body: "a")])
        async let running: Void = intake.run()
        let isStored = await intake.store([LogRecord(time: Timestamp(milliseconds: 0), body: "b")])
        intake.close()
        await running
        #expect(isStored && stored.records.map(\.body).sorted() == ["a", "b"])
        #expect(engine.metrics.value(of: .logsDropped) == 0)
        withExtendedLifetime(directory) {}
    }

    @Test("a sender that repeats is sent away when too much waits, one that does not waits")
    func pressure() async throws {
        let directory = try TemporaryDirectory()
        let engine = try await engine(directory)
        let stored = Stored()
        let intake = LogIntake(engine: engine, logger: logger, awaitedLimit: 100) { try stored.take($0) }
        let record = LogRecord(time: Timestamp(milliseconds: 0), body: "x")
        async let first = intake.store([record], isRepeated: true)
        async let second = intake.store([record], isRepeated: true)
        async let third = intake.store([record])
        async let running: Void = intake.run()
        let taken = await [first, second, third]
        intake.close()
        await running
        // Which of the first two comes first, and whether the other comes later than it is stored, nobody knows.
        #expect(taken.last == true && taken.filter(\.self).count == stored.records.count)
        #expect(engine.metrics.value(of: .logsDropped) == 0)
        withExtendedLifetime(directory) {}
    }

    // MARK: Fluent's protocol

    @Test("a sender that sleeps in the middle of a message is hung up on, one that sleeps between messages is not")
    func idle() async throws {
        let stored = Stored()
        try await withForward(idleTime: .milliseconds(50), stored) { engine, _, client in
            try await client.writeAndFlush(ByteBuffer(bytes: message("whole") + message("part").dropLast()))
            // Only the server ends this connection.
            try await client.closeFuture.get()
            #expect(engine.metrics.value(of: .logConnectionsFailed) == 1)
            #expect(stored.records.map(\.body) == ["whole"])
        }
    }

    @Test("what came before a broken message is stored")
    func broken() async throws {
        let stored = Stored()
        try await withForward(stored) { engine, _, client in
            try await client.writeAndFlush(ByteBuffer(bytes: message("good") + Array("GET /".utf8)))
            try await client.closeFuture.get()
            while engine.metrics.value(of: .logConnectionsFailed) == 0 { await Task.yield() }
            #expect(stored.records.map(\.body) == ["good"])
        }
    }

    @Test("what is decoded counts until it is stored: where it finds no room it is lost and counted")
    func decoded() async throws {
        let stored = Stored()
        try await withForward(heldBytes: 1_000, stored) { engine, source, client in
            // As sent there is room for both, decoded only for the first beside what another connection holds.
            #expect(source.budget.reserve(600))
            try await client.writeAndFlush(ByteBuffer(bytes: message("small")))
            while stored.records.isEmpty { await Task.yield() }
            try await client.writeAndFlush(ByteBuffer(bytes: message(String(repeating: "x", count: 200))))
            try await client.closeFuture.get()
            while engine.metrics.value(of: .logConnectionsFailed) == 0 { await Task.yield() }
            #expect(stored.records.count == 1 && engine.metrics.value(of: .logsDropped) == 1)
            source.budget.release(600)
            #expect(source.budget.reserve(1_000), "all that was held is given back")
        }
    }

    // MARK: Shutdown

    @Test("connections that are taken and not yet served at shutdown are closed", arguments: 1...5)
    func shutdown(round: Int) async throws {
        let directory = try TemporaryDirectory()
        let engine = try await engine(directory)
        let listener = try await listener(engine)
        var clients: [any Channel] = []
        for _ in 0..<10 { clients.append(try await connect(to: listener.port)) }
        let begin = AsyncStream.makeStream(of: Void.self)
        let serving = Task {
            for await _ in begin.stream {}
            try await listener.run { try await $0.executeThenClose { inbound, _ in for try await _ in inbound {} } }
        }
        // The task is cancelled before it takes the first of them from the sequence.
        serving.cancel()
        try await serving.value
        for client in clients { try await client.closeFuture.get() }
        withExtendedLifetime(directory) {}
    }

    // MARK: Bodies

    @Test("a compressed body counts with what may come out of it")
    func bodies() async throws {
        let budget = BodyBudget(bytes: 1_000)
        var head = HTTPRequest(method: .post, scheme: nil, authority: nil, path: "/")
        head.headerFields[.contentLength] = "10"
        let request = Request(head: head, body: .init(buffer: ByteBuffer(repeating: 1, count: 10)))
        let growth = BodyBudget.Growth(contentEncoding: "gzip", limit: 900)
        // Alone every body is let in.
        #expect(try await budget.withBody(of: request, upTo: 10, growing: growth) { $0.readableBytes } == 10)
        #expect(budget.reserve(200))
        #expect(try await budget.withBody(of: request, upTo: 10) { $0.readableBytes } == 10)
        await #expect {
            _ = try await budget.withBody(of: request, upTo: 10, growing: growth) { $0.readableBytes }
        } throws: { ($0 as? Problem)?.status == .serviceUnavailable }
        budget.release(200)
        #expect(budget.reserve(1_000), "all that was held is given back")
        #expect(BodyBudget.Growth(contentEncoding: "identity", limit: 1) == nil)
        #expect(BodyBudget.Growth.snappy(limit: 1 << 20).bytes(from: 3) == 66)
        #expect(BodyBudget.Growth.snappy(limit: 1 << 20).bytes(from: .max) == 1 << 20)
    }

    @Test("a store that fails is answered 503, which senders repeat, without a word of what is wrong inside")
    func notStored() async throws {
        await #expect {
            try await accepting { throw StoreError.database(operation: "storing", reason: "the disk is full") }
        } throws: { error in
            guard let problem = error as? Problem else { return false }
            return problem.status == .serviceUnavailable && problem.extraHeaders[.retryAfter] != nil
                && !problem.detail.contains("disk") && problem.cause == "storing: the disk is full"
        }
    }
}
