import ArgumentParser
import AuspexRules
import AuspexSignals

/// What the listings of alerts and of incidents have in common.
struct ListingOptions: ParsableArguments {
    @Option(help: "Only those of this severity or a higher one: info, warning or critical.")
    var severity: Severity?

    @Option(help: "Only those that began at this moment or later, such as 2026-03-01T12:00:00Z.")
    var since: String?

    @Option(help: "At most so many.")
    var limit = 100

    @Option(help: "table or json.")
    var format: TextOrJSON = .table

    @OptionGroup var server: ServerOptions

    /// Asks for the things at `path` that stand in `state`, and prints them as JSON, or with a row for each under a heading.
    func print<Listed: Decodable>(
        _ path: APIPath, state: String, nothing: String, heading: [String], row: (Listed) -> [String]
    ) async throws {
        let path = path.with("state", state == "all" ? nil : state).with("severity", severity?.rawValue)
            .with("since", since).with("limit", "\(limit)")
        let client = try server.client()
        guard format == .table else {
            return Terminal.print(try json(try await client.send("GET", path.text, as: JSONValue.self)))
        }
        let listed = try await client.send("GET", path.text, as: [Listed].self)
        guard !listed.isEmpty else { return Terminal.note(nothing) }
        Terminal.print(aligned([heading] + listed.map(row)))
    }
}
