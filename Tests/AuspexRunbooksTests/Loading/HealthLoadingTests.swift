import AuspexDocuments
import AuspexRunbooks
import AuspexSignals
import Foundation
import Testing

@Suite struct HealthLoadingTests {
    static let checks = """
        - {name: api, tcp: {host: lb.internal, port: 8080}, timeout: 2s, slow_after: 500ms}
        - {http: {url: 'https://lb.internal/health', expect_status: [200, 204], contains: ok}}
        - {process: {name: nginx, pid_file: /run/nginx.pid}}
        - disk: {path: /var, min_free_ratio: 0.1, min_free_bytes: 5GB, min_free_inodes_ratio: 0.05, warn_free_ratio: 0.2}
        - {systemd: {unit: api.service}}
        - {sql: {run: {argv: [/usr/bin/psql, -XAtqc, 'SELECT 1']}, equals: '1', at_most: 3}}
        - {file: {path: /var/backup/last, max_age: 1d}}
        - {dns: {name: lb.internal, addresses: [10.0.0.1]}}
        - {certificate: {host: lb.internal, port: 443, min_days: 14, warn_days: 30, server_name: api.internal}}
        """

    static func file(_ checks: String) -> String {
        "kind: health\nid: web\ntitle: The site\nchecks:\n"
            + checks.split(separator: "\n").map { "  " + $0 }.joined(separator: "\n") + "\n"
    }

    static func load(_ text: String) throws -> [HealthFile] {
        try HealthLoader.files(in: try DocumentParser.documents(in: text, file: "h.yaml"))
    }

    static func runbook(_ step: String, params: String = "{}") -> String {
        """
        kind: runbook
        id: r
        version: 1
        title: t
        owner: o
        params: \(params)
        steps:
          - id: look
            \(step.replacing("\n", with: "\n    "))
        verify: {alerts_clear: [a], for: 1m, within: 2m}
        """
    }

    private func plan(_ step: String, params: String = "{}", _ values: [String: JSONValue] = [:]) throws -> Plan {
        let text = Self.runbook(step, params: params)
        return try Planner.plan(
            try #require(try RunbookLoader.load(text: text, file: "r.yaml").first), parameters: values)
    }

    @Test("a file with every kind of check is read whole")
    func wholeFile() throws {
        let file = try #require(try Self.load(Self.file(Self.checks)).first)
        guard case .list(let checks) = file.check.probe else {
            Issue.record("no list")
            return
        }
        #expect(file.id == "web" && checks.count == 9)
        #expect(
            checks.map(\.component) == [
                "api", "http https://lb.internal/health", "process nginx", "disk /var", "systemd api.service",
                "sql by /usr/bin/psql", "file /var/backup/last", "dns lb.internal", "certificate lb.internal:443",
            ])
        #expect(checks[0].probe == .tcp(HealthCheck.Endpoint(host: "lb.internal", port: 8080)))
        #expect(checks[0].timeout == .seconds(2) && checks[0].slowAfter == TimeSpan(milliseconds: 500))
        guard case .disk(let disk) = checks[3].probe else {
            Issue.record("no disk")
            return
        }
        #expect(disk.limits.minFreeBytes == 5_000_000_000)
        let data = try JSONEncoder().encode(Operation.health(file.check))
        #expect(try JSONDecoder().decode(Operation.self, from: data) == .health(file.check))
    }

    /// A list of checks, and what is said of it.
    static let mistakes = [
        ("- {name: x}", "looks at nothing; give it exactly one of 'tcp'"),
        ("- {tcp: {host: a, port: 1}, dns: {name: a}}", "looks at tcp and dns"),
        ("- {tpc: {host: a, port: 1}}", "unknown key 'tpc'"), ("- {tcp: {host: a, port: 0}}", "from 1 to 65535"),
        ("- {tcp: {host: a, port: 65536}}", "from 1 to 65535"), ("- {tcp: {host: a}}", "needs 'port'"),
        ("- {process: {}}", "needs 'name', 'pid_file' or both"), ("- {disk: {path: /}}", "needs at least one of"),
        ("- {disk: {path: /, min_free_ratio: 2}}", "'min_free_ratio' must be from 0"),
        ("- {disk: {path: /, min_free_bytes: much}}", "a number of bytes such as"),
        ("- {disk: {path: var, min_free_ratio: 0.1}}", "would be `var`; it must be an absolute path"),
        ("- {file: {path: /a/../b}}", "must be an absolute path"), ("- {systemd: {unit: '-x'}}", "such as api.service"),
        ("- {http: {url: 'http://a/', method: POST}}", "a check changes nothing"),
        ("- {http: {url: 'ftp://a/'}}", "must begin with http://"),
        ("- {sql: {run: {argv: [bash, -c, x]}}}", "reads its arguments as code"),
        ("- {certificate: {host: a, port: 1, min_days: 5, warn_days: 5}}", "must be more than 'min_days'"),
        ("- {list: [{dns: {name: a}}]}", "unknown key 'list'"), ("- {dns: {name: '${x}'}}", "no parameter 'x'"),
    ]

    @Test("what is wrong with a check is said with its place", arguments: mistakes)
    func mistake(checks: String, message: String) {
        let error = #expect(throws: DocumentError.self) { try Self.load(Self.file(checks)) }
        #expect(error?.description.contains(message) ?? false, "\(error?.description ?? "")")
        #expect(error?.description.contains("h.yaml:") ?? false)
    }

    @Test("a file without checks, or with too many, is refused")
    func counts() {
        #expect(throws: DocumentError.self) { try Self.load("kind: health\nid: web\nchecks: []\n") }
        let many = Array(repeating: "- {dns: {name: a}}", count: HealthCheck.mostInList + 1).joined(separator: "\n")
        #expect(throws: DocumentError.self) { try Self.load(Self.file(many)) }
    }

    @Test("parameters are filled into a step's check, and what is no port then is refused")
    func parameters() throws {
        let step = "health: {tcp: {host: '${host}', port: '${port}'}}"
        let params = "{host: {type: host, required: true}, port: {type: int, required: true}}"
        let plan = try plan(step, params: params, ["host": .string("db.internal"), "port": .int(5432)])
        #expect(plan.steps[0].effect == .read)
        guard case .operation(.health(let check)) = plan.steps[0].action else {
            Issue.record("no check")
            return
        }
        #expect(check.component == "tcp db.internal:5432")
        #expect(plan.text.contains("1. look: check tcp db.internal:5432 [effect read"))
        #expect(plan.healthChecks.map(\.step) == ["look"])
        let error = #expect(throws: PlanError.self) {
            try self.plan(step, params: params, ["host": .string("db"), "port": .int(0)])
        }
        #expect(error?.description.contains("the port of step 'look' would be `0`") ?? false)
    }

    @Test("a check can be waited for and can be a probe, and no check takes an effect")
    func places() throws {
        let wait = """
            wait:
              operation: {health: {list: [{name: a, dns: {name: a.internal}}]}}
              delay: 1s
              max_attempts: 3
              acceptors: [{state: success, matcher: path, argument: status, expected: ok}]
            """
        #expect(try plan(wait).healthChecks.count == 1)
        let probe = """
            run: {argv: [/usr/bin/x]}
            effect: once
            probe: {health: {tcp: {host: a, port: 1}}, says_done: 'json.status == "ok"'}
            """
        guard case .health? = try plan(probe).steps[0].probe?.operation else {
            Issue.record("no probe")
            return
        }
        #expect(throws: DocumentError.self) { try self.plan("health: {dns: {name: a}}\neffect: once") }
    }

    @Test(
        "what only reads is refused when it has a word of what cannot be taken back in it",
        arguments: [
            "health: {sql: {run: {argv: [/usr/bin/psql, -c, 'DROP TABLE x']}, equals: '1'}}",
            "health: {list: [{sql: {run: {argv: [/bin/rm, -r, /x]}, equals: '1'}}]}",
            "collect: {bundle: b, commands: [[/bin/rm, -r, /x]]}",
            "wait: {operation: {run: {argv: [/bin/kill, -9, '1']}}, delay: 1s, max_attempts: 3, "
                + "acceptors: [{state: success, matcher: status, expected: 0}]}",
            "run: {argv: [/usr/bin/nudge]}\neffect: once\nprobe: {run: {argv: [/bin/rm, /x]}, says_done: 'exit == 0'}",
        ])
    func destructive(step: String) throws {
        let error = try #require(throws: DocumentError.self) { try self.plan(step) }
        #expect(error.description.contains("may only read"), "\(error)")
    }

    @Test("what a command is given to read is looked at, too")
    func destructiveInput() throws {
        let step = "run: {argv: [/usr/bin/psql], stdin: 'TRUNCATE jobs;'}\neffect: idempotent"
        let error = try #require(throws: DocumentError.self) { try self.plan(step) }
        #expect(error.description.contains("'TRUNCATE' in it"), "\(error)")
        #expect(throws: Never.self) { try self.plan(step + "\ndestructive: false") }
    }

    @Test("a secret may not be part of a check or of evidence")
    func secrets() {
        let params = "{pass: {type: string, sensitive: true, required: true}}"
        for step in [
            "health: {dns: {name: '${pass}'}}", "collect: {bundle: b, commands: [[/usr/bin/x, '${pass}']]}",
            "collect: {bundle: b, files: ['${pass}']}", "collect: {bundle: '${pass}', files: [/a]}",
        ] {
            let error = #expect(throws: DocumentError.self) { try self.plan(step, params: params) }
            #expect(error?.description.contains("is sensitive") ?? false, "\(step)")
        }
    }

    @Test("what is collected is in the plan, with its defaults")
    func collection() throws {
        let step = """
            collect:
              bundle: 'disk-${mount}'
              commands: [[df, -P, '${mount}'], [/usr/bin/lsof, +L1]]
              files: [/var/log/app.log]
              max_bytes: 2MB
              redact_patterns: ['[0-9]{16}']
            """
        let params = "{mount: {type: path, enum: [/var]}}"
        let plan = try plan(step, params: params, ["mount": .string("/var")])
        guard case .operation(.collect(let collection)) = plan.steps[0].action else {
            Issue.record("no collection")
            return
        }
        #expect(collection.commands.map(\.argv) == [["df", "-P", "/var"], ["/usr/bin/lsof", "+L1"]])
        #expect(collection.maxBytes == 2_000_000 && collection.redaction == .standard)
        #expect(plan.text.contains("collect disk-/var: [\"df\",\"-P\",\"/var\"]"))
        let data = try JSONEncoder().encode(plan)
        #expect(try JSONDecoder().decode(Plan.self, from: data) == plan)
    }

    /// What stands under `collect`, and what is said of it.
    static let evidenceMistakes = [
        ("{bundle: b}", "needs 'commands', 'files' or both"), ("{files: [/a]}", "needs 'bundle'"),
        ("{bundle: b, files: [a.log]}", "an absolute path"), ("{bundle: b, files: [/a/../b]}", "an absolute path"),
        ("{bundle: b, commands: [df]}", "a command must be a list"),
        ("{bundle: b, commands: [[sh]]}", "other programs"),
        ("{bundle: b, files: [/a], max_bytes: 1}", "from 4096 to"),
        ("{bundle: b, files: [/a], redact: some}", "default or none"),
        ("{bundle: b, files: [/a], redact_patterns: ['(']}", "not a regular expression"),
        ("{bundle: b, files: [/a], redact: null}", "'redact' has no value"),
    ]

    @Test("what is wrong with a collection is said", arguments: evidenceMistakes)
    func evidenceMistake(collection: String, message: String) {
        let error = #expect(throws: DocumentError.self) { try plan("collect: \(collection)") }
        #expect(error?.description.contains(message) ?? false, "\(error?.description ?? "")")
    }

    @Test("tests in a runbook's file can say what is checked and collected, and can fail")
    func testsInFile() throws {
        let text =
            Self.runbook("health: {tcp: {host: a, port: 80}}")
                + """

                on_failure: [{id: keep, collect: {bundle: b, commands: [[df]], files: [/a]}}]
                tests:
                  - name: right
                    expect: {health: {look: {tcp: {port: 80}}}, collect: {keep: {commands: [[df]], bundle: b}}}
                  - name: wrong
                    expect: {health: {look: {tcp: {port: 81}}}, collect: {keep: {commands: [[du]]}}}
                """
        let runbook = try #require(try RunbookLoader.load(text: text, file: "r.yaml").first)
        let outcomes = RunbookTestRunner.run(runbook)
        #expect(outcomes.map(\.problems.count) == [0, 2])
    }

    @Test("a report is an answer, whose paths a waiter looks into, and has the exit codes of Nagios")
    func reports() throws {
        let parts = [
            HealthReport(status: .ok, component: "a", message: "m", measured: ["n": .int(1)]),
            HealthReport(status: .unknown, component: "b", message: "x\ny"),
        ]
        let report = HealthReport(of: parts, component: "all")
        #expect(report.status == .unknown && report.message == "1 of 2: b unknown")
        let result = report.operationResult
        #expect(result.outcome == .failed && result.errorCode == nil && result.status == 3)
        #expect(result.json?["components"]?.array?[1]["message"] == .string("x y"))
        let waiter = Waiter(
            acceptors: [
                .init(state: .retry, matcher: .pathAny, argument: "components[].status", expected: .string("unknown"))
            ],
            delay: .seconds(1), maxAttempts: 1)
        #expect(waiter.verdict(on: result.response).acceptor == 0)
        #expect(HealthReport(of: [], component: "none").status == .unknown)
        #expect(HealthReport(status: .warn, component: "w", message: "").operationResult.outcome == .succeeded)
        #expect(HealthReport.Status.allCases.max() == .fail)
    }
}
