import ArgumentParser
import AuspexRunbooks
import AuspexSignals

/// Lets a rule go further with a runbook.
struct RunbookPromote: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote",
        abstract: "Let a stable rule propose a runbook's runs, or start them by itself. The audit has who and why.")

    @Argument(help: "The rule's id.")
    var rule: String

    @Argument(help: "The runbook's id.")
    var runbook: String

    @Option(help: "propose or auto.")
    var to: Promotion.Level

    @Option(help: "Why.")
    var reason = ""

    @OptionGroup var person: Person
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let body = ["rule": rule, "to": to.rawValue, "by": person.by, "reason": reason]
        let path = APIPath("/api/v1/runbooks").below(runbook).text + "/promotion"
        let _: JSONValue = try await server.client().send("POST", path, body: body)
        Terminal.print("\(rule) may \(to == .auto ? "start" : "propose") \(runbook)")
    }
}

/// Takes a promotion back.
struct RunbookDemote: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demote", abstract: "Take a promotion back.")

    @Argument(help: "The rule's id.")
    var rule: String

    @Argument(help: "The runbook's id.")
    var runbook: String

    @Option(help: "Why.")
    var reason = ""

    @OptionGroup var person: Person
    @OptionGroup var server: ServerOptions

    func run() async throws {
        let body = ["rule": rule, "by": person.by, "reason": reason]
        let path = APIPath("/api/v1/runbooks").below(runbook).text + "/promotion/revoke"
        let _: JSONValue? = try await server.client().sendOrAccept("POST", path, body: body)
        Terminal.print("\(rule) is not promoted with \(runbook) any more")
    }
}

/// Lists promotions.
struct RunbookPromotions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promotions", abstract: "List which rules were promoted with which runbooks.")

    @Option(help: "table or json.")
    var format: TextOrJSON = .table

    @OptionGroup var server: ServerOptions

    func run() async throws {
        let client = try server.client()
        guard format == .table else {
            return Terminal.print(try json(try await client.send("GET", "/api/v1/promotions", as: JSONValue.self)))
        }
        let rows = try await client.send("GET", "/api/v1/promotions", as: [Promotion].self).map {
            [$0.rule, $0.runbook, $0.level.rawValue, $0.by, $0.at.iso8601, $0.reason]
        }
        Terminal.print(aligned([["RULE", "RUNBOOK", "TO", "BY", "SINCE", "REASON"]] + rows))
    }
}

extension Promotion.Level: ExpressibleByArgument {}
