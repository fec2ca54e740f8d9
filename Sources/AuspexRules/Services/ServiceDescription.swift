package import AuspexSignals

/// Something that runs and that others depend on.
package struct ServiceDescription: Hashable, Sendable, Codable {
    /// Its name, unique in a graph.
    package var name: String
    /// How much hangs on it, in the words of whoever runs it, such as `1` or `gold`; empty when unknown.
    package var tier: String
    /// The person or team that answers for it; empty when unknown.
    package var owner: String
    /// Labels by which it is known: a series, record or alert that has all of them is the service's. None for a service
    /// that is known by its name alone.
    package var labels: Labels
    /// Other names of the same service, in order.
    package var aliases: [String]

    /// Creates a service that is known by its name.
    package init(name: String, tier: String = "", owner: String = "", labels: Labels = Labels(), aliases: [String] = [])
    {
        self.name = name
        self.tier = tier
        self.owner = owner
        self.labels = labels
        self.aliases = aliases.sorted()
    }
}
