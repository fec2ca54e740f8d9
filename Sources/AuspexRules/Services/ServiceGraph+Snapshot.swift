import AuspexSignals

extension ServiceGraph: Codable {
    private enum Key: String, CodingKey {
        case format, learnedFor, labelNames, services, edges, statistics
    }

    /// The version of the format. Raised when it changes in a way that older versions would misread.
    static let snapshotFormat = 1

    private struct KnownService: Codable {
        var service: ServiceDescription
        var provenance: ServiceProvenance
    }

    /// Reads what ``encode(to:)`` wrote. Services and edges over the bounds are left out and counted.
    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let format = try container.decode(Int.self, forKey: .format)
        guard format == Self.snapshotFormat else {
            throw DecodingError.dataCorruptedError(
                forKey: .format, in: container,
                debugDescription:
                    "the graph of services has format \(format), this version reads \(Self.snapshotFormat)")
        }
        self.init(
            learnedFor: try container.decode(TimeSpan.self, forKey: .learnedFor),
            labelNames: try container.decode(ServiceLabelNames.self, forKey: .labelNames))
        statistics = try container.decode(ServiceGraphStatistics.self, forKey: .statistics)
        let services = try container.decode([KnownService].self, forKey: .services)
        let edges = try container.decode([ServiceEdge].self, forKey: .edges)
        rebuild(Contents(services: services.map { ($0.service, $0.provenance) }, edges: edges))
    }

    /// Writes the whole graph, the same graph always in the same way.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(Self.snapshotFormat, forKey: .format)
        try container.encode(learnedFor, forKey: .learnedFor)
        try container.encode(labelNames, forKey: .labelNames)
        try container.encode(statistics, forKey: .statistics)
        let contents = contents
        try container.encode(
            contents.services.map { KnownService(service: $0.service, provenance: $0.provenance) }, forKey: .services)
        try container.encode(contents.edges, forKey: .edges)
    }
}
