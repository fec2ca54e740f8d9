import ArgumentParser
import AuspexRules
import AuspexSignals

/// Shows and makes silences.
struct SilenceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "silence", abstract: "Keep people from being told of some alerts for some time.",
        subcommands: [List.self, Add.self, Preview.self, Edit.self, Expire.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the silences of a server; without --state those that are not over.")

        @Option(help: "pending, active or expired; several with commas, or all.")
        var state = "pending,active"

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let path = APIPath("/api/v1/silences").with("state", state == "all" ? nil : state)
            let silences = try await server.client().send("GET", path.text, as: JSONValue.self)
            guard format == .table else { return Terminal.print(try json(silences)) }
            let rows = (silences.array ?? []).map(row)
            guard !rows.isEmpty else { return Terminal.note("no such silences") }
            Terminal.print(aligned([["SILENCE", "STATE", "FROM", "UNTIL", "BY", "MATCHERS", "COMMENT"]] + rows))
        }

        private func row(_ silence: JSONValue) -> [String] {
            func moment(_ key: String) -> String {
                silence[key]?.int.map { Timestamp(milliseconds: $0).iso8601 } ?? ""
            }
            func text(_ key: String) -> String { silence[key]?.string ?? "" }
            return [
                text("id"), text("state"), moment("startsAt"), moment("endsAt"), text("createdBy"), text("matchers"),
                text("comment"),
            ]
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a silence.",
            discussion: """
                Whatever fits all matchers is kept quiet: auspex silence add 'service="shop", severity!="critical"' \
                --for 2h --comment "moving the database". `silence preview` shows what that would be.
                """)

        @Argument(help: "Which alerts, such as 'service=\"shop\", host=~\"web-.*\"'.")
        var matchers: String

        @OptionGroup var wish: Wish
        @OptionGroup var server: ServerOptions

        func run() async throws { try await wish.send(matchers, to: "/api/v1/silences", server) }
    }

    struct Edit: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "End a silence and put another in its place, or do neither.")

        @Argument(help: "The silence's id.")
        var silence: String

        @Argument(help: "Which alerts, from now on.")
        var matchers: String

        @OptionGroup var wish: Wish
        @OptionGroup var server: ServerOptions

        func run() async throws {
            try await wish.send(matchers, to: APIPath("/api/v1/silences").below(silence).text + "/edit", server)
        }
    }

    struct Preview: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show which alerts a silence would keep quiet now, and which matchers fit none.")

        @Argument(help: "Which alerts.")
        var matchers: String

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        @OptionGroup var server: ServerOptions

        private struct Answer: Decodable {
            var silenced: [Alert]
            var silencedCount: Int
            var examined: Int
            var idleMatchers: [String]
        }

        func run() async throws {
            let (client, body, path) = (try server.client(), ["matchers": matchers], "/api/v1/silences/preview")
            guard format == .table else {
                return Terminal.print(try json(try await client.send("POST", path, body: body, as: JSONValue.self)))
            }
            let answer = try await client.send("POST", path, body: body, as: Answer.self)
            if !answer.silenced.isEmpty {
                Terminal.print(
                    aligned(
                        [["ALERT", "STATE", "SEVERITY", "RULE", "GROUP"]]
                            + answer.silenced.map { alert in
                                [
                                    alert.id, alert.state.rawValue, alert.severity.rawValue, alert.rule,
                                    "\(alert.group)",
                                ]
                            }))
            }
            Terminal.print("\(answer.silencedCount) of \(answer.examined) alerts would be silenced")
            for matcher in answer.idleMatchers { Terminal.note("no alert fits \(matcher): is it spelt right?") }
        }
    }

    struct Expire: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End a silence early.")

        @Argument(help: "The silence's id.")
        var silence: String

        @OptionGroup var person: Person
        @OptionGroup var server: ServerOptions

        func run() async throws {
            let path = APIPath("/api/v1/silences").below(silence).text + "/expire"
            _ = try await server.client().sendOrAccept("POST", path, body: ["by": person.by])
        }
    }

    /// What people say of a silence that they want.
    struct Wish: ParsableArguments {
        @Option(name: .customLong("for"), help: "How long, such as 2h or 30m.")
        var duration: String?

        @Option(help: "Its end, such as 2026-03-01T12:00:00Z, instead of --for.")
        var until: String?

        @Option(help: "Its beginning; without it, now.")
        var from: String?

        @Option(help: "Why.")
        var comment: String

        @OptionGroup var person: Person

        private struct Body: Encodable {
            var matchers: String
            var startsAt: Timestamp?
            var endsAt: Timestamp
            var by: String
            var comment: String
        }

        func validate() throws {
            _ = try body("", now: Timestamp(milliseconds: 0))
        }

        func send(_ matchers: String, to path: String, _ server: ServerOptions) async throws {
            let answer = try await server.client().send(
                "POST", path, body: try body(matchers, now: SystemWallClock().now()), as: JSONValue.self)
            Terminal.print(answer["id"]?.string ?? "")
        }

        private func body(_ matchers: String, now: Timestamp) throws -> Body {
            let start = try moment(from, "--from")
            guard (duration == nil) != (until == nil) else {
                throw ValidationError("say how long: --for 2h, or --until 2026-03-01T12:00:00Z")
            }
            var end = try moment(until, "--until") ?? now
            if let duration {
                guard let span = TimeSpan(duration), span > .zero else {
                    throw ValidationError("--for \(duration) is no length of time such as 2h or 30m")
                }
                end = (start ?? now) + span
            }
            return Body(matchers: matchers, startsAt: start, endsAt: end, by: person.by, comment: comment)
        }

        private func moment(_ text: String?, _ option: String) throws -> Timestamp? {
            try text.map { text in
                guard let moment = Timestamp(iso8601: text) else {
                    throw ValidationError("\(option) \(text) is no moment such as 2026-03-01T12:00:00Z")
                }
                return moment
            }
        }
    }
}
