import ArgumentParser
import AuspexChanges
import AuspexSignals

extension DeployCommand {
    struct Metrics: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how changes are delivered: DORA's metrics, with what they rest on.",
            discussion: """
                Frequency, lead time from the oldest commit, share of deploys that did harm with its 95 % interval, time \
                to restore, and share of deploys that repaired an earlier one. Days and weeks are those of UTC.
                """)

        enum Split: String, ExpressibleByArgument, CaseIterable {
            case whole, service, team, week
        }

        enum Format: String, ExpressibleByArgument, CaseIterable {
            case table, json, csv
        }

        @Option(help: "Only this service.")
        var service: String?

        @Option(help: "Only services of this team, as the declarations of services name it.")
        var team: String?

        @Option(help: "Only this environment, or any; by default production.")
        var environment: String?

        @Option(help: "From this moment on, such as 2026-03-01T12:00:00Z; by default 90 days before the end.")
        var since: String?

        @Option(help: "Up to this moment; by default now.")
        var until: String?

        @Option(help: "A row for the whole, or each service, team or week.")
        var by: Split = .whole

        @Option(help: "table, json or csv.")
        var format: Format = .table

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let path = APIPath("/api/v1/delivery").with("service", service).with("team", team)
                .with("environment", environment).with("since", since).with("until", until)
                .with("by", by == .week ? "week" : nil).text
            let client = try server.client()
            if format == .json {
                return Terminal.print(try json(try await client.send("GET", path, as: JSONValue.self)))
            }
            let report = try await client.send("GET", path, as: DeliveryReport.self)
            let rows: [(name: String, figures: DeliveryFigures)] =
                switch by {
                case .whole: [("all", report.whole)]
                case .service: report.services.map { ($0.name, $0.figures) }
                case .team: report.teams.map { ($0.name, $0.figures) }
                case .week: report.weeks.map { ($0.since.iso8601, $0) }
                }
            guard format == .table else {
                Terminal.write(DeliveryFigures.csv(rows))
                return
            }
            Terminal.print(aligned([DeliveryFigures.heading] + rows.map { $0.figures.row($0.name) }))
            if by == .whole { Terminal.print("\n" + report.whole.bandText(report.source)) }
        }
    }
}
