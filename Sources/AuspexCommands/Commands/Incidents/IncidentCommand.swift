import ArgumentParser
import AuspexRules
import AuspexSignals
import Foundation

/// Shows incidents of a server and looks after them.
struct IncidentCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "incident", abstract: "Show incidents and look after them.",
        subcommands: [
            List.self, Show.self, Acknowledge.self, Comment.self, Resolve.self, Reopen.self, Merge.self, Move.self,
        ])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the incidents of a server, newest first; without --state those that are not over.")

        @Option(help: "open, acknowledged or resolved; several with commas, or all.")
        var state = "open,acknowledged"

        @Option(help: "Only those of this service.")
        var service: String?

        @OptionGroup var listing: ListingOptions

        func run() async throws {
            try await listing.print(
                APIPath("/api/v1/incidents").with("service", service), state: state, nothing: "no such incidents",
                heading: ["INCIDENT", "STATE", "SEVERITY", "BEGAN", "FIRING", "BY", "TITLE"]
            ) { (incident: Incident) in
                [
                    incident.id, incident.state.rawValue, incident.severity.rawValue, incident.startedAt.iso8601,
                    "\(incident.firingCount)/\(incident.alertCount)", incident.acknowledgedBy, incident.title,
                ]
            }
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show an incident: its alerts and why they are together, suspected changes, and what happened.")

        @OptionGroup var target: Target

        func run() async throws { try await target.print("GET", "", nil) }
    }

    struct Acknowledge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "ack", abstract: "Take an incident on.", aliases: ["acknowledge"])

        @OptionGroup var target: Target
        @OptionGroup var person: Person

        func run() async throws { try await target.print("POST", "/ack", ["by": person.by]) }
    }

    struct Comment: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Say something about an incident.")

        @OptionGroup var target: Target

        @Argument(help: "What.")
        var text: String

        @OptionGroup var person: Person

        func run() async throws { try await target.print("POST", "/comment", ["by": person.by, "text": text]) }
    }

    struct Resolve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Declare that an incident is over.")

        @OptionGroup var target: Target
        @OptionGroup var person: Person

        func run() async throws { try await target.print("POST", "/resolve", ["by": person.by]) }
    }

    struct Reopen: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Declare that an incident is not over.")

        @OptionGroup var target: Target
        @OptionGroup var person: Person

        func run() async throws { try await target.print("POST", "/reopen", ["by": person.by]) }
    }

    struct Merge: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make two incidents one; the older of the two survives.")

        @OptionGroup var target: Target

        @Argument(help: "The other incident.")
        var other: String

        @OptionGroup var person: Person

        func run() async throws { try await target.print("POST", "/merge", ["by": person.by, "with": other]) }
    }

    struct Move: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Move an alert out of an incident, to another or to one of its own.")

        @OptionGroup var target: Target

        @Argument(help: "The alert.")
        var alert: String

        @Option(help: "The incident that it goes to; without it, one of its own.")
        var to: String?

        @OptionGroup var person: Person

        func run() async throws {
            var body = ["by": person.by, "alert": alert]
            body["to"] = to
            try await target.print("POST", "/move", body)
        }
    }

    /// An incident at a server.
    struct Target: ParsableArguments {
        @Argument(help: "The incident's id.")
        var incident: String

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        @OptionGroup var server: ServerOptions

        /// Asks for the incident, or does something to it, and prints how it stands then.
        func print(_ method: String, _ act: String, _ body: [String: String]?) async throws {
            let path = APIPath("/api/v1/incidents").below(incident).text + act
            let client = try server.client()
            let text: String?
            switch format {
            case .json: text = try await client.sendOrAccept(method, path, body: body).map { try json($0) }
            case .table:
                text = try await client.sendOrAccept(method, path, body: body, as: Incident.self).map { incident in
                    method == "GET" ? incident.report : incident.line
                }
            }
            guard let text else { return Terminal.note("accepted; it takes a while until its turn comes") }
            Terminal.print(text)
        }
    }
}

/// Who does something.
struct Person: ParsableArguments {
    @Option(help: "Who does it.")
    var by = ProcessInfo.processInfo.userName
}

extension Severity: ExpressibleByArgument {}
