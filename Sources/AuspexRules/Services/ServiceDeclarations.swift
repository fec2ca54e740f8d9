/// The services and dependencies that documents declare. Consistent when it comes from ``RuleLoader``: names and aliases
/// are unique, and every dependency is one of the services.
package struct ServiceDeclarations: Hashable, Sendable {
    /// The services, in order of the documents.
    package var services: [ServiceDescription]
    /// The dependencies, in order of the documents.
    package var links: [ServiceLink]

    /// Puts declarations together.
    package init(services: [ServiceDescription] = [], links: [ServiceLink] = []) {
        self.services = services
        self.links = links
    }
}
