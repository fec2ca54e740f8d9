package import AuspexEngine
import AuspexSignals
import AuspexWire
package import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore

/// The HTTP face of an engine.
package enum Server {
    /// How many connections may be open at a time; further ones wait in the kernel's queue.
    private static let mostConnections = 1_024
    /// How many bytes of bodies may be in memory at a time.
    private static let mostBodyBytes = 256 << 20

    /// The application: ingest, webhooks, API and status, behind host and token guards.
    ///
    /// - Parameters:
    ///   - engine: The engine behind the doors.
    ///   - version: What `/version` says.
    ///   - logger: Where requests that fail are told of.
    ///   - onStart: Told the port when the server listens; useful with port 0.
    /// - Throws: for a webhook secret that cannot be one.
    package static func application(
        engine: Engine, version: String, logger: Logger, onStart: @escaping @Sendable (Int) -> Void = { _ in }
    ) throws -> some ApplicationProtocol {
        let configuration = engine.configuration
        return Application(
            router: try router(engine: engine, version: version),
            server: .http1(
                configuration: .init(idleTimeout: .milliseconds(configuration.api.idleTimeout.milliseconds))),
            configuration: ApplicationConfiguration(
                address: .hostname(configuration.listen.host, port: configuration.listen.port), serverName: "auspex",
                availableConnectionsDelegate: MaximumAvailableConnections(mostConnections)),
            onServerRunning: { channel in onStart(channel.localAddress?.port ?? configuration.listen.port) },
            logger: logger)
    }

    static func router(engine: Engine, version: String) throws -> Router<BasicRequestContext> {
        let configuration = engine.configuration
        let router = Router(context: BasicRequestContext.self)
        var hosts = HostGuard<BasicRequestContext>.loopbackNames
        hosts.formUnion(configuration.api.hosts)
        hosts.insert(configuration.listen.host)
        router.add(middleware: FailureMiddleware())
        router.add(middleware: HostGuard(allowedHosts: hosts))
        router.add(middleware: TokenGuard(token: configuration.api.token?.value))
        StatusRoutes(engine: engine, version: version).add(to: router)
        let budget = BodyBudget(bytes: mostBodyBytes)
        IngestRoutes(engine: engine, budget: budget).add(to: router)
        LogRoutes(engine: engine, budget: budget).add(to: router)
        AlertRoutes(engine: engine, budget: budget).add(to: router)
        HealthRoutes(engine: engine).add(to: router)
        let receiver = try HookReceiver(configuration.hooks, answers: configuration.answers.settings)
        HookRoutes(engine: engine, receiver: receiver, budget: budget).add(to: router)
        ChangeRoutes(engine: engine).add(to: router)
        let cache = VerdictCache(engine: engine)
        PollRoutes(engine: engine, cache: cache).add(to: router)
        FlaggerRoutes(engine: engine, receiver: receiver, cache: cache).add(to: router)
        SpinnakerRoutes(engine: engine).add(to: router)
        DatadogRoutes(engine: engine).add(to: router)
        QuestionRoutes(engine: engine).add(to: router)
        SignalRoutes(engine: engine).add(to: router)
        IncidentRoutes(engine: engine).add(to: router)
        SilenceRoutes(engine: engine).add(to: router)
        ServiceRoutes(engine: engine).add(to: router)
        OutcomeRoutes(engine: engine).add(to: router)
        RiskModelRoutes(engine: engine, budget: budget).add(to: router)
        RunRoutes(engine: engine).add(to: router)
        GuardRoutes(engine: engine).add(to: router)
        return router
    }
}
