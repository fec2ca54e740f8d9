import AuspexEngine
import AuspexSignals
import AuspexWire
import NIOCore
import NIOPosix

/// Turns what syslog senders send into records.
struct SyslogSource: Sendable {
    let configuration: EngineConfiguration.Syslog
    let engine: Engine
    let intake: LogIntake
    private let limits = LogLimits()

    init(_ configuration: EngineConfiguration.Syslog, engine: Engine, intake: LogIntake) {
        self.configuration = configuration
        self.engine = engine
        self.intake = intake
    }

    /// So many messages become records at a time: a read may bring tens of thousands of a few bytes each, of which the records
    /// are much larger.
    private static let messagesAtOnce = 1_000

    /// Serves one connection.
    func serve(_ connection: ConnectionListener.Connection) async throws {
        let peer = connection.channel.remoteAddress?.ipAddress
        try await connection.executeThenClose { inbound, _ in
            var frames = SyslogFrames(
                limit: limits.bodyBytes, style: configuration.isMultiline ? .multiline : .lines)
            for try await buffer in inbound {
                var messages: [SyslogFrames.Frame] = []
                frames.append(buffer.readableBytesView) { messages.append($0) }
                guard await store(messages, from: peer) else { return }
            }
            var messages: [SyslogFrames.Frame] = []
            frames.finish { messages.append($0) }
            _ = await store(messages, from: peer)
        }
    }

    private func store(_ messages: [SyslogFrames.Frame], from peer: String?) async -> Bool {
        var isStored = true
        for start in stride(from: 0, to: messages.count, by: Self.messagesAtOnce) {
            let part = messages[start..<min(start + Self.messagesAtOnce, messages.count)]
            // Also when the part before was lost, so that all that is lost is counted.
            if !(await intake.store(records(of: part, from: peer))) { isStored = false }
        }
        return isStored
    }

    /// The records of messages that have just arrived, counted where something was cut off.
    func records(of messages: some Collection<SyslogFrames.Frame>, from peer: String?) -> [LogRecord] {
        guard !messages.isEmpty else { return [] }
        let received = engine.clock.now()
        var base = LogAttributes(limits: limits)
        base.set("network.peer.address", peer)
        var logs = DecodedLogs(limits: limits)
        for message in messages {
            let before = logs.shortened
            SyslogMessage.read(message.bytes).accept(
                into: &logs, received: received, assumedOffset: configuration.offsetMinutes, base: base)
            if message.isCut, logs.shortened == before { logs.shortened += 1 }
        }
        engine.metrics.count(logs)
        return logs.records
    }
}

/// Takes syslog datagrams, each one message (RFC 5426). Where they come faster than they are stored, they are lost and
/// counted: nobody can be told.
///
/// A class because a channel's pipeline owns its handlers. Only the channel's event loop calls it.
final class SyslogDatagrams: ChannelInboundHandler, Sendable {
    typealias InboundIn = AddressedEnvelope<ByteBuffer>

    /// No datagram is longer (RFC 768).
    private static let longestDatagram = 65_535
    /// What the kernel may hold while this process is busy, if it allows so much.
    private static let kernelBuffer: ChannelOptions.Types.SocketOption.Value = 4 << 20

    private let source: SyslogSource

    private init(_ source: SyslogSource) {
        self.source = source
    }

    /// Begins to take datagrams.
    static func listen(
        at address: EngineConfiguration.ListenAddress, _ source: SyslogSource
    ) async throws -> any Channel {
        try await DatagramBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .channelOption(.socketOption(.so_rcvbuf), value: kernelBuffer)
            .channelOption(
                .recvAllocator, value: FixedSizeRecvByteBufferAllocator(capacity: longestDatagram)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(SyslogDatagrams(source))
                }
            }
            .bind(host: address.host, port: address.port).get()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let envelope = unwrapInboundIn(data)
        var bytes = Array(envelope.data.readableBytesView)
        while let last = bytes.last, last == 0 || last == 0x0a || last == 0x0d { bytes.removeLast() }
        guard !bytes.isEmpty else { return }
        let message = SyslogFrames.Frame(bytes: bytes)
        source.intake.offer(source.records(of: [message], from: envelope.remoteAddress.ipAddress))
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // One bad datagram, such as an error that an earlier answer met, is no reason to close the door.
        source.engine.metrics.add(to: .logConnectionsFailed)
    }
}
