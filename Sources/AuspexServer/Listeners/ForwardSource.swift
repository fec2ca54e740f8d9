import AuspexEngine
import AuspexSignals
import AuspexWire
import NIOCore

/// Turns what Fluentd and Fluent Bit send by their forward protocol into records, and acknowledges what is on disk.
struct ForwardSource: Sendable {
    let engine: Engine
    let intake: LogIntake
    /// What may be held of messages that have not ended, over all connections.
    let budget: BodyBudget
    let limits: LogLimits

    /// A message may have so many bytes as sent; Fluent Bit's have at most 2 MiB, Fluentd's memory buffers 8 MiB.
    static let messageBytes = 16 << 20
    /// What all connections together may hold.
    static let heldBytes = 128 << 20

    init(engine: Engine, intake: LogIntake) {
        self.engine = engine
        self.intake = intake
        budget = BodyBudget(bytes: Self.heldBytes)
        limits = LogLimits(compressedBytes: Self.messageBytes)
    }

    /// There is no room for what a connection sends.
    private struct NoRoom: Error {}

    /// Serves one connection.
    func serve(_ connection: ConnectionListener.Connection) async throws {
        var base = LogAttributes(limits: limits)
        base.set("network.peer.address", connection.channel.remoteAddress?.ipAddress)
        try await connection.executeThenClose { inbound, outbound in
            var stream = FluentForward(limits: limits, base: base)
            var held = 0
            defer { budget.release(held) }
            for try await buffer in inbound {
                let needed = stream.heldBytes + buffer.readableBytes
                if needed > held {
                    guard budget.reserve(needed - held) else { throw NoRoom() }
                    held = needed
                }
                var messages: [FluentForward.Message] = []
                try stream.append(buffer.readableBytesView, received: engine.clock.now()) { messages.append($0) }
                for message in messages {
                    engine.metrics.count(message.logs)
                    // What is not stored is not acknowledged, and its sender will try again.
                    guard await intake.store(message.logs.records) else { return }
                    if let answer = message.acknowledgement { try await outbound.write(ByteBuffer(bytes: answer)) }
                }
                budget.release(held - stream.heldBytes)
                held = stream.heldBytes
            }
        }
    }
}
