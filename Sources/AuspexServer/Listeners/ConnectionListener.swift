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
                channel.eventLoop.makeCompletedFuture { try Connection(wrappingChannelSynchronously: channel) }
            }
    }

    /// Serves connections until the task is cancelled. A connection that fails is closed and counted, and no other suffers.
    ///
    /// Nothing more is read from a connection while what was read is being worked in, so that a sender which is too fast
    /// has to wait.
    func run(_ serve: @escaping @Sendable (Connection) async throws -> Void) async throws {
        let open = Counter()
        let (limit, metrics) = (limit, metrics)
        try await withThrowingDiscardingTaskGroup { group in
            try await listening.executeThenClose { connections in
                for try await connection in connections {
                    let isWelcome = open.add(upTo: limit)
                    if !isWelcome { metrics.add(to: .logConnectionsRefused) }
                    group.addTask {
                        defer { if isWelcome { open.remove() } }
                        do {
                            if isWelcome {
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
                }
            }
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
