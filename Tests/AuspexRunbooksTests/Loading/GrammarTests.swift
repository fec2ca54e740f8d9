import AuspexDocuments
import AuspexRunbooks
import AuspexSignals
import Testing

/// Runbooks whose steps hold other steps: what is read, what is planned, and what is refused where.
@Suite struct GrammarTests {
    /// A runbook with every kind of step that holds others or waits.
    static let whole = """
        kind: runbook
        id: roll-out
        version: 1
        title: Go round all hosts
        owner: platform
        params:
          hosts: {type: list, pattern: '[a-z][a-z0-9.-]{0,40}', max_items: 5, required: true}
          service: {type: string, pattern: '[a-z-]{1,20}', required: true}
          token: {type: string, sensitive: true, default: hunter2}
        approvals: {count: 2, approvers: [ann, bob, eve], expires: 1h}
        preconditions:
          - id: registry
            http: {method: GET, url: 'https://registry.internal/${service}'}
            expect: 'json.tags.size() > 0'
          - {id: calm, alerts_clear: [database-down]}
        steps:
          - id: look-first
            run: {argv: [/usr/bin/look, '${service}']}
            effect: read
            out: 'state'
            retries: 2
            retry_on: [ConnectionRefused, '75']
            retry_delay: 2s
          - id: how
            when: 'steps.look_first.out != "gone"'
            branch:
              switch:
                - if: 'steps.look_first.out == "stuck"'
                  steps: [{id: kick, run: {argv: [/usr/bin/kick]}, effect: once}]
              else: [{id: nudge, run: {argv: [/usr/bin/nudge]}, effect: idempotent}]
          - id: all-hosts
            parallel:
              for_each: hosts
              as: host
              max_concurrency: 3
              steps:
                - id: drain
                  http: {method: POST, url: 'https://lb.internal/drain/${host}'}
                  effect: idempotent
                  undo:
                    - {id: enable, http: {method: POST, url: 'https://lb.internal/enable/${host}'}, effect: idempotent}
                - {id: settle, when: 'params.host != "h9"', pause: {for: 30s}}
          - id: both
            parallel:
              branches:
                - steps: [{id: left, run: {argv: [/usr/bin/left]}, effect: read}]
                - steps: [{id: right, run: {argv: [/usr/bin/right]}, effect: read}]
          - id: yes
            approval: {approvers: [ann], message: 'go on with ${service}?'}
          - id: night
            pause: {until: '02:30'}
          - id: bounce
            restart:
              argv: [/usr/bin/systemctl, restart, '${service}']
              min_uptime_before: 10m
              uptime: {run: {argv: [/usr/bin/uptime-of, '${service}']}, says: 'stdout'}
              restart_check:
                operation: {run: {argv: [/usr/bin/systemctl, is-active, '${service}']}}
                delay: 1s
                max_attempts: 5
                acceptors: [{state: success, matcher: path, argument: '@', expected: active}]
            probe: {run: {argv: [/usr/bin/probe]}, says_done: 'exit == 0'}
            timeout: 90s
          - id: wipe
            run: {argv: [/usr/bin/cachectl, purge, '${service}']}
            effect: idempotent
            destructive: true
          - id: rest
            runbook: {id: free-space, with: {host: '${service}', hosts: '${hosts}', secret: '${token}'}}
        verify:
          readings: {up: {metric: up}}
          where: 'up.all(r, r.value == 1.0) && steps.look_first.state == "done"'
          within: 10m
        on_failure: [{id: page, when: 'steps.bounce.state == "failed"', notify: {channel: page, message: failed}}]
        on_cancel: [{id: note, notify: {channel: ops, message: stopped}}]
        ---
        kind: runbook
        id: free-space
        version: 1
        title: t
        owner: o
        params:
          host: {type: string, pattern: '[a-z]+', required: true}
          hosts: {type: list, pattern: '[a-z0-9.]+'}
          size: {type: int, default: 5}
          secret: {type: string, sensitive: true}
        locks: ['space/${host}']
        preconditions: [{id: room, run: {argv: [/usr/bin/df, '${host}']}, expect: 'exit == 0'}]
        steps:
          - id: free
            run: {argv: [/usr/bin/free, '${host}', '--size=${size}']}
            effect: idempotent
            when: 'params.size > 1.0'
        verify: {alerts_clear: [full], within: 5m}
        on_failure: [{id: never, notify: {channel: page, message: never}}]
        """

    static let values: [String: JSONValue] = [
        "hosts": .array([.string("h1"), .string("h2"), .string("h9")]), "service": .string("api"),
    ]

    static func planned(_ text: String = whole, _ values: [String: JSONValue] = values) throws -> Plan {
        let runbooks = try RunbookLoader.load(text: text, file: "a.yaml")
        let known = Dictionary(runbooks.map { ($0.id, $0) }) { first, _ in first }
        return try Planner.plan(try #require(runbooks.first), parameters: values, among: known)
    }

    @Test("a runbook with everything in it is read and planned")
    func wholeRunbook() throws {
        let plan = try Self.planned()
        #expect(
            plan.steps.map(\.id) == [
                "look-first", "how", "all-hosts", "both", "yes", "night", "bounce", "wipe", "rest",
            ])
        #expect(plan.approvals == Plan.ApprovalRule(count: 2, approvers: ["ann", "bob", "eve"], expires: .hours(1)))
        #expect(plan.preconditions.map(\.id) == ["registry", "calm"])
        #expect(plan.steps[0].retry == Plan.Retry(count: 2, on: ["ConnectionRefused", "75"], delay: .seconds(2)))
        guard case .parallel(let lanes) = plan.steps[2].action, case .group(let bounce) = plan.steps[6].action,
            case .group(let rest) = plan.steps[8].action
        else { throw CancellationError() }
        #expect(lanes.lanes.map(\.name) == ["h1", "h2", "h9"] && lanes.isCanary && lanes.maxConcurrency == 3)
        guard case .operation(.http(let undo)) = lanes.lanes[1].group.steps[0].undo[0].action else {
            throw CancellationError()
        }
        #expect(undo.url == "https://lb.internal/enable/h2")
        #expect(bounce.steps.map(\.id) == ["uptime", "run", "check"])
        #expect(bounce.steps.map(\.effect) == [.read, .once, .read])
        #expect(bounce.steps[1].probe != nil && bounce.steps[1].timeout == .seconds(90))
        #expect(bounce.steps[0].expect == "double(stdout) >= 600.0")
        #expect(rest.runbook == "free-space" && rest.steps.map(\.id) == ["room", "free", "_verify"])
        #expect(rest.parameters["size"] == .int(5))
        #expect(plan.locks == ["runbook/roll-out", "space/api"])
        #expect(plan.secrets.contains("hunter2") && !plan.text.contains("hunter2"))
        #expect(!plan.masked.canonicalText.contains("hunter2"))
        #expect(!plan.canonicalText.contains("never"), "what follows a failure of the inner runbook is not done")
    }

    @Test("a list must have elements that are allowed, none twice, and not too many")
    func lists() throws {
        func refused(_ elements: [String], _ message: String) {
            var values = Self.values
            values["hosts"] = .array(elements.map(JSONValue.string))
            let error = #expect(throws: PlanError.self) { try Self.planned(Self.whole, values) }
            #expect(error?.description.contains(message) ?? false, "\(String(describing: error))")
        }
        refused([], "empty list")
        refused(["h1", "h1"], "twice")
        refused(["h1", "-rf"], "which is not like")
        refused(["h1", "h2;reboot"], "which is not like")
        refused((1...6).map { "h\($0)" }, "at most 5")
        var values = Self.values
        values["hosts"] = .string("h1,h2")
        #expect(throws: PlanError.self) { try Self.planned(Self.whole, values) }
        values["hosts"] = .array([])
        let allowed = Self.whole.replacing("max_concurrency: 3", with: "allow_empty: true")
        #expect(throws: Never.self) { try Self.planned(allowed, values) }
    }

    static let mistakes: [RunbookLoaderTests.Mistake] = [
        .init("steps.look_first.out != \"gone\"", "steps.look_frist.out != \"gone\"", "did you mean 'look_first'"),
        .init("steps.look_first.out != \"gone\"", "steps.bounce.exit == 0", "no field 'bounce'"),
        .init("steps.look_first.out == \"stuck\"", "steps.kick.exit == 0", "no field 'kick'"),
        .init("out: 'state'", "out: 'state['", "not a JMESPath expression"),
        .init("retries: 2", "retries: 3", "from 0 to 2"),
        .init("    retries: 2\n", "", "needs 'retries'"),
        .init("retry_on: [ConnectionRefused, '75']", "retry_on: []", "'retry_on' is empty"),
        .init(
            "run: {argv: [/usr/bin/kick]}, effect: once", "run: {argv: [/usr/bin/kick]}, effect: once, retries: 1",
            "never repeated"),
        .init("for_each: hosts", "for_each: service", "no parameter 'service' of type list"),
        .init("for_each: hosts", "for_each: hsots", "did you mean 'hosts'"),
        .init("as: host\n", "as: service\n", "there is a parameter 'service' already"),
        .init("drain/${host}", "drain/${hosts}", "is a list"),
        .init("max_concurrency: 3", "max_concurrency: 0", "from 1 to 32"),
        .init("max_concurrency: 3", "order: random", "canary or all_at_once"),
        .init("type: list, pattern: '[a-z][a-z0-9.-]{0,40}'", "type: list", "need a 'pattern' or an 'enum'"),
        .init("pause: {for: 30s}", "pause: {for: 30s, until: '02:30'}", "either 'for'"),
        .init("until: '02:30'", "until: '25:00'", "a time of day in UTC"),
        .init("approval: {approvers: [ann],", "approval: {count: 2, approvers: [ann],", "names 1 people, but 2"),
        .init("go on with ${service}?", "go on with ${token}?", "is sensitive and may not be shown"),
        .init(
            "{id: settle, when: 'params.host != \"h9\"', pause: {for: 30s}}", "{id: settle, approval: {message: x}}",
            "not in a lane"),
        .init("min_uptime_before: 10m\n      uptime:", "uptime:", "need each other"),
        .init("says: 'stdout'", "says: 'uptime'", "an expression for seconds"),
        .init("    destructive: true\n", "", "write 'destructive: true'"),
        .init("argv: [/usr/bin/nudge]", "argv: [/bin/rm, -r, /x]", "has 'rm' in it"),
        .init("argv: [/usr/bin/nudge]", "argv: [/bin/kill, -9, '1']", "has 'kill -9' in it"),
        .init("argv: [/usr/bin/nudge]", "argv: [/usr/bin/psql, '--command=DROP TABLE x']", "has 'DROP' in it"),
        .init("argv: [/usr/bin/nudge]", "argv: [/usr/bin/git, push, --force-with-lease]", "--force-with-lease"),
        .init(
            "http: {method: GET, url: 'https://registry", "http: {method: DELETE, url: 'https://registry",
            "may only read"),
        .init("id: free-space, with", "id: free-spaec, with", "did you mean 'free-space'"),
        .init("host: '${service}', hosts", "hots: '${service}', hosts", "did you mean 'host'"),
        .init("host: '${service}', hosts", "hosts", "needs the parameter 'host'"),
        .init("secret: '${token}'", "size: '${token}'", "is sensitive, but 'size'"),
        .init("secret: '${token}'", "size: many", "must be of type int"),
        .init(
            "on_cancel: [{id: note, notify: {channel: ops, message: stopped}}]",
            "on_cancel: [{id: note, approval: {message: x}}]", "only stand among the steps"),
        .init(
            "on_cancel: [{id: note, notify: {channel: ops, message: stopped}}]",
            "on_cancel: [{id: note, runbook: {id: free-space}}]", "may not be another runbook"),
        .init(
            "  - {id: calm, alerts_clear: [database-down]}", "  - {id: calm, run: {argv: [/x]}, effect: once}",
            "only reads"),
        .init("id: right,", "id: left,", "there is another step 'left'"),
        .init("readings: {up: {metric: up}}", "readings: {steps: {metric: up}}", "neither 'params' nor 'steps'"),
        .init("id: night\n", "id: night\n    effect: read\n", "does not belong to a step with 'pause'"),
    ]

    @Test("a mistake is shown where it is, with what would be right", arguments: mistakes)
    func mistake(_ mistake: RunbookLoaderTests.Mistake) throws {
        let text = Self.whole.replacing(mistake.from, with: mistake.to)
        try #require(text != Self.whole, "the mistake is not in the text")
        let error = try #require(throws: DocumentError.self) {
            _ = try RunbookLoader.load(text: text, file: "a.yaml")
        }
        let found = error.diagnostics.first { $0.message.contains(mistake.message) }
        #expect(found != nil, "\(error)")
        #expect(found?.location.line ?? 0 > 1 && found?.location.column != nil)
    }

    @Test("what cannot be taken back needs people's yes before it, in every case")
    func unapproved() throws {
        let without = Self.whole.replacing("approvals: {count: 2, approvers: [ann, bob, eve], expires: 1h}\n", with: "")
        // An approval step comes before it.
        #expect(throws: Never.self) { try RunbookLoader.load(text: without, file: "a.yaml") }
        for (from, to) in [
            ("  - id: yes\n", "  - id: yes\n    when: 'params.service != \"x\"'\n"),
            ("  - id: yes\n    approval: {approvers: [ann], message: 'go on with ${service}?'}\n", ""),
        ] {
            let text = without.replacing(from, with: to)
            try #require(text != without)
            let error = try #require(throws: DocumentError.self) {
                _ = try RunbookLoader.load(text: text, file: "a.yaml")
            }
            #expect(error.description.contains("nobody approves before it"))
        }
    }

    @Test("a step that only seems to be destructive says so, and needs nobody's yes")
    func seeming() throws {
        let text = Self.whole.replacing("destructive: true", with: "destructive: false")
            .replacing("approvals: {count: 2, approvers: [ann, bob, eve], expires: 1h}\n", with: "")
            .replacing("  - id: yes\n    approval: {approvers: [ann], message: 'go on with ${service}?'}\n", with: "")
        let runbook = try #require(try RunbookLoader.load(text: text, file: "a.yaml").first)
        #expect(runbook.approvals == nil)
        #expect(runbook.allSteps.first { $0.id == "wipe" }?.isDestructive == false)
    }

    @Test("an element of a sensitive list is as sensitive as the list", arguments: [true, false])
    func sensitiveElements(isSensitive: Bool) throws {
        let text = Self.whole
            .replacing("max_items: 5, required: true", with: "max_items: 5, required: true, sensitive: \(isSensitive)")
            .replacing("https://lb.internal/drain/${host}", with: "https://lb.internal/drain")
            .replacing("https://lb.internal/enable/${host}", with: "https://lb.internal/enable")
            .replacing(
                "{id: settle, when: 'params.host != \"h9\"', pause: {for: 30s}}",
                with: "{id: inner, runbook: {id: free-space, with: {host: '${host}'}}}"
            )
            .replacing("hosts: '${hosts}', secret", with: "secret")
        let message = "parameter 'host' is sensitive, but 'host' of the other runbook is not"
        do {
            _ = try RunbookLoader.load(text: text, file: "a.yaml")
            #expect(!isSensitive)
        } catch {
            #expect(isSensitive && error.description.contains(message), "\(error)")
        }
    }

    @Test("runbooks that call each other in a circle, or too deep, are refused with the chain")
    func chains() throws {
        func runbook(_ id: String, calling other: String?) -> String {
            let step = other.map { "{id: go, runbook: {id: \($0)}}" } ?? "{id: go, run: {argv: [/x]}, effect: read}"
            return """
                kind: runbook
                id: \(id)
                version: 1
                title: t
                owner: o
                steps: [\(step)]
                verify: {alerts_clear: [x], within: 5m}
                """
        }
        func text(_ calls: [(String, String?)]) -> String {
            calls.map { runbook($0.0, calling: $0.1) }.joined(separator: "\n---\n")
        }
        func problem(_ calls: [(String, String?)]) throws -> String {
            try #require(throws: DocumentError.self) {
                _ = try RunbookLoader.load(text: text(calls), file: "a.yaml")
            }.description
        }
        #expect(try problem([("a", "b"), ("b", "a")]).contains("a → b → a"))
        #expect(try problem([("a", "a")]).contains("a → a"))
        let deep: [(String, String?)] = [("a", "b"), ("b", "c"), ("c", "d"), ("d", "e"), ("e", nil)]
        #expect(try problem(deep).contains("a → b → c → d → e"))
        #expect(throws: Never.self) { try RunbookLoader.load(text: text(Array(deep.dropFirst())), file: "a.yaml") }
    }
}
