/// The words by which a step tells that what it does cannot be taken back (rule 17 of the safety defaults). They find
/// what a runbook's author overlooked; they are no guard against one who hides it.
enum DestructiveWords {
    /// Programs that do nothing else.
    private static let programs: Set<String> = [
        "rm", "rmdir", "shred", "unlink", "dd", "wipefs", "mkfs", "mkswap", "fdisk", "parted", "sgdisk", "reboot",
        "shutdown", "poweroff", "halt",
    ]
    /// Programs that end others, with the options that leave them no time.
    private static let killers: Set<String> = ["kill", "pkill", "killall"]
    private static let hardKills: Set<String> = ["-9", "-kill", "-sigkill", "kill", "sigkill", "9"]
    /// Words as subcommands, in statements and in names: `kubectl delete`, `DROP TABLE`, `pg_terminate_backend`.
    private static let verbs: Set<String> = [
        "delete", "destroy", "drop", "erase", "format", "mkfs", "purge", "rm", "terminate", "truncate", "uninstall",
        "wipe",
    ]
    /// Options.
    private static let options: Set<String> = ["force", "delete", "destroy", "hard", "prune", "purge", "wipe"]

    /// The first such word in what a step does; nil when there is none. What the steps of branches, lanes and other
    /// runbooks do is said by themselves.
    static func found(in action: Runbook.Action) -> String? {
        switch action {
        case .operation(let operation), .wait(let operation, _, _): found(in: operation)
        case .group(let steps): steps.lazy.compactMap { found(in: $0.action) }.first
        case .verify, .branch, .parallel, .pause, .approval, .runbook: nil
        }
    }

    /// The first such word in one act; nil when there is none.
    static func found(in operation: OperationTemplate) -> String? {
        switch operation {
        case .run(let command): found(in: command)
        case .http(let request): request.method == "DELETE" ? request.method : nil
        case .health(let check): found(in: check.probe)
        case .collect(let evidence): evidence.commands.lazy.compactMap { found(in: $0) }.first
        case .notify: nil
        }
    }

    private static func found(in probe: HealthCheckTemplate.Probe) -> String? {
        switch probe {
        case .sql(let command, _): found(in: command)
        case .list(let checks): checks.lazy.compactMap { found(in: $0.probe) }.first
        // A page is only asked for with GET and HEAD.
        case .http, .tcp, .process, .disk, .systemd, .file, .dns, .certificate: nil
        }
    }

    private static func found(in command: CommandTemplate) -> String? {
        let program = (command.executable.split(separator: "/").last.map(String.init) ?? command.executable)
        let name = program.lowercased()
        if programs.contains(name) || name.hasPrefix("mkfs.") { return program }
        let arguments = command.arguments.map(literal)
        if killers.contains(name), let hard = arguments.first(where: { hardKills.contains($0.lowercased()) }) {
            return "\(program) \(hard)"
        }
        return arguments.lazy.compactMap { found(inArgument: $0) }.first
            ?? command.input.flatMap { verb(in: literal($0)) }
    }

    /// The text with blanks for its parameters and secrets.
    private static func literal(_ template: Template) -> String {
        template.segments.map { if case .literal(let text) = $0 { text } else { " " } }.joined()
    }

    private static func verb(in text: String) -> String? {
        text.split { !($0.isLetter || $0.isNumber) }.map(String.init).first { verbs.contains($0.lowercased()) }
    }

    private static func found(inArgument argument: String) -> String? {
        if argument.hasPrefix("-") {
            let name = argument.drop { $0 == "-" }.prefix { $0 != "=" }.lowercased()
            let first = name.split(separator: "-").first.map(String.init) ?? name
            if argument.hasPrefix("--"), options.contains(first) { return argument }
            // The value of an option may be a statement.
            guard let value = argument.firstIndex(of: "=") else { return nil }
            return found(inArgument: String(argument[argument.index(after: value)...]))
        }
        // A path is a name, and no command.
        if argument.hasPrefix("/") { return nil }
        return verb(in: argument)
    }
}
