package import AuspexEngine
package import Logging
import NIOCore
import ServiceLifecycle

/// Listens for logs where the configuration says: syslog over UDP and TCP, Fluent's forward protocol over TCP.
package struct LogListeners: Service {
    /// A door that is open.
    package enum Door: String, Hashable, Sendable {
        case syslogUDP = "syslog over UDP"
        case syslogTCP = "syslog over TCP"
        case forward = "Fluent's forward protocol"
    }

    /// A door cannot be opened.
    package struct DoorError: Error, CustomStringConvertible {
        let door: Door
        let address: EngineConfiguration.ListenAddress
        let reason: String

        package var description: String {
            "\(door.rawValue) cannot listen on \(address): \(reason); choose a free port, above 1023 for users but root"
        }
    }

    private let engine: Engine
    private let logger: Logger
    private let onOpen: @Sendable (Door, Int) -> Void

    /// Listeners of an engine.
    ///
    /// - Parameter onOpen: told of each door and its port once it is open; useful with port 0.
    package init(
        engine: Engine, logger: Logger, onOpen: @escaping @Sendable (Door, Int) -> Void = { _, _ in }
    ) {
        self.engine = engine
        self.logger = logger
        self.onOpen = onOpen
    }

    /// Listens until the service group shuts down; then what was received is stored.
    package func run() async throws {
        let configuration = engine.configuration.logs
        let intake = LogIntake(engine: engine, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await intake.run() }
            do {
                try await cancelWhenGracefulShutdown { try await listen(configuration, intake) }
            } catch is CancellationError {}
            intake.close()
            try await group.waitForAll()
        }
    }

    private func listen(_ configuration: EngineConfiguration.Logs, _ intake: LogIntake) async throws {
        let syslog = SyslogSource(configuration.syslog, engine: engine, intake: intake)
        let forward = ForwardSource(engine: engine, intake: intake)
        try await withThrowingTaskGroup(of: Void.self) { group in
            if let address = configuration.syslog.udp {
                let channel = try await opening(.syslogUDP, address) {
                    try await SyslogDatagrams.listen(at: address, syslog)
                }
                opened(.syslogUDP, address, channel.localAddress?.port ?? address.port)
                group.addTask {
                    try await withTaskCancellationHandler {
                        try await channel.closeFuture.get()
                    } onCancel: {
                        channel.close(promise: nil)
                    }
                }
            }
            if let address = configuration.syslog.tcp {
                let listener = try await opening(.syslogTCP, address) {
                    try await ConnectionListener(
                        at: address, limit: configuration.syslog.maximumConnections, metrics: engine.metrics)
                }
                opened(.syslogTCP, address, listener.port)
                group.addTask { try await listener.run { try await syslog.serve($0) } }
            }
            if let address = configuration.forward.tcp {
                let listener = try await opening(.forward, address) {
                    try await ConnectionListener(
                        at: address, limit: configuration.forward.maximumConnections, metrics: engine.metrics)
                }
                opened(.forward, address, listener.port)
                group.addTask { try await listener.run { try await forward.serve($0) } }
            }
            // One door that has broken must not go unnoticed: its error ends the service.
            try await group.waitForAll()
        }
        // With nothing to listen to, the service still lasts until the others end.
        try await gracefulShutdown()
    }

    private func opening<Opened>(
        _ door: Door, _ address: EngineConfiguration.ListenAddress, _ open: () async throws -> Opened
    ) async throws -> Opened {
        do {
            return try await open()
        } catch let error as CancellationError {
            throw error
        } catch {
            throw DoorError(door: door, address: address, reason: "\(error)")
        }
    }

    private func opened(_ door: Door, _ address: EngineConfiguration.ListenAddress, _ port: Int) {
        let place = EngineConfiguration.ListenAddress(host: address.host, port: port)
        logger.info("listening for logs", metadata: ["door": "\(door.rawValue)", "address": "\(place)"])
        if !address.isLoopback {
            logger.warning(
                "other machines can reach this door, which knows no senders: whoever reaches it can add records",
                metadata: ["address": "\(place)"])
        }
        onOpen(door, port)
    }
}
