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

    /// How long a connection may hold a part of a message while nothing more of it comes.
    private let idleTime: TimeAmount

    /// A message may have so many bytes as sent; Fluent Bit's have at most 2 MiB, Fluentd's memory buffers 8 MiB.
    static let messageBytes = 16 << 20
    /// What all connections together may hold.
    static let heldBytes = 128 << 20
    /// So many bytes are decoded at a time: one message, and of further ones no more than fits into them.
    private static let pieceBytes = 4 << 10

    init(
        engine: Engine, intake: LogIntake, heldBytes: Int = ForwardSource.heldBytes, idleTime: TimeAmount = .seconds(30)
    ) {
        self.engine = engine
        self.intake = intake
        self.idleTime = idleTime
        budget = BodyBudget(bytes: heldBytes)
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
            var deadline: Scheduled<Void>?
            defer {
                budget.release(held)
                deadline?.cancel()
            }
            for try await buffer in inbound {
                deadline?.cancel()
                var rest = buffer.readableBytesView
                while !rest.isEmpty {
                    let piece = rest.prefix(Self.pieceBytes)
                    rest = rest.dropFirst(piece.count)
                    try hold(stream.heldBytes + piece.count, &held)
                    let (messages, failure) = decode(piece, &stream)
                    guard try await keep(messages, &held, outbound) else { return }
                    if let failure { throw failure }
                    budget.release(held - stream.heldBytes)
                    held = stream.heldBytes
                }
                deadline = held > 0 ? hangUp(connection.channel, after: idleTime) : nil
            }
        }
    }

    /// What ends in the next bytes of a stream, and why it cannot be gone on with behind that.
    private func decode(
        _ bytes: ByteBufferView, _ stream: inout FluentForward
    ) -> (messages: [FluentForward.Message], failure: LogWireError?) {
        var messages: [FluentForward.Message] = []
        do throws(LogWireError) {
            try stream.append(bytes, received: engine.clock.now()) { messages.append($0) }
            return (messages, nil)
        } catch {
            return (messages, error)
        }
    }

    /// Stores messages and acknowledges them.
    ///
    /// - Returns: whether they are stored; what is not is not acknowledged, and its sender will try again.
    private func keep(
        _ messages: [FluentForward.Message], _ held: inout Int, _ outbound: NIOAsyncChannelOutboundWriter<ByteBuffer>
    ) async throws -> Bool {
        for message in messages { engine.metrics.count(message.logs) }
        let records = messages.flatMap(\.logs.records)
        let isRepeated = messages.allSatisfy { $0.acknowledgement != nil }
        do throws(NoRoom) {
            try hold(held + LogIntake.bytes(of: records), &held)
        } catch {
            if !isRepeated { engine.metrics.add(records.count, to: .logsDropped) }
            throw error
        }
        guard await intake.store(records, isRepeated: isRepeated) else { return false }
        for case let answer? in messages.map(\.acknowledgement) { try await outbound.write(ByteBuffer(bytes: answer)) }
        return true
    }

    private func hold(_ needed: Int, _ held: inout Int) throws(NoRoom) {
        guard needed > held else { return }
        guard budget.reserve(needed - held, beside: held) else { throw NoRoom() }
        held = needed
    }

    /// A sender that begins a message and goes to sleep would keep others out for what it has begun.
    private func hangUp(_ channel: any Channel, after time: TimeAmount) -> Scheduled<Void> {
        let metrics = engine.metrics
        return channel.eventLoop.scheduleTask(in: time) {
            metrics.add(to: .logConnectionsFailed)
            channel.close(promise: nil)
        }
    }
}
