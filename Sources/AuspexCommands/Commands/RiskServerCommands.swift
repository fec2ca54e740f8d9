import ArgumentParser
import AuspexChanges
import AuspexSignals

extension RiskCommand {
    struct Models: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a server's services are assessed by, and how good their models are.")

        @Option(help: "Only this service.")
        var service: String?

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let path = APIPath("/api/v1/risk/models").with("service", service).text
            let client = try server.client()
            guard format == .table else {
                return Terminal.print(try json(try await client.send("GET", path, as: JSONValue.self)))
            }
            let models = try await client.send("GET", path, as: [RiskModelStatus].self)
            Terminal.print(aligned([RiskModelStatus.heading] + models.map(\.row)))
        }
    }

    struct Import: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a model that was made by train in force at a server.",
            discussion: """
                It stays until the server has trained one that does not rank worse on the service's newest changes.
                """)

        @Option(help: "The service; without it, the model is for all services that have none of their own.")
        var service: String?

        @Argument(help: "The model.")
        var file: String

        @OptionGroup var person: Person
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let model = try RiskCommand.model(file)
            let path = APIPath("/api/v1/risk/models/import").with("service", service).with("by", person.by).text
            let version = try await server.client().send("POST", path, body: model, as: RiskModelVersion.self)
            Terminal.print("version \(version.version) is in force for \(service ?? "all services")")
        }
    }
}

extension RiskModelStatus {
    fileprivate static let heading = [
        "SERVICE", "BY", "VERSION", "TRAINED", "CHANGES", "HARMFUL", "AUC", "LINES ADDED", "BRIER", "ECE", "MOVED",
        "WHY",
    ]

    fileprivate var row: [String] {
        let shown = versions.first(where: \.isInForce) ?? versions.first
        let metrics = shown?.evaluation?.metrics
        func number(_ value: Double?) -> String { value.map(NumberText.short) ?? "-" }
        return [
            service.isEmpty ? "(all)" : service, scorer.rawValue, shown.map { "\($0.version)" } ?? "-",
            shown?.trainedAt.iso8601 ?? "-", "\(shown?.changes ?? tally.known)", "\(shown?.harmful ?? tally.harmful)",
            number(metrics?.aucROC), number(shown?.evaluation?.linesAdded.aucROC), number(metrics?.brier),
            number(metrics?.ece), drift.map { $0.moved.isEmpty ? "no" : $0.moved.joined(separator: ",") } ?? "-",
            reason,
        ]
    }
}
