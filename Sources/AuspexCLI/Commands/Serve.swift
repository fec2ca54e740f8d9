import ArgumentParser
import AuspexEngine
import AuspexServer
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Runs the engine with its server.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the engine: take metrics and webhooks in, fire rules, run runbooks.",
        discussion: """
            Without a configuration it listens on 127.0.0.1:7070 and keeps its data in ./auspex-data. Environment \
            variables AUSPEX_SECTION__KEY go over the file. SIGTERM ends it gracefully.
            """)

    @Option(help: "The configuration file, in YAML.")
    var config: String?

    @Flag(help: "Check the configuration, rules and runbooks, and end.")
    var check = false

    @Option(help: "trace, debug, info, warning or error.")
    var logLevel = "info"

    func run() async throws {
        guard let level = Logger.Level(rawValue: logLevel) else {
            throw ValidationError("--log-level \(logLevel) must be trace, debug, info, warning or error")
        }
        let configuration = try Failure.ofInput {
            let configuration = try ConfigurationLoader.load(
                path: config, environment: ProcessInfo.processInfo.environment)
            _ = try Library(configuration)
            return configuration
        }
        if check { return Terminal.note("the configuration is well-formed") }
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        var logger = Logger(label: "auspex")
        logger.logLevel = level
        let engine = try await Failure.ofInput { try await Engine(configuration: configuration, logger: logger) }
        let (host, log) = (configuration.listen.host, logger)
        let application = try Server.application(engine: engine, version: Version.current, logger: logger) { port in
            let address = EngineConfiguration.ListenAddress(host: host, port: port)
            log.info("listening", metadata: ["address": "http://\(address)"])
        }
        // The server is shut down first, so that nothing is accepted that the engine will not store.
        let group = ServiceGroup(
            configuration: ServiceGroupConfiguration(
                services: [.init(service: engine), .init(service: application)],
                gracefulShutdownSignals: [.sigterm, .sigint], logger: logger))
        do {
            try await group.run()
        } catch {
            throw Failure(.input, "the server has stopped: \(error)")
        }
    }
}
