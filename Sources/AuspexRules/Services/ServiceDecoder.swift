import AuspexDocuments
import AuspexSignals

/// Decodes declared services by the closed schema.
struct ServiceDecoder {
    /// Where mistakes go.
    let collector: DiagnosticCollector

    private var services: [ServiceDescription] = []
    private var dependencies: [(link: ServiceLink, location: SourceLocation)] = []
    /// Where each name and alias stands first.
    private var places: [String: SourceLocation] = [:]
    private var aliases: [String: String] = [:]

    init(collector: DiagnosticCollector) {
        self.collector = collector
    }

    /// Reads one document.
    mutating func read(_ root: DocumentNode) {
        var reader = MappingReader(root, named: "a document of services", reporting: collector)
        _ = reader.string("kind")
        let entries = reader.mappings("services", named: "a service") ?? []
        reader.finish()
        for entry in entries { service(entry) }
    }

    /// All that was read, once every document was.
    func declarations() -> ServiceDeclarations {
        let names = Set(services.map(\.name))
        var links: [ServiceLink] = []
        var seen: Set<ServiceLink> = []
        for (link, location) in dependencies {
            let target = aliases[link.dependency] ?? link.dependency
            let link = ServiceLink(link.service, dependsOn: target)
            if !names.contains(target) {
                let hint = suggestion(for: target, among: names.union(aliases.keys))
                collector.report(location, "there is no service '\(target)'\(hint)")
            } else if target == link.service {
                collector.report(location, "'\(target)' can't depend on itself; take it out")
            } else if !seen.insert(link).inserted {
                collector.report(location, "'\(link.service)' depends on '\(target)' already; take one out")
            } else {
                links.append(link)
            }
        }
        checkRoom(links)
        return ServiceDeclarations(services: services, links: links)
    }

    private mutating func service(_ reader: MappingReader) {
        var reader = reader
        let named = reader.textNode("name")
        let tier = reader.optionalString("tier") ?? ""
        let owner = reader.optionalString("owner") ?? ""
        let labels = reader.labels("labels")
        let aliases = texts(&reader, "aliases")
        let dependencies = texts(&reader, "depends_on")
        reader.finish()
        guard let named, claim(named.text, at: named.node.location) else { return }
        for alias in aliases where claim(alias.text, at: alias.node.location) { self.aliases[alias.text] = named.text }
        services.append(
            ServiceDescription(name: named.text, tier: tier, owner: owner, labels: labels, aliases: aliases.map(\.text))
        )
        self.dependencies += dependencies.map {
            (ServiceLink(named.text, dependsOn: $0.text), $0.node.location)
        }
    }

    /// Takes a name for a service; false, with a report, if it is no name or is taken.
    private mutating func claim(_ name: String, at location: SourceLocation) -> Bool {
        guard ServiceGraph.isName(name) else {
            let form = "a text with a letter in it, of at most \(ServiceGraph.longestName) bytes"
            collector.report(location, "a service's name must be \(form)")
            return false
        }
        if let first = places[name] {
            collector.report(location, "the name '\(name)' is taken by the service at \(first)")
            return false
        }
        places[name] = location
        return true
    }

    private func texts(_ reader: inout MappingReader, _ key: String) -> [(node: DocumentNode, text: String)] {
        (reader.optionalList(key) ?? []).compactMap { node in
            if let text = node.text { return (node, text) }
            collector.report(node.location, "'\(key)' must be a list of names; this is \(node.kind)")
            return nil
        }
    }

    private func checkRoom(_ links: [ServiceLink]) {
        let bounds = [
            (services.count, ServiceGraph.mostServices, "services"),
            (links.count, ServiceGraph.mostEdges, "dependencies"),
        ]
        for (count, most, what) in bounds where count > most {
            guard let first = services.first.flatMap({ places[$0.name] }) else { continue }
            collector.report(first, "\(count) \(what) are declared; there may be \(most)")
        }
    }
}
