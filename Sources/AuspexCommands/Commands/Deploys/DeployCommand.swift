import ArgumentParser
import AuspexChanges
import AuspexEngine
import AuspexSignals

/// Reports deploys and other changes, and shows how they turned out.
struct DeployCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "deploy", abstract: "Report deploys, see how they turned out, and measure delivery.",
        subcommands: [List.self, Show.self, Report.self, Metrics.self, BlameIncident.self, Outcome.self])

    /// Reads one of a few words.
    static func choice<Choice: RawRepresentable & CaseIterable>(_ text: String) throws -> Choice
    where Choice.RawValue == String {
        if let choice = Choice(rawValue: text) { return choice }
        throw ValidationError("'\(text)' must be one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the changes of a server, newest first.")

        @Option(help: "Only those of this service.")
        var service: String?

        @Option(help: "Only those in this environment.")
        var environment: String?

        @Option(help: "Only those that began at this moment or later, such as 2026-03-01T12:00:00Z.")
        var since: String?

        @Option(help: "Only those that began before this moment.")
        var until: String?

        @Option(help: "At most so many.")
        var limit = 100

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let path = APIPath("/api/v1/changes").with("service", service).with("environment", environment)
                .with("since", since).with("until", until).with("limit", "\(limit)").text
            let client = try server.client()
            guard format == .table else {
                return Terminal.print(try json(try await client.send("GET", path, as: JSONValue.self)))
            }
            let changes = try await client.send("GET", path, as: [Change].self)
            guard !changes.isEmpty else { return Terminal.note("no such changes") }
            let heading = ["CHANGE", "KIND", "OUTCOME", "BEGAN", "SERVICE", "ENVIRONMENT", "VERSION", "BY"]
            Terminal.print(
                aligned(
                    [heading]
                        + changes.map { change in
                            [
                                change.id, change.kind.rawValue, change.outcome.rawValue, change.startedAt.iso8601,
                                change.service, change.environment, change.version, change.author,
                            ].map(TextTable.printable)
                        }))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show a change and whether it did harm, as far as is known.")

        @Argument(help: "The change's id.")
        var change: String

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        @OptionGroup var server: ServerOptions

        private struct Shown: Codable {
            var change: Change
            var outcome: ChangeOutcome
        }

        func run() async throws {
            let shown = try await server.client().send(
                "GET", APIPath("/api/v1/changes").below(change).text, as: Shown.self)
            Terminal.print(format == .json ? try json(shown) : shown.change.report + "\n" + shown.outcome.report)
        }
    }

    struct BlameIncident: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "blame", abstract: "Say which changes are to blame for an incident, and why.")

        @Argument(help: "The incident's id.")
        var incident: String

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let path = APIPath("/api/v1/incidents").below(incident).text + "/blame"
            let client = try server.client()
            guard format == .table else {
                return Terminal.print(try json(try await client.send("GET", path, as: JSONValue.self)))
            }
            Terminal.print(try await client.send("GET", path, as: IncidentBlame.self).report)
        }
    }

    struct Outcome: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say that a change did harm, or that it did none. That wins over everything else that is known.")

        @Argument(help: "The change's id.")
        var change: String

        @Flag(help: "Which of the two.")
        var harm: Harm

        @Option(help: "Why.")
        var reason = ""

        @OptionGroup var person: Person

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        @OptionGroup var server: ServerOptions

        enum Harm: String, EnumerableFlag {
            case harmful
            case harmless
        }

        private struct Statement: Encodable {
            var harmful: Bool
            var by: String
            var reason: String
        }

        func run() async throws {
            let path = APIPath("/api/v1/changes").below(change).text + "/outcome"
            let outcome = try await server.client().send(
                "POST", path, body: Statement(harmful: harm == .harmful, by: person.by, reason: reason),
                as: ChangeOutcome.self)
            Terminal.print(format == .json ? try json(outcome) : outcome.report)
        }
    }
}
