import ArgumentParser
import AuspexEngine
import AuspexExternal
import AuspexServer
import Foundation
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// Runs the engine with its server.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the engine: take metrics and webhooks in, fire rules, run runbooks.",
        discussion: """
            Without a configuration it listens on 127.0.0.1:7070 and keeps its data in ./auspex-data. Environment \
            variables AUSPEX_SECTION__KEY go over the file. SIGHUP reads rules and runbooks again, SIGTERM ends it \
            gracefully.
            """)

    @Option(help: "The configuration file, in YAML.")
    var config: String?

    @Flag(help: "Check the configuration, rules and runbooks, and end.")
    var check = false

    @Option(help: "trace, debug, info, warning or error.")
    var logLevel = "info"

    /// How long requests that have begun may go on after SIGTERM.
    private static let requestsMayTake = Duration.seconds(10)

    func validate() throws {
        _ = try level()
    }

    private func level() throws -> Logger.Level {
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw ValidationError("--log-level \(logLevel) must be trace, debug, info, warning or error")
        }
        return level
    }

    func run() async throws {
        let level = try level()
        var detectors = AuspexCommandLine.detectors
        try Failure.ofInput { try detectors.refusePrograms() }
        let (configuration, capacity) = try Failure.ofInput {
            let configuration = try ConfigurationLoader.load(
                path: config, environment: ProcessInfo.processInfo.environment,
                registry: detectors)
            return (configuration, try Engine.check(configuration, detectors: detectors))
        }
        if check { return Terminal.note("the configuration is well-formed; \(capacity)") }
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "auspex")
        logger.logLevel = level
        let engine = try await Failure.ofInput {
            try await Engine(configuration: configuration, detectors: detectors, logger: logger)
        }
        let (host, log) = (configuration.listen.host, logger)
        let application = try Failure.ofInput {
            try Server.application(engine: engine, version: Version.current, logger: logger) { port in
                let address = EngineConfiguration.ListenAddress(host: host, port: port)
                log.info("listening", metadata: ["address": "http://\(address)"])
            }
        }
        // The server is shut down first, so that nothing is accepted that the engine will not store; a client that is slow
        // must not keep the engine from saving.
        let server = BoundedShutdown(application, within: Self.requestsMayTake)
        var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(service: Reloader(engine: engine, logger: logger)), .init(service: engine),
        ]
        if configuration.logs.listens {
            let listeners = LogListeners(engine: engine, logger: logger)
            services.append(.init(service: BoundedShutdown(listeners, within: Self.requestsMayTake)))
        }
        if !configuration.logs.files.isEmpty {
            let files = LogFiles(engine: engine, logger: logger)
            services.append(.init(service: BoundedShutdown(files, within: Self.requestsMayTake)))
        }
        services.append(.init(service: server))
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: services,
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch {
            if let error = error as? IOError, error.errnoCode == EADDRINUSE {
                throw Failure(
                    .input, "listen: \(configuration.listen) is in use by another program; choose another port")
            }
            throw Failure(.input, "the server has stopped: \(error)")
        }
    }
}

/// Reads rules and runbooks again at SIGHUP.
private struct Reloader: Service {
    let engine: Engine
    let logger: Logger

    func run() async throws {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            do {
                try await engine.reload()
            } catch {
                logger.error("not reloaded, the last good ones stay in force", metadata: ["reason": "\(error)"])
            }
        }
    }
}
