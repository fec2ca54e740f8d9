import ArgumentParser
import AuspexRunbooks
import AuspexSignals
import Foundation

/// Checks, plans, starts and follows runbooks.
struct RunbookCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runbook", abstract: "Check, plan, start and follow runbooks.",
        subcommands: [
            Validate.self, PlanRunbook.self, Run.self, List.self, Show.self, Approve.self, Cancel.self, Resume.self,
            Promote.self, Demote.self, Promotions.self, Reset.self, Statistics.self, PauseAll.self, UnpauseAll.self,
        ])

    /// A runbook's file with values for its parameters.
    struct Target: ParsableArguments {
        @Argument(help: "The runbook's file.")
        var file: String

        @Option(help: "Which runbook, when the file holds several.")
        var id: String?

        @Option(name: .customLong("param"), help: "The value of a parameter, as NAME=VALUE; may be repeated.")
        var parameters: [String] = []

        func runbook() async throws -> Runbook {
            let found = try Failure.ofInput { try RunbookLoader.load(paths: [file]) }
            let known = found.map(\.id).joined(separator: ", ")
            guard let first = found.first else { throw Failure(.input, "\(file): holds no document of kind: runbook") }
            guard let id else {
                guard found.count == 1 else { throw Failure(.usage, "\(file) holds \(known); choose one with --id") }
                return first
            }
            guard let chosen = found.first(where: { $0.id == id }) else {
                throw Failure(.input, "\(file): has no runbook '\(id)'; it holds \(known)")
            }
            return chosen
        }

        func validate() throws {
            _ = try assignments(parameters, option: "--param")
        }

        /// The values, as JSON where the parameter is a number or a truth value.
        func values(for runbook: Runbook) throws -> [String: JSONValue] {
            var values: [String: JSONValue] = [:]
            for (name, text) in try assignments(parameters, option: "--param") {
                let kind = runbook.parameters.first { $0.name == name }?.kind
                let parsed = kind == .int || kind == .bool ? try? JSONValue(parsing: text) : nil
                values[name] = parsed ?? .string(text)
            }
            return values
        }

        func plan() async throws -> Plan {
            let runbook = try await runbook()
            let values = try values(for: runbook)
            return try Failure.ofInput { try Planner.plan(runbook, parameters: values) }
        }
    }

    struct Validate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Load runbooks, say everything that is wrong with them, and run the tests in their files.")

        @Argument(help: "Files and folders with runbooks.")
        var paths: [String]

        func run() async throws {
            let runbooks = try Failure.ofInput { try RunbookLoader.load(paths: paths) }
            guard !runbooks.isEmpty else {
                throw Failure(
                    .input, "\(paths.joined(separator: ", ")): holds no runbook; a runbook begins with 'kind: runbook'")
            }
            let outcomes = runbooks.flatMap(RunbookTestRunner.run)
            for outcome in outcomes { Terminal.print(outcome.description) }
            let failed = outcomes.count { !$0.passed }
            Terminal.note("\(runbooks.count) runbooks are well-formed")
            Terminal.print("\(outcomes.count - failed) passed, \(failed) failed")
            if failed > 0 { throw ExitCode(Failure.Code.found.rawValue) }
        }
    }

    struct PlanRunbook: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "plan", abstract: "Print what a runbook would do, step by step, and the plan's hash.")

        @OptionGroup var target: Target

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        func run() async throws {
            let plan = try await target.plan()
            Terminal.print(format == .json ? try json(plan.masked) : plan.text)
        }
    }

    struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Ask the server to run a runbook that it has loaded, as it was planned.")

        @OptionGroup var target: Target

        @Option(help: "The hash that `runbook plan` printed: what runs is what was read.")
        var plan: String

        @Option(help: "Who asks.")
        var by = ProcessInfo.processInfo.userName

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        @OptionGroup var server: ServerOptions

        private struct Body: Encodable {
            var runbook: String
            var parameters: [String: JSONValue]
            var by: String
            var planHash: String
        }

        func run() async throws {
            let runbook = try await target.runbook()
            let body = Body(
                runbook: runbook.id, parameters: try target.values(for: runbook), by: by, planHash: plan)
            try await server.printRun("POST", "/api/v1/runs", body, format)
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the runs of a server, newest first.")

        @Option(help: "At most so many.")
        var limit = 100

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let runs: JSONValue = try await server.client().send("GET", "/api/v1/runs?limit=\(limit)")
            guard format == .table else { return Terminal.print(try json(runs)) }
            let rows = (runs.array ?? []).map { run in
                [
                    run["id"]?.string ?? "", run["status"]?.string ?? "", run["plan"]?["runbook"]?.string ?? "",
                    (run["mode"]?.string).flatMap(RunMode.init)?.word ?? "", run["requestedBy"]?.string ?? "",
                    run["createdAt"]?.int.map { Timestamp(milliseconds: $0).iso8601 } ?? "",
                ]
            }
            Terminal.print(aligned([["RUN", "STATUS", "RUNBOOK", "MODE", "BY", "CREATED"]] + rows))
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show how a run stands; as JSON with its plan and what the audit says.")

        @Argument(help: "The run's id.")
        var run: String

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        @OptionGroup var server: ServerOptions

        func run() async throws {
            guard format == .json else { return try await server.printRun("GET", "/api/v1/runs/\(run)", nil, format) }
            let client = try server.client()
            let record: JSONValue = try await client.send("GET", "/api/v1/runs/\(run)")
            let audit: JSONValue = try await client.send("GET", "/api/v1/audit?run=\(run)")
            Terminal.print(try json(JSONValue.object(["run": record, "audit": audit])))
        }
    }

    struct Approve: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a run that waits for approval go on. The hash says which plan you have read.")

        @Argument(help: "The run's id.")
        var run: String

        @Option(help: "The hash of the plan, from `runbook show`.")
        var plan: String

        @Option(help: "Who approves; not who asked for the run.")
        var by = ProcessInfo.processInfo.userName

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let body = ["by": by, "planHash": plan]
            try await server.printRun("POST", "/api/v1/runs/\(run)/approve", body, format, isTold: true)
        }
    }

    struct Cancel: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Stop a run.")

        @Argument(help: "The run's id.")
        var run: String

        @Option(help: "Why.")
        var reason: String

        @Option(help: "Who stops it.")
        var by = ProcessInfo.processInfo.userName

        @Flag(help: "There was nothing to remedy: count it as a false alarm.")
        var needless = false

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        @OptionGroup var server: ServerOptions

        private struct Body: Encodable {
            var by: String
            var reason: String
            var needless: Bool
        }

        func run() async throws {
            let body = Body(by: by, reason: reason, needless: needless)
            try await server.printRun("POST", "/api/v1/runs/\(run)/cancel", body, format, isTold: true)
        }
    }

    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what became of a step whose outcome nobody knows, so that its run goes on or ends.")

        @Argument(help: "The run's id.")
        var run: String

        @Option(help: "done (it happened), run_again (it did not), or give_up.")
        var decision: Decision

        @Option(help: "Who decides.")
        var by = ProcessInfo.processInfo.userName

        @Option(help: "table or json.")
        var format: TextOrJSON = .table

        @OptionGroup var server: ServerOptions

        func run() async throws {
            let body = ["by": by, "decision": decision.rawValue]
            try await server.printRun("POST", "/api/v1/runs/\(run)/decide", body, format, isTold: true)
        }
    }
}

extension Decision: ExpressibleByArgument {}

extension ServerOptions {
    /// Asks for a run, or says something to it, and prints how it stands.
    fileprivate func printRun(
        _ method: String, _ path: String, _ body: (any Encodable & Sendable)?, _ format: TextOrJSON,
        isTold: Bool = false
    ) async throws {
        let client = try client()
        switch format {
        case .json: Terminal.print(try json(try await client.send(method, path, body: body, as: JSONValue.self)))
        case .table:
            let record = try await client.send(method, path, body: body, as: RunRecord.self)
            Terminal.print(record.text(isTold: isTold))
        }
    }
}
