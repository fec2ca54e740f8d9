import ArgumentParser
import AuspexRules
import AuspexSignals

/// Shows alerts of a server, also those that are over.
struct AlertCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "alert", abstract: "Show alerts, also those that are over.", subcommands: [List.self, Show.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the alerts of a server, newest first; without --state those that fire.")

        @Option(help: "pending, firing or resolved; several with commas, or all.")
        var state = "firing"

        @Option(help: "Only those of this rule.")
        var rule: String?

        @Option(help: "Only those with these labels, such as 'service=\"shop\", host=~\"web-.*\"'.")
        var matchers: String?

        @Option(help: "Only those that began before this moment.")
        var until: String?

        @OptionGroup var listing: ListingOptions

        func run() async throws {
            try await listing.print(
                APIPath("/api/v1/alerts").with("rule", rule).with("matchers", matchers).with("until", until),
                state: state, nothing: "no such alerts",
                heading: ["ALERT", "STATE", "SEVERITY", "BEGAN", "RULE", "GROUP", "HELD BACK"]
            ) { (alert: Alert) in
                [
                    alert.id, alert.state.rawValue, alert.severity.rawValue, alert.startedAt.iso8601, alert.rule,
                    "\(alert.group)", alert.heldBack ?? "",
                ]
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show an alert, what it rests on, and the incident that it is in.")

        @Argument(help: "The alert's id.")
        var alert: String

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let client = try server.client()
            let path = APIPath("/api/v1/alerts").below(alert).text
            let incidents = APIPath("/api/v1/incidents").with("alert", alert).with("limit", "1").text
            guard format == .table else {
                let answer: JSONValue = try await client.send("GET", path)
                let incident = try await client.send("GET", incidents, as: [JSONValue].self).first ?? .null
                return Terminal.print(try json(JSONValue.object(["alert": answer, "incident": incident])))
            }
            let alert = try await client.send("GET", path, as: Alert.self)
            let incident = try await client.send("GET", incidents, as: [Incident].self).first
            Terminal.print(alert.report(in: incident))
        }
    }
}
