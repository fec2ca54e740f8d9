/// A policy for some services or environments.
package struct ScopedPolicy: Hashable, Sendable {
    /// The services that it is for; empty for all. A `*` at the end stands for any ending.
    package var services: [String]
    /// The environments that it is for; empty for all. A `*` at the end stands for any ending.
    package var environments: [String]
    /// The policy.
    package var policy: GatePolicy

    /// Creates it.
    package init(services: [String] = [], environments: [String] = [], policy: GatePolicy) {
        self.services = services
        self.environments = environments
        self.policy = policy
    }

    /// Whether it is for a change of this service in this environment.
    package func concerns(service: String, environment: String) -> Bool {
        Self.fits(service, services) && Self.fits(environment, environments)
    }

    private static func fits(_ name: String, _ patterns: [String]) -> Bool {
        patterns.isEmpty
            || patterns.contains { pattern in
                pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : name == pattern
            }
    }
}
