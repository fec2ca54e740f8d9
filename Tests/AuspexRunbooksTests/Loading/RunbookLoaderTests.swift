import AuspexDocuments
import AuspexRunbooks
import AuspexSignals
import Testing

@Suite struct RunbookLoaderTests {
    /// A whole runbook with every kind of step.
    static let whole = """
        kind: runbook
        id: rollback-release
        version: 3
        title: Go back to the release before
        owner: payments
        params:
          service: {type: string, pattern: '[a-z][a-z0-9-]{1,40}', required: true}
          host: {type: host, default: lb.internal}
          count: {type: int, default: 3}
          note: {type: string, default: none}
        locks: ['service/${service}']
        limits: {deadline: 20m}
        steps:
          - id: rollback
            run: {argv: [/usr/bin/deployctl, rollback, '${service}', '--count=${count}'], env: {LEVEL: '${count}'}}
            effect: once
            timeout: 5m
            probe: {run: {argv: [/usr/bin/deployctl, current, '${service}']}, says_done: 'json.version == "v1"'}
          - id: drain
            http:
              method: POST
              url: 'https://${host}:8443/pools/${service}'
              body_json: {n: '${count}'}
              expect_status: [200, 409]
            effect: idempotent
          - id: settled
            wait:
              operation: {run: {argv: [/usr/bin/deployctl, status]}}
              delay: 10s
              max_attempts: 30
              deadline: 4m
              acceptors:
                - {state: failure, matcher: pathAny, argument: 'pods[].state', expected: CrashLoop}
                - {state: success, matcher: pathAll, argument: 'pods[].ready', expected: true}
          - id: calm
            verify: {alerts_clear: [errors], for: 1m, within: 2m}
          - id: tell
            notify: {channel: ops, message: 'went back on ${service}'}
        verify:
          readings: {up: {metric: up, labels: {service: '${service}'}}}
          where: 'up.all(r, r.value == 1.0 && r.anomaly_score < 1.0)'
          alerts_clear: [{rule: errors, labels: {service: '${service}'}}]
          for: 3m
          within: 10m
        on_failure: [{id: page, notify: {channel: page, message: 'rollback of ${service} failed'}}]
        always: [{id: note, notify: {channel: ops, message: done}}]
        tests:
          - name: the service is in its place
            params: {service: pay}
            expect:
              argv: {rollback: [/usr/bin/deployctl, rollback, pay, '--count=3']}
              url: {drain: 'https://lb.internal:8443/pools/pay'}
              body: {drain: {n: 3}}
              message: {page: rollback of pay failed}
              locks: [service/pay]
          - name: a name in capitals is refused
            params: {service: PAY}
            expect: {error: "which is not like"}
        """

    @Test("a verification may ask that a service has no new alerts, and for nothing else")
    func noNewAlerts() throws {
        let scope = "no_new_alerts: {scope: 'service/${service}'}"
        let text = Self.whole.replacing("verify: {alerts_clear: [errors], for: 1m", with: "verify: {\(scope), for: 1m")
            .replacing("  for: 3m", with: "  \(scope)")
        let runbook = try #require(try RunbookLoader.load(text: text, file: "a.yaml").first)
        let plan = try Planner.plan(runbook, parameters: ["service": .string("pay")])
        #expect(plan.verification.calmService == "pay")
        #expect(plan.verification.summary.contains("no new alert of pay"))
        guard case .verify(let inner)? = plan.steps.first(where: { $0.id == "calm" })?.action else {
            throw CancellationError()
        }
        #expect(inner.calmService == "pay" && inner.clearAlerts.isEmpty)
    }

    @Test("a rule whose alerts must be clear may be named by a parameter, and is then not known before a run")
    func namedRule() throws {
        let text = Self.whole.replacing("{rule: errors, labels", with: "{rule: '${service}', labels")
        let runbook = try #require(try RunbookLoader.load(text: text, file: "a.yaml").first)
        #expect(runbook.rules == ["errors"])
        let plan = try Planner.plan(runbook, parameters: ["service": .string("pay")])
        #expect(plan.verification.clearAlerts == [.init(rule: "pay", labels: ["service": "pay"])])
        #expect(throws: DocumentError.self) {
            let unknown = text.replacing("'${service}', labels", with: "'${alert}', labels")
            _ = try RunbookLoader.load(text: unknown, file: "a.yaml")
        }
    }

    @Test("a runbook with every kind of step is read")
    func wholeRunbook() throws {
        let runbook = try #require(try RunbookLoader.load(text: Self.whole, file: "a.yaml").first)
        #expect(runbook.id == "rollback-release")
        #expect(runbook.steps.map(\.id) == ["rollback", "drain", "settled", "calm", "tell"])
        #expect(runbook.steps.map(\.effect) == [.once, .idempotent, .read, .read, .idempotent])
        #expect(runbook.steps[0].timeout == .minutes(5))
        #expect(runbook.steps[1].timeout == .seconds(60))
        #expect(runbook.deadline == .minutes(20))
        #expect(runbook.channels == ["ops", "page"])
        #expect(runbook.rules == ["errors"])
    }

    @Test("the tests in a runbook's file are run")
    func testsInFile() throws {
        let runbook = try #require(try RunbookLoader.load(text: Self.whole, file: "a.yaml").first)
        for outcome in RunbookTestRunner.run(runbook) { #expect(outcome.passed, "\(outcome)") }
    }

    @Test("a test in a runbook's file can fail")
    func failingTest() throws {
        let text = Self.whole.replacing("[/usr/bin/deployctl, rollback, pay, '--count=3']", with: "[/usr/bin/other]")
        let runbook = try #require(try RunbookLoader.load(text: text, file: "a.yaml").first)
        let outcome = try #require(RunbookTestRunner.run(runbook).first)
        #expect(outcome.problems.count == 1)
        #expect(outcome.description.contains("a.yaml:"))
        #expect(outcome.description.contains("argv of 'rollback'"))
    }

    /// A change of the whole runbook, and what the loader must say of it.
    struct Mistake: Sendable, CustomTestStringConvertible {
        var from: String
        var to: String
        var message: String

        var testDescription: String { "\(to): \(message)" }

        init(_ from: String, _ to: String, _ message: String) {
            (self.from, self.to, self.message) = (from, to, message)
        }
    }

    static let mistakes: [Mistake] = [
        Mistake("owner: payments", "ovner: payments", "did you mean 'owner'"),
        Mistake("effect: once", "effect: twice", "read, idempotent or once"),
        Mistake("    effect: idempotent\n", "", "needs 'effect'"),
        Mistake("    effect: idempotent\n", "    effect:\n", "'effect' has no value"),
        Mistake("message: 'went back on ${service}'", "message: [a]", "'message' must be text, not a list"),
        Mistake("pattern: '[a-z][a-z0-9-]{1,40}'", "pattern: [x]", "'pattern' must be text, not a list"),
        Mistake("pattern: '[a-z][a-z0-9-]{1,40}'", "pattern: null", "'pattern' has no value"),
        Mistake("env: {LEVEL: '${count}'}", "stdin: [x]", "'stdin' must be text, not a list"),
        Mistake("env: {LEVEL: '${count}'}", "expect_exit: []", "'expect_exit' is empty"),
        Mistake("argument: 'pods[].state'", "argument: [x]", "'argument' must be text, not a list"),
        Mistake("argument: 'pods[].state'", "argument: null", "'argument' has no value"),
        Mistake("expect_status: [200, 409]", "expect_status: []", "'expect_status' is empty"),
        Mistake("limits: {deadline: 20m}", "targets: []", "'targets' is not supported yet"),
        Mistake("for: 3m", "no_new_alerts: {scope: shop}", "'scope' must be service/ and the name of a service"),
        Mistake("for: 3m", "no_new_alerts: {scope: 'service/'}", "'scope' must be service/ and the name of a service"),
        Mistake("for: 3m", "no_new_alerts: {}", "'no_new_alerts' needs 'scope'"),
        Mistake(
            "notify: {channel: ops, message: 'went back on ${service}'}", "rollback_point: x",
            "'rollback_point' is a kind of step that is not supported yet; supported: 'run', 'http'"),
        Mistake("notify: {channel: ops, message: 'went back on ${service}'}", "timeout: 2s", "the step does nothing"),
        Mistake("id: tell", "id: drain", "there is another step 'drain'"),
        Mistake("[/usr/bin/deployctl, status]", "['${service}', status]", "may not come from a parameter"),
        Mistake("[/usr/bin/deployctl, status]", "[bin/deployctl, status]", "an absolute path or a bare name"),
        Mistake("[/usr/bin/deployctl, status]", "[/usr/../deployctl, status]", "an absolute path or a bare name"),
        Mistake("[/usr/bin/deployctl, status]", "[/usr/bin/bash, status]", "reads its arguments as code"),
        Mistake("[/usr/bin/deployctl, status]", "[env, status]", "runs other programs"),
        Mistake("[/usr/bin/deployctl, status]", "[/usr/bin/deployctl, -c, '${service}']", "would be read as code"),
        Mistake("{argv: [/usr/bin/deployctl, status]}", "{command: deployctl status}", "give 'argv'"),
        Mistake("{argv: [/usr/bin/deployctl, status]}", "{argv: []}", "must begin with the program"),
        Mistake("env: {LEVEL: '${count}'}", "user: '${service}'", "'user' must be a user's name"),
        Mistake("env: {LEVEL: '${count}'}", "user: '0'", "'user' must be a user's name"),
        Mistake("env: {LEVEL: '${count}'}", "limits: {memory: 1kb}", "'memory' must be a number of bytes with a unit"),
        Mistake("env: {LEVEL: '${count}'}", "limits: {memory: 1KiB}", "from 1 MiB to 1024 TiB, not 1 KiB"),
        Mistake("env: {LEVEL: '${count}'}", "limits: {procs: 1}", "unknown key 'procs'"),
        Mistake("env: {LEVEL: '${count}'}", "max_output: 1GiB", "'max_output' must be from 1 KiB to 4 MiB"),
        Mistake("env: {LEVEL: '${count}'}", "env: {LD_PRELOAD: x}", "'LD_PRELOAD' may not be set"),
        Mistake("env: {LEVEL: '${count}'}", "env: {AUSPEX_RUN: x}", "'AUSPEX_RUN' may not be set"),
        Mistake("env: {LEVEL: '${count}'}", "cwd: tmp", "an absolute path"),
        Mistake("'--count=${count}'", "'--count=${cuont}'", "did you mean 'count'"),
        Mistake("'--count=${count}'", "'--count=${count'", "without its `}`"),
        Mistake("'--count=${count}'", "'${1+1}'", "is not the name of a parameter"),
        Mistake("'--count=${count}'", "'--count=${note}'", "only if it has a 'pattern' or an 'enum'"),
        Mistake("pattern: '[a-z][a-z0-9-]{1,40}'", "pattern: '[a-z'", "'pattern' is not a regular expression"),
        Mistake("pattern: '[a-z][a-z0-9-]{1,40}'", "pattern: 'a)|(b'", "'pattern' is not a regular expression"),
        Mistake(
            "{type: host, default: lb.internal}", "{type: host, default: 'lb internal'}", "the default is not allowed"),
        Mistake("{type: host, default: lb.internal}", "{type: hots}", "string, int, bool, path, host or list"),
        Mistake("{type: host, default: lb.internal}", "{type: string}", "may be part of the host only"),
        Mistake("'https://${host}:8443/pools/${service}'", "'ftp://x/'", "http:// or https://"),
        Mistake("'https://${host}:8443/pools/${service}'", "'https://u:p@x/'", "may not have a user"),
        Mistake("method: POST", "method: BREW", "must be DELETE, GET"),
        Mistake("expect_status: [200, 409]", "expect_status: [20]", "from 100 to 599"),
        Mistake(
            "service: {type: string,", "service: {type: string, sensitive: true,", "is sensitive and may not be shown"),
        Mistake("expect_status: [200, 409]", "headers: {Host: x}", "'Host' may not be set"),
        Mistake("argument: 'pods[].state'", "argument: 'pods[.state'", "not a JMESPath expression"),
        Mistake("argument: 'pods[].state', ", "", "needs 'argument'"),
        Mistake("state: success", "state: retry", "no acceptor has 'state: success'"),
        Mistake(
            "matcher: pathAll, argument: 'pods[].ready', expected: true", "matcher: status, expected: ok",
            "must be a number"),
        Mistake("delay: 10s", "delay: 10", "with its unit"),
        Mistake("delay: 10s", "delay: 1ms", "from 100ms to 1h"),
        Mistake("says_done: 'json.version == \"v1\"'", "says_done: 'exit'", "compare it with something"),
        Mistake("says_done: 'json.version == \"v1\"'", "says_done: 'changed_since_intent'", "changed_since_intent"),
        Mistake("up.all(r, r.value == 1.0", "up.all(r, r.valeu == 1.0", "valeu"),
        Mistake("up.all(r", "down.all(r", "down"),
        Mistake("for: 3m", "for: 30m", "make it longer"),
        Mistake("    effect: once\n", "    effect: idempotent\n", "only a step with 'effect: once' needs a probe"),
        Mistake(
            "  - name: a name in capitals is refused\n", "  - name: x\n    surprise: 1\n", "unknown key 'surprise'"),
        Mistake("argv: {rollback:", "argv: {rolback:", "did you mean 'rollback'"),
    ]

    @Test("a mistake is shown where it is, with what would be right", arguments: mistakes)
    func mistake(_ mistake: Mistake) throws {
        let text = Self.whole.replacing(mistake.from, with: mistake.to)
        try #require(text != Self.whole, "the mistake is not in the text")
        let error = try #require(throws: DocumentError.self) {
            _ = try RunbookLoader.load(text: text, file: "a.yaml")
        }
        let found = error.diagnostics.first { $0.message.contains(mistake.message) }
        #expect(found != nil, "\(error)")
        #expect(found?.location.line ?? 0 > 1 || mistake.to.contains("ovner"), "\(error)")
        #expect(found?.location.column != nil)
    }

    @Test("a mistake in an expression is shown inside the expression")
    func placeInExpression() throws {
        let text = Self.whole.replacing("r.anomaly_score < 1.0", with: "r.anomaly < 1.0")
        let error = try #require(throws: DocumentError.self) {
            _ = try RunbookLoader.load(text: text, file: "a.yaml")
        }
        let line = try #require(text.split(separator: "\n").firstIndex { $0.contains("r.anomaly <") })
        let place = try #require(error.diagnostics.first?.location)
        #expect(place.line == line + 1)
        #expect(place.column ?? 0 > 30)
    }

    @Test("a runbook without verify is refused")
    func withoutVerify() {
        let text = """
            kind: runbook
            id: a
            version: 1
            title: t
            owner: o
            steps: [{id: x, run: {argv: [/bin/true]}, effect: read}]
            """
        #expect(throws: DocumentError.self) { try RunbookLoader.load(text: text, file: "a.yaml") }
    }

    @Test("two runbooks of one name are refused")
    func sameName() {
        #expect(throws: DocumentError.self) {
            try RunbookLoader.load(text: Self.whole + "\n---\n" + Self.whole, file: "a.yaml")
        }
    }

    @Test("documents of other kinds are left alone")
    func otherKinds() throws {
        #expect(try RunbookLoader.load(text: "kind: rule\nid: x\n", file: "a.yaml").isEmpty)
    }

    @Test("a runbook without locks locks itself")
    func ownLock() throws {
        let text = Self.whole.replacing("locks: ['service/${service}']\n", with: "")
            .replacing("      locks: [service/pay]\n", with: "")
        let runbook = try #require(try RunbookLoader.load(text: text, file: "a.yaml").first)
        let plan = try Planner.plan(runbook, parameters: ["service": .string("pay")])
        #expect(plan.locks == ["runbook/rollback-release"])
    }
}
