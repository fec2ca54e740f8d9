import ArgumentParser
import AuspexActions
import AuspexDocuments
import AuspexEngine
import AuspexRunbooks
import AuspexSignals
import Foundation

/// Carries health checks out by hand.
struct HealthCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "health", abstract: "Carry out the health checks of a file or of a runbook's steps.",
        discussion: """
            A file holds documents with kind: health, an id and a list of checks, or a runbook, whose health steps are \
            carried out. Without --config the checks may reach what the file names; with it, what the engine's \
            configuration lets them reach, and without files all health files beside its rules and runbooks are read. \
            Exit codes: 0 when all is ok or a warning, 1 when something failed or nobody can tell.
            """)

    @Argument(help: "Files and folders with health checks, or a runbook's file.")
    var paths: [String] = []

    @Option(help: "The engine's configuration file, in YAML.")
    var config: String?

    @Option(help: "Which health checks or runbook, when the files hold several.")
    var id: String?

    @Option(name: .customLong("param"), help: "The value of a runbook's parameter, as NAME=VALUE; may be repeated.")
    var parameters: [String] = []

    @Option(help: "The longest that the checks of one list or step may take together, in seconds.")
    var timeout = 60

    @Option(help: "table or json.")
    var format: TextOrJSON = .table

    @Flag(help: "One JSON object a line for each check, as soon as it is known.")
    var machineReadable = false

    private static let timeouts = 1...3_600

    func validate() throws {
        _ = try assignments(parameters, option: "--param")
        guard !paths.isEmpty || config != nil else {
            throw ValidationError("name a file with health checks, or the engine's configuration with --config")
        }
        guard Self.timeouts.contains(timeout) else {
            throw ValidationError(
                "--timeout \(timeout) must be from \(Self.timeouts.lowerBound) to \(Self.timeouts.upperBound) seconds")
        }
    }

    func run() async throws {
        let configuration = try Failure.ofInput {
            try config.map { try ConfigurationLoader.load(path: $0, environment: ProcessInfo.processInfo.environment) }
        }
        let (checks, mask) = try chosen(configuration)
        let bench = try HealthBench(configuration, checks.map(\.check))
        defer { bench.remove() }
        var reports: [JSONValue] = []
        for (name, check) in checks {
            let report = await bench.report(check, named: name, within: .seconds(Int64(timeout)))
            if machineReadable { Terminal.print(mask.masked(line(name, report))) }
            reports.append(report)
        }
        let statuses = reports.compactMap { $0["status"]?.string.flatMap(HealthReport.Status.init) }
        let worst = statuses.count == reports.count ? statuses.max() ?? .unknown : .unknown
        if !machineReadable {
            let whole = JSONValue.object(["status": .string(worst.rawValue), "checks": .array(reports)])
            Terminal.print(mask.masked(format == .json ? try json(whole) : table(reports)))
        }
        if !worst.isGood { throw ExitCode(Failure.Code.found.rawValue) }
    }

    /// The checks to carry out, with the names of their files or steps, and the mask for what is printed.
    private func chosen(
        _ configuration: EngineConfiguration?
    ) throws -> (checks: [(name: String, check: HealthCheck)], mask: SecretMask) {
        let isNamed = !paths.isEmpty
        let sources = isNamed ? paths : (configuration.map { $0.rulePaths + $0.runbookPaths } ?? [])
        let documents = try Failure.ofInput { try DocumentFiles.documents(at: sources) }
        let files = try Failure.ofInput { try HealthLoader.files(in: documents) }.filter { id == nil || $0.id == id }
        let runbooks = try isNamed ? Failure.ofInput { try RunbookLoader.runbooks(in: documents, isWhole: false) } : []
        let chosen = runbooks.filter { id == nil ? files.isEmpty : $0.id == id }
        guard chosen.count <= 1 else {
            throw Failure(.usage, "there are \(chosen.map(\.id).joined(separator: ", ")); choose one with --id")
        }
        var checks = files.map { (name: $0.id, check: $0.check) }
        var mask = SecretMask([])
        if let runbook = chosen.first {
            let kinds = Dictionary(uniqueKeysWithValues: runbook.parameters.map { ($0.name, $0.kind.rawValue) })
            let values = try RunbookValues.parsed(parameters, kinds)
            let neighbours = try runbook.neighbours(inFolderOf: runbook.location.file)
            let plan = try Failure.ofInput { try Planner.plan(runbook, parameters: values, among: neighbours) }
            checks += plan.healthChecks.map { (name: $0.step, check: $0.check) }
            mask = SecretMask(plan.secrets)
        }
        guard !checks.isEmpty else {
            throw Failure(
                .input,
                "\(sources.joined(separator: ", ")): no health checks; such a document begins with 'kind: health'")
        }
        return (checks, mask)
    }

    private func line(_ name: String, _ report: JSONValue) -> String {
        JSONValue.object([
            "ts": .string(SystemWallClock().now().iso8601), "run": .null, "step": .string(name),
            "type": .string("health"), "data": report,
        ]).canonicalText
    }

    private func table(_ reports: [JSONValue]) -> String {
        let single = reports.flatMap { report in report["components"]?.array ?? [report] }
        let rows = single.map { report in
            ["status", "component", "message"].map { report[$0]?.string ?? "" }
        }
        return aligned([["STATUS", "COMPONENT", "FOUND"]] + rows)
    }
}

/// Where checks are carried out by hand: with the rights of a configuration, or those that the checks need.
private struct HealthBench {
    private let performer: SecretPerformer
    private let spool: String

    init(_ configuration: EngineConfiguration?, _ checks: [HealthCheck]) throws {
        let ids = RandomIDSource()
        spool = FileManager.default.temporaryDirectory.appending(path: "auspex-health-\(ids.next())").path
        let rights = HealthRights(neededBy: checks)
        let helper = configuration?.actions.helper ?? ProcessConfiguration.helperBesideProgram ?? "auspex-exec"
        let executables = configuration?.actions.executables ?? rights.executables
        let environment = ProcessInfo.processInfo.environment
        guard let actions = configuration?.actions else {
            // Without a configuration there are no secrets: a check that needs one is told so.
            let processes = ProcessPerformer(
                ProcessConfiguration(helper: helper, spool: spool, executables: executables))
            performer = SecretPerformer(
                HealthPerformer(
                    processes: processes, requests: HTTPPerformer(hosts: rights.hosts), hosts: rights.hosts),
                secrets: SecretVault([:], environment: environment))
            return
        }
        let processes = ProcessPerformer(
            ProcessConfiguration(
                helper: helper, spool: spool, executables: executables, users: actions.users, limits: actions.limits))
        performer = try Failure.ofInput {
            SecretPerformer(
                HealthPerformer(
                    processes: processes, requests: HTTPPerformer(hosts: try HostAllowList(actions.httpHosts)),
                    hosts: try HostAllowList(actions.httpHosts + actions.checkHosts)),
                secrets: SecretVault(actions.secrets, environment: environment))
        }
    }

    /// What a check finds.
    func report(_ check: HealthCheck, named name: String, within limit: TimeSpan) async -> JSONValue {
        let order = OperationOrder(
            id: OperationID(run: "health", path: name, attempt: 1), operation: .health(check), effect: .read,
            idempotencyKey: "", timeout: limit)
        let result = await performer.perform(order, .silent)
        return result.json ?? .object(["component": .string(check.component), "message": .string(result.reason)])
    }

    func remove() { try? FileManager.default.removeItem(atPath: spool) }
}
