import AuspexSignals

extension FleetBook: Codable {
    private enum Key: String, CodingKey {
        case reports, refused, sweptAt
    }

    private struct Entry: Codable {
        var service: String
        var instance: String
        var reporter: SeriesID
        var report: FleetInstance.Report
    }

    /// Reads what ``encode(to:)`` wrote.
    package init(from decoder: any Decoder) throws {
        self.init()
        let container = try decoder.container(keyedBy: Key.self)
        refusedReports = try container.decode(Int.self, forKey: .refused)
        sweptAt = try container.decodeIfPresent(Timestamp.self, forKey: .sweptAt)
        for entry in try container.decode([Entry].self, forKey: .reports).prefix(Self.mostReports) {
            services[entry.service, default: Service()]
                .instances[entry.instance, default: FleetInstance()].reports[entry.reporter] = entry.report
            reportCount += 1
        }
    }

    /// Writes the reports, the same book always in the same way.
    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(refusedReports, forKey: .refused)
        try container.encodeIfPresent(sweptAt, forKey: .sweptAt)
        let entries = services.flatMap { service, known in
            known.instances.flatMap { instance, known in
                known.reports.map { Entry(service: service, instance: instance, reporter: $0.key, report: $0.value) }
            }
        }
        try container.encode(
            entries.sorted { ($0.service, $0.instance, $0.reporter) < ($1.service, $1.instance, $1.reporter) },
            forKey: .reports)
    }
}
