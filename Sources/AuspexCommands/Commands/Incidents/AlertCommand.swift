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

        @Option(help: "Only those of this severity or a higher one: info, warning or critical.")
        var severity: Severity?

        @Option(help: "Only those with these labels, such as 'service=\"shop\", host=~\"web-.*\"'.")
        var matchers: String?

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
            let path = APIPath("/api/v1/alerts")
                .with("state", state == "all" ? nil : state).with("rule", rule).with("severity", severity?.rawValue)
                .with("matchers", matchers).with("since", since).with("until", until).with("limit", "\(limit)")
            let client = try server.client()
            guard format == .table else {
                return Terminal.print(try json(try await client.send("GET", path.text, as: JSONValue.self)))
            }
            let alerts = try await client.send("GET", path.text, as: [Alert].self)
            guard !alerts.isEmpty else { return Terminal.note("no such alerts") }
            let rows = alerts.map { alert in
                [
                    alert.id, alert.state.rawValue, alert.severity.rawValue, alert.startedAt.iso8601, alert.rule,
                    "\(alert.group)", alert.heldBack ?? "",
                ]
            }
            Terminal.print(aligned([["ALERT", "STATE", "SEVERITY", "BEGAN", "RULE", "GROUP", "HELD BACK"]] + rows))
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
