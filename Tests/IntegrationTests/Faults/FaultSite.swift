import AuspexRunbooks
import AuspexSignals
import AuspexStore
import AuspexTesting
import AuspexWire
import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The real program in a directory of its own, with a runbook that has a step of every kind, programs that write a line
/// for each time that they take effect, and an API that counts its calls.
///
/// A class because its programs must end with it.
final class FaultSite: Sendable {
    let directory: TemporaryDirectory
    let http: HTTP
    private let api: FakeAPI
    private let requests: RequestCounter
    private let runbooks: [String: Runbook]

    /// How long the command of each step takes, so that an engine can die in the middle of it.
    private static let stepTime = "0.05"

    init() throws {
        directory = try TemporaryDirectory()
        http = HTTP(port: try freePort())
        let requests = RequestCounter()
        self.requests = requests
        api = try FakeAPI { LoopbackServer.ok(requests.answer(to: $0)) }
        var runbooks: [String: Runbook] = [:]
        for text in [Self.runbook(directory.path, api.url), Self.approvedRunbook(directory.path, api.url)] {
            for runbook in try RunbookLoader.load(text: text, file: "runbook.yaml") {
                runbooks[runbook.id] = runbook
                try directory.file("runbooks/\(runbook.id).yaml", text)
            }
        }
        self.runbooks = runbooks
        try directory.file("auspex.yaml", configuration)
        for (name, text) in ["act": act, "asked": asked] {
            let path = try directory.file(name, text)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        }
        guard mkfifo(directory.path + "/gate", 0o600) == 0 else { throw POSIXError(.EIO) }
    }

    var data: String { directory.path + "/data" }

    func lines(_ name: String) -> [String] {
        let text = (try? String(contentsOfFile: directory.path + "/" + name, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").map(String.init)
    }

    // MARK: - Engines

    /// Starts an engine, without waiting for it.
    func launch(_ environment: [String: String] = [:], name: String = "auspex") async throws -> Daemon {
        try await Daemon(
            name, Programs.auspex, ["serve", "--config", "auspex.yaml", "--log-level", "error"], in: directory.path,
            environment: ["OPENBLAS_NUM_THREADS": "1"].merging(environment) { _, own in own })
    }

    /// Starts an engine and waits until it is ready, or has ended.
    func start(_ environment: [String: String] = [:]) async throws -> Daemon {
        let engine = try await launch(environment)
        _ = try await eventually("the engine is ready or over: \(engine.log)") { () -> Bool? in
            if !engine.isRunning { return true }
            return try await http.get("/readyz").status == 200 ? true : nil
        }
        return engine
    }

    /// Sends a sample of the series that verifications look at, ten times a second, until the task is cancelled. What an
    /// engine that is away misses is lost.
    func feed(_ http: HTTP? = nil) async {
        let labels = Labels(["__name__": "up", "job": "fault"])
        while !Task.isCancelled {
            let sample = Sample(time: SystemWallClock().now(), value: 1)
            let batch = SignalBatch(series: [SeriesSamples(labels: labels, samples: [sample])])
            if let body = try? RemoteWrite.encode(batch) {
                _ = try? await (http ?? self.http).post(
                    "/api/v1/write", Data(body),
                    ["content-type": "application/x-protobuf", "content-encoding": "snappy"])
            }
            try? await Task.sleep(for: .milliseconds(100))
        }
    }

    // MARK: - Runs

    /// What the run of this number would do.
    func plan(_ number: Int, of id: String) throws -> Plan {
        guard let runbook = runbooks[id] else { throw Timeout(what: "there is a runbook \(id)") }
        return try Planner.plan(runbook, parameters: ["n": .int(Int64(number))])
    }

    /// Asks for the run of this number; whether an engine has taken it.
    @discardableResult
    func ask(_ number: Int, runbook: String = "everything") async throws -> HTTP.Answer {
        let plan = try plan(number, of: runbook)
        return try await http.post(
            "/api/v1/runs",
            json: .object([
                "runbook": .string(runbook), "parameters": .object(plan.parameters), "by": .string("ann"),
                "planHash": .string(plan.hash),
            ]))
    }

    /// The runs of this number, if they are among the latest.
    func runs(_ number: Int, _ http: HTTP? = nil) async throws -> [JSONValue] {
        let answer = try await (http ?? self.http).get("/api/v1/runs?limit=20")
        guard answer.status == 200, let runs = answer.json.array else { throw Timeout(what: "the runs are listed") }
        return runs.filter { $0["plan"]?["parameters"]?["n"]?.int == Int64(number) }
    }

    /// Asks for the run of this number unless there is one, and waits until it is over or waits for a person.
    func end(of number: Int, within limit: Duration = .seconds(120), at http: HTTP? = nil) async throws -> JSONValue {
        try await eventually("run \(number) is over", within: limit) { () -> JSONValue? in
            guard let run = try await runs(number, http).first else {
                if http == nil { try await ask(number) }
                return nil
            }
            let isSettled = ["verified", "failed", "cancelled", "needs_decision"].contains(run["status"]?.string)
            return isSettled ? run : nil
        }
    }

    /// How often each step of the run has taken effect, by its name. Of commands it is known by run, of requests by
    /// number.
    func effects(_ run: JSONValue, _ number: Int) -> [String: Int] {
        var effects: [String: Int] = [:]
        let prefix = "\(run["id"]?.string ?? "") steps/"
        for line in lines("acts") where line.hasPrefix(prefix) {
            effects[String(line.dropFirst(prefix.count)), default: 0] += 1
        }
        for step in ["get", "put", "post", "ready", "tell"] {
            let count = requests.count("/\(step)/\(number)")
            if count > 0 { effects[step] = count }
        }
        return effects
    }

    /// What is wrong with how often the steps of a run have taken effect; empty when nothing is.
    func problems(of run: JSONValue, _ number: Int) -> [String] {
        let effects = effects(run, number)
        var problems: [String] = []
        for step in ["add", "post"] where effects[step] ?? 0 > 1 {
            problems.append("\(step) happened \(effects[step] ?? 0) times")
        }
        if run["status"]?.string == "verified" {
            for step in ["look", "set", "add", "get", "put", "post", "ready", "tell"] where effects[step] ?? 0 < 1 {
                problems.append("\(step) never happened")
            }
        }
        return problems
    }

    /// What is wrong with the database of an engine that has ended.
    func bookProblems() async throws -> [String] {
        let store = try Store(directory: data, clock: SystemWallClock())
        var problems = try AuditReader(directory: store.directory).integrityProblems()
        do {
            try await AuditLog(store: store).verify()
        } catch {
            problems.append("\(error)")
        }
        try store.close()
        return problems
    }

    // MARK: - Holding a step

    /// Makes the step `add` wait for a line on the gate, so that a test can do something in the middle of it.
    func hold() throws { try directory.file("hold", "") }

    /// Waits until the step waits.
    func waitUntilHeld() async throws {
        _ = try await eventually("the step waits") {
            FileManager.default.fileExists(atPath: directory.path + "/held") ? true : nil
        }
    }

    /// Lets the step that waits go on.
    func release() async throws {
        try FileManager.default.removeItem(atPath: directory.path + "/hold")
        _ = try await eventually("the step goes on") { () -> Bool? in
            let gate = open(directory.path + "/gate", O_WRONLY | O_NONBLOCK | O_CLOEXEC)
            guard gate >= 0 else { return nil }
            defer { close(gate) }
            return write(gate, "go\n", 3) == 3 ? true : nil
        }
    }

    // MARK: - Files

    private var act: String {
        """
        #!/bin/sh
        echo begin
        if [ "$AUSPEX_STEP" = steps/add ] && [ -e \(directory.path)/hold ]; then
            touch \(directory.path)/held
            read line < \(directory.path)/gate
        fi
        /bin/sleep \(Self.stepTime)
        echo "$AUSPEX_RUN $AUSPEX_STEP" >> \(directory.path)/acts
        """
    }

    /// Ends well when the step `add` of the run has taken effect.
    private var asked: String {
        """
        #!/bin/sh
        exec /bin/grep -q "^$AUSPEX_RUN steps/add$" \(directory.path)/acts
        """
    }

    private static func runbook(_ directory: String, _ api: String) -> String {
        """
        kind: runbook
        id: everything
        version: 1
        title: A step of every kind
        owner: test
        params:
          n: {type: int, required: true}
        locks: ['target/${n}']
        steps:
          - {id: look, run: {argv: [\(directory)/act]}, effect: read}
          - {id: set, run: {argv: [\(directory)/act]}, effect: idempotent}
          - id: add
            run: {argv: [\(directory)/act]}
            effect: once
            probe: {run: {argv: [\(directory)/asked], expect_exit: [0, 1]}, says_done: 'exit == 0'}
          - {id: get, http: {method: GET, url: '\(api)/get/${n}'}, effect: read}
          - {id: put, http: {method: PUT, url: '\(api)/put/${n}'}, effect: idempotent}
          - id: post
            http: {method: POST, url: '\(api)/post/${n}'}
            effect: once
            probe: {http: {method: GET, url: '\(api)/asked/${n}'}, says_done: 'stdout == "yes"'}
          - id: wait
            wait:
              operation: {http: {method: GET, url: '\(api)/ready/${n}'}}
              delay: 100ms
              max_attempts: 50
              acceptors:
                - {state: success, matcher: path, argument: status, expected: ok}
          - {id: tell, notify: {channel: ops, message: 'run ${n}'}}
        \(verification)
        """
    }

    private static let verification = """
        verify:
          readings:
            up: {metric: up, labels: {job: fault}}
          where: 'up.all(r, r.value == 1.0)'
          for: 0s
          every: 200ms
          within: 60s
        """

    /// What a person must approve, and must not happen twice.
    private static func approvedRunbook(_ directory: String, _ api: String) -> String {
        """
        kind: runbook
        id: approved
        version: 1
        title: One step that must happen once, with a person's yes
        owner: test
        params:
          n: {type: int, required: true}
        approvals: {count: 1}
        locks: ['target/${n}']
        steps:
          - id: add
            run: {argv: [\(directory)/act]}
            effect: once
            probe: {run: {argv: [\(directory)/asked], expect_exit: [0, 1]}, says_done: 'exit == 0'}
          - {id: tell, notify: {channel: ops, message: 'run ${n}'}}
        \(verification)
        """
    }

    private var configuration: String {
        """
        listen: 127.0.0.1:\(http.port)
        data_dir: \(data)
        runbooks: [\(directory.path)/runbooks]
        detection: {checkpoint_every: 1s}
        actions:
          ceiling: auto
          helper: \(Programs.helper)
          executables: [\(directory.path)/act, \(directory.path)/asked]
          http_hosts: ['\(api.url.dropFirst("http://".count))']
          channels: {ops: '\(api.url)/tell'}
          allow_fault_points: true
          cool_down: 0s
          max_active: 1000
        """
    }
}
