import ArgumentParser
import AuspexRules
import AuspexSignals

/// The command above all others.
struct AuspexCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "auspex",
        abstract: "Finds anomalies, weighs deploys, fires rules and runs guarded, verified runbooks.",
        discussion: """
            Results go to standard output, everything else to standard error. Exit codes: 0 all is well, 1 a gate failed \
            or --fail-on was met, 2 wrong usage, 3 bad input or configuration, 4 the server cannot be reached. \
            `auspex --version` shows the version.
            """,
        groupedSubcommands: [
            CommandGroup(
                name: "Detect:",
                subcommands: [Score.self, Evaluate.self, Forecast.self, Detectors.self, Logs.self]),
            CommandGroup(
                name: "Weigh changes:",
                subcommands: [RiskCommand.self, JudgeCommand.self, GateCommand.self, DeployCommand.self]),
            CommandGroup(
                name: "Rules and runbooks:",
                subcommands: [RuleCommand.self, RunbookCommand.self, Replay.self, ExpressionCommand.self]),
            CommandGroup(
                name: "Look after alerts:",
                subcommands: [IncidentCommand.self, AlertCommand.self, SilenceCommand.self]),
            CommandGroup(
                name: "Run:",
                subcommands: [Serve.self, HealthCommand.self, AuditCommand.self, SupportBundleCommand.self]),
        ])

    /// Runs the command line. Wrong usage ends with 2, as the table above says, and not with the parser's own 64.
    static func main() async {
        do {
            let arguments = CommandLine.arguments.dropFirst()
            // The parser's own flag would be taken after every command and end it with 0: `gate --version v2` would let
            // everything pass.
            guard arguments != ["--version"] else { return Terminal.print(Version.current) }
            try checkNames(arguments)
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch let failure as Failure {
            Terminal.error(failure.message)
            exit(withError: ExitCode(failure.code.rawValue))
        } catch {
            let code = exitCode(for: error)
            guard code == .validationFailure else { exit(withError: error) }
            Terminal.error(fullMessage(for: error))
            exit(withError: ExitCode(Failure.Code.usage.rawValue))
        }
    }
}

extension AuspexCommand {
    /// The command that the parser has by itself.
    private static let helpName = "help"

    /// Says of a mistyped command what may be meant; the parser would only count the words that it does not know.
    private static func checkNames(_ arguments: some Sequence<String>) throws {
        var path = "auspex"
        var command: any ParsableCommand.Type = Self.self
        for name in arguments {
            let children = command.configuration.subcommands
            guard !children.isEmpty, !name.hasPrefix("-"), name != helpName else { return }
            guard let child = children.first(where: { $0._commandName == name }) else {
                let known = children.map { $0._commandName }
                throw Failure(.usage, "'\(path)' has no command '\(name)'\(suggestion(for: name, among: known))")
            }
            (path, command) = (path + " " + name, child)
        }
    }
}

/// What version this is.
enum Version {
    static let current = EngineVersion.current.description
}
