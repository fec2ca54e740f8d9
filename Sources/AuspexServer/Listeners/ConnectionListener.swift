import AuspexEngine
import Logging
import NIOCore
import NIOPosix
import Synchronization

/// Takes TCP connections, not more than so many at a time, and lets each be served by a task of its own.
struct ConnectionListener: Sendable {
    /// What is read from and written to a connection.
    typealias Connection = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    private let listening: NIOAsyncChannel<Connection, Never>
    /// Those that are taken and not served yet.
    private let waiting: Waiting
    private let limit: Int
    private let metrics: EngineMetrics

    /// The port that is listened on.
    var port: Int { listening.channel.localAddress?.port ?? 0 }

    /// Begins to listen.
    init(
        at address: EngineConfiguration.ListenAddress, limit: Int, metrics: EngineMetrics
    ) async throws {
        self.limit = limit
        self.metrics = metrics
        let waiting = Waiting()
        self.waiting = waiting
        listening = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(AcceptErrors(metrics))
                }
            }
            // A sender that has died without a word must not hold its place for ever.
            .childChannelOption(.socketOption(.so_keepalive), value: 1)
            .bind(host: address.host, port: address.port) { channel in
                channel.eventLoop.makeCompletedFuture { try waiting.add(channel) }
            }
    }

    /// Serves connections until the task is cancelled. A connection that fails is closed and counted, and no other suffers.
    ///
    /// Nothing more is read from a connection while what was read is being worked in, so that a sender which is too fast
    /// has to wait.
    func run(_ serve: @escaping @Sendable (Connection) async throws -> Void) async throws {
        // Not a part of the task: cancelled, the sequence would drop connections that it has taken and not handed out.
        let serving = Task {
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await accept(serve)) } catch { outcome = .failure(error) }
            for connection in waiting.close() { await attend(connection, nil) }
            try outcome.get()
        }
        let channel = listening.channel
        try await withTaskCancellationHandler {
            try await serving.value
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    /// Serves connections until the listening channel is closed; then those that are still open are cancelled.
    private func accept(_ serve: @escaping @Sendable (Connection) async throws -> Void) async throws {
        let open = Counter()
        try await withThrowingDiscardingTaskGroup { group in
            try await listening.executeThenClose { connections in
                for try await connection in connections {
                    let isWelcome = open.add(upTo: limit)
                    if !isWelcome { metrics.add(to: .logConnectionsRefused) }
                    group.addTask {
                        defer { if isWelcome { open.remove() } }
                        await attend(connection, isWelcome ? serve : nil)
                    }
                    waiting.remove(connection)
                }
            }
            group.cancelAll()
        }
    }

    /// Serves a connection, or only closes it.
    private func attend(_ connection: Connection, _ serve: (@Sendable (Connection) async throws -> Void)?) async {
        do {
            if let serve {
                try await serve(connection)
            } else {
                try await connection.executeThenClose { _, _ in }
            }
        } catch is CancellationError {
        } catch  where error is IOError || error is ChannelError || error is NIOAsyncWriterError {
            // The sender has gone.
        } catch {
            metrics.add(to: .logConnectionsFailed)
        }
    }

    /// Keeps the door open when a connection cannot be taken, as when descriptors are short for a moment.
    ///
    /// A class because a channel's pipeline owns its handlers.
    private final class AcceptErrors: ChannelInboundHandler, Sendable {
        typealias InboundIn = any Channel

        private let metrics: EngineMetrics

        init(_ metrics: EngineMetrics) {
            self.metrics = metrics
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            metrics.add(to: .logConnectionsRefused)
        }
    }

    /// Connections from when they are taken until they are handed out: one that is let go without being closed ends the
    /// process.
    ///
    /// A class because event loops and the serving task share it.
    private final class Waiting: Sendable {
        /// Nil when none is taken any more.
        private let connections = Mutex<[ObjectIdentifier: Connection]?>([:])

        func add(_ channel: any Channel) throws -> Connection {
            try connections.withLock { connections in
                guard connections != nil else {
                    channel.close(promise: nil)
                    throw ChannelError.ioOnClosedChannel
                }
                let connection = try Connection(wrappingChannelSynchronously: channel)
                connections?[ObjectIdentifier(channel)] = connection
                return connection
            }
        }

        func remove(_ connection: Connection) {
            connections.withLock { _ = $0?.removeValue(forKey: ObjectIdentifier(connection.channel)) }
        }

        /// Takes none any more, and gives those that have not been handed out.
        func close() -> [Connection] {
            connections.withLock { connections in
                defer { connections = nil }
                return connections.map { Array($0.values) } ?? []
            }
        }
    }

    /// How many connections there are.
    ///
    /// A class because all tasks share it.
    private final class Counter: Sendable {
        private let count = Mutex(0)

        func add(upTo limit: Int) -> Bool {
            count.withLock { count in
                guard count < limit else { return false }
                count += 1
                return true
            }
        }

        func remove() { count.withLock { $0 -= 1 } }
    }
}
