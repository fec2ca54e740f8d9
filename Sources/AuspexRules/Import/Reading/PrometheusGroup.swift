import AuspexDocuments
import AuspexSignals

/// A group of rules, and the ways in which files hold them.
struct PrometheusGroup {
    /// Its name; empty when it has none.
    let name: String
    /// Labels that all of its alerts get.
    let labels: [PrometheusRule.Entry]
    /// Its rules.
    let rules: [DocumentNode]
    /// What of it can't be said.
    let findings: [ImportFinding]

    /// What belongs to a group but its rules and labels, and needs no counterpart: rules here look at each value when it
    /// comes.
    private static let timing = ["interval", "query_offset"]

    // MARK: Files

    /// The groups in `documents`: in files of Prometheus, of which only the first document counts, and in objects of kind
    /// `PrometheusRule`, also in a `List`.
    static func groups(
        in documents: [Document], reporting collector: DiagnosticCollector, _ findings: inout [ImportFinding]
    ) -> [PrometheusGroup] {
        var groups: [PrometheusGroup] = []
        var files: Set<String> = []
        for document in documents {
            if document.root["apiVersion"] != nil {
                groups += objects(in: document.root).flatMap { self.groups(in: $0, collector) }
            } else if files.insert(document.location.file).inserted {
                groups += self.groups(in: document.root, collector)
            } else {
                findings.append(
                    ImportFinding(
                        .other("this document"), at: document.location, isLeftOut: true,
                        "Prometheus reads only the first document of a file, and so does the import"))
            }
        }
        return groups
    }

    /// The specifications of the objects that hold groups.
    private static func objects(in root: DocumentNode) -> [DocumentNode] {
        let objects = root["items"]?.elements ?? [root]
        return objects.filter { $0["kind"]?.text == "PrometheusRule" }.compactMap { $0["spec"] }
            .filter { $0["groups"] != nil }
    }

    private static func groups(in root: DocumentNode, _ collector: DiagnosticCollector) -> [PrometheusGroup] {
        guard let node = root["groups"] else {
            collector.report(root.location, "no file of Prometheus' rules, which begins with 'groups:'")
            return []
        }
        guard !node.isNull else { return [] }
        guard let elements = node.elements else {
            collector.report(node.location, "'groups' must be a list, not \(node.kind)")
            return []
        }
        return elements.map { PrometheusGroup($0, reporting: collector) }
    }

    // MARK: Groups

    /// Reads a group. Other programs write more into it than Prometheus does, so that what is not known is told and left
    /// out.
    private init(_ node: DocumentNode, reporting collector: DiagnosticCollector) {
        var reader = MappingReader(node, named: "a group", reporting: collector)
        let name = reader.string("name") ?? ""
        self.name = name
        labels = PrometheusRuleDecoder.entries(
            reader.optionalEntries("labels") ?? [], of: "labels", reporting: collector)
        rules = reader.optionalList("rules") ?? []
        let known = ["name", "labels", "rules", "limit"] + Self.timing
        findings = reader.keys.compactMap { key in
            let message: String
            if key == "limit" {
                message =
                    "'limit' has no counterpart: rules are bounded by themselves, and their alerts are not taken back"
            } else if !known.contains(key) {
                message = "'\(key)' is not known and has no effect\(suggestion(for: key, known: known))"
            } else {
                return nil
            }
            return ImportFinding(.group(name), at: reader.location(of: key), isLeftOut: false, message)
        }
    }
}

private func suggestion(for key: String, known: [String]) -> String {
    nearestName(to: key, among: known).map { "; did you mean '\($0)'?" } ?? ""
}
