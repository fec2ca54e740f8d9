package import AuspexSignals

/// A health check with parameters in it.
package struct HealthCheckTemplate: Sendable {
    /// How something is checked; the cases are those of ``HealthCheck/Probe``.
    package enum Probe: Sendable {
        case tcp(EndpointTemplate)
        case http(RequestTemplate, contains: Template?)
        case process(name: Template?, pidFile: Template?)
        case disk(path: Template, HealthCheck.DiskLimits)
        case systemd(unit: Template)
        case sql(CommandTemplate, HealthCheck.Answer)
        case file(path: Template, maxAge: TimeSpan?)
        case dns(name: Template, addresses: [Template])
        case certificate(EndpointTemplate, serverName: Template?, minDays: Int64, warnDays: Int64?)
        case list([HealthCheckTemplate])
    }

    /// A host and a port with parameters in them.
    package struct EndpointTemplate: Sendable {
        /// The host.
        package var host: Template
        /// The port.
        package var port: Template
    }

    /// What is checked; nil for the kind of check and its object.
    package var component: Template?
    /// How it is checked.
    package var probe: Probe
    /// The longest it may take.
    package var timeout: TimeSpan
    /// An answer that takes longer than this is a warning; nil for none.
    package var slowAfter: TimeSpan?
}
