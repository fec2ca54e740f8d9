import AuspexRunbooks
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@Suite struct PlannerTests {
    private static func runbook(_ params: String, argv: String, effect: String = "read") throws -> Runbook {
        let text = """
            kind: runbook
            id: sample
            version: 1
            title: t
            owner: o
            params: \(params)
            steps: [{id: act, run: {argv: \(argv)}, effect: \(effect)}]
            verify: {alerts_clear: [a], within: 5m}
            """
        return try #require(try RunbookLoader.load(text: text, file: "sample.yaml").first)
    }

    private static func argv(_ plan: Plan) -> [String] {
        guard case .operation(.run(let command)) = plan.steps[0].action else { return [] }
        return command.argv
    }

    @Test("a label of alerts that must be clear counts only where its parameter is given, if nobody must give it")
    func optionalLabels() throws {
        func plan(_ unit: String, _ given: [String: JSONValue]) throws -> Plan {
            let text = """
                kind: runbook
                id: sample
                version: 1
                title: t
                owner: o
                params: {unit: \(unit)}
                steps: [{id: act, run: {argv: [/usr/bin/act]}, effect: read}]
                verify: {alerts_clear: [{rule: a, labels: {name: '${unit}', team: x}}], within: 5m}
                """
            return try Planner.plan(
                try #require(try RunbookLoader.load(text: text, file: "sample.yaml").first), parameters: given)
        }
        let optional = "{type: string, pattern: '[a-z]+'}"
        #expect(try plan(optional, [:]).verification.clearAlerts.map(\.labels) == [["team": "x"]])
        let given = try plan(optional, ["unit": .string("b")])
        #expect(given.verification.clearAlerts.map(\.labels) == [["team": "x", "name": "b"]])
        #expect(throws: PlanError.self) { try plan("{type: string, pattern: '[a-z]+', required: true}", [:]) }
    }

    /// What attackers put into labels and log lines.
    static let injections = [
        "$(touch /tmp/x)", "`touch /tmp/x`", "; touch /tmp/x", "a; reboot", "a && reboot", "a | sh", "a\nreboot",
        "a\u{0}b",
        "-rf", "--force", "../../etc/passwd", "a/../../b", "${service}", "${{service}}", "{{7*7}}", "%0a", "a b", "'",
        "\"",
        "$IFS", "a\u{202e}b", "a\u{2028}b", "\u{ff0d}rf", "", " ", "a\r", "*", "?", "~root", "a\\b", "A", "0\u{301}",
    ]

    @Test("no injection passes a pattern", arguments: injections)
    func patternsRefuse(_ value: String) throws {
        let runbook = try Self.runbook(
            "{service: {type: string, required: true, pattern: '[a-z][a-z0-9-]{0,40}'}}",
            argv: "[/usr/bin/act, '${service}', '--name=${service}']")
        #expect(throws: PlanError.self) { try Planner.plan(runbook, parameters: ["service": .string(value)]) }
    }

    @Test("what passes without a pattern stays one argument, word for word", arguments: injections)
    func argumentStaysWhole(_ value: String) throws {
        let runbook = try Self.runbook(
            "{text: {type: string, required: true}}", argv: "[/usr/bin/act, first, '${text}', last]")
        do {
            let plan = try Planner.plan(runbook, parameters: ["text": .string(value)])
            #expect(Self.argv(plan) == ["/usr/bin/act", "first", value, "last"])
            #expect(!value.hasPrefix("-"))
            #expect(!value.unicodeScalars.contains { $0.properties.generalCategory == .control })
        } catch {
            let isKnown = error.problems.allSatisfy { problem in
                switch problem {
                case .leadingHyphen, .controlCharacter, .empty: true
                default: false
                }
            }
            #expect(isKnown, "\(error)")
        }
    }

    static let values: [(String, JSONValue, JSONValue?)] = [
        ("{type: int}", .string("12"), .int(12)), ("{type: int}", .int(-3), .int(-3)),
        ("{type: int}", .string("12x"), nil), ("{type: int}", .double(1.5), nil), ("{type: int}", .bool(true), nil),
        ("{type: bool}", .string("true"), .bool(true)), ("{type: bool}", .string("yes"), nil),
        ("{type: path}", .string("/var/log"), .string("/var/log")), ("{type: path}", .string("/"), .string("/")),
        ("{type: path}", .string("var"), nil), ("{type: path}", .string("/var/../etc"), nil),
        ("{type: path}", .string("/var//log"), nil), ("{type: path}", .string("/var/./log"), nil),
        ("{type: path}", .string("/var/"), nil), ("{type: host}", .string("a.example"), .string("a.example")),
        ("{type: host}", .string("10.0.0.1"), .string("10.0.0.1")),
        ("{type: host}", .string("[::1]"), .string("[::1]")),
        ("{type: host}", .string("a b"), nil), ("{type: host}", .string("a:80"), nil),
        ("{type: host}", .string("-a"), nil), ("{type: host}", .string("a..b"), nil),
        ("{type: host}", .string("a@b"), nil), ("{type: host}", .string("a/b"), nil),
        ("{type: host}", .string(String(repeating: "a", count: 254)), nil),
        ("{type: string, enum: [a, b]}", .string("a"), .string("a")),
        ("{type: string, enum: [a, b]}", .string("c"), nil),
        ("{type: string, max_length: 3}", .string("abc"), .string("abc")),
        ("{type: string, max_length: 3}", .string("abcd"), nil),
        ("{type: string, pattern: 'a|b'}", .string("ab"), nil),
        ("{type: string, pattern: 'a|b'}", .string("b"), .string("b")),
        ("{type: string, pattern: '(?i)a'}", .string("A"), .string("A")), ("{type: string}", .int(3), nil),
    ]

    @Test("a value must be of its parameter's kind", arguments: values)
    func kinds(_ parameter: String, _ given: JSONValue, _ expected: JSONValue?) throws {
        let runbook = try Self.runbook("{x: \(parameter)}", argv: "[/usr/bin/act]")
        guard let expected else {
            #expect(throws: PlanError.self) { try Planner.plan(runbook, parameters: ["x": given]) }
            return
        }
        #expect(try Planner.plan(runbook, parameters: ["x": given]).parameters["x"] == expected)
    }

    @Test("a negative number cannot become an option")
    func negativeNumber() throws {
        let runbook = try Self.runbook("{n: {type: int, required: true}}", argv: "[/usr/bin/act, '${n}']")
        #expect(throws: PlanError.self) { try Planner.plan(runbook, parameters: ["n": .int(-1)]) }
    }

    @Test("everything that is wrong with the parameters is told at once")
    func allProblems() throws {
        let runbook = try Self.runbook(
            "{a: {type: int, required: true}, b: {type: host, required: true}}", argv: "[/usr/bin/act]")
        let error = try #require(throws: PlanError.self) {
            try Planner.plan(runbook, parameters: ["a": .string("x"), "c": .int(1)])
        }
        #expect(error.problems.count == 3)
        #expect(error.description.contains("--param b=VALUE"))
    }

    @Test("equal plans have equal hashes, and a changed one has another")
    func hashes() throws {
        let runbook = try Self.runbook("{x: {type: string, required: true}}", argv: "[/usr/bin/act, '${x}']")
        let one = try Planner.plan(runbook, parameters: ["x": .string("a")])
        #expect(one.hash == (try Planner.plan(runbook, parameters: ["x": .string("a")])).hash)
        #expect(one.hash != (try Planner.plan(runbook, parameters: ["x": .string("b")])).hash)
        #expect(one.hash.count == 64)
        #expect(try restored(one) == one)
        #expect(try restored(one).hash == one.hash)
    }

    @Test("a secret is masked wherever a plan is shown")
    func secrets() throws {
        let runbook = try Self.runbook(
            "{token: {type: string, required: true, sensitive: true}}", argv: "[/usr/bin/act, '${token}']")
        let plan = try Planner.plan(runbook, parameters: ["token": .string("hunter2/ü")])
        #expect(!plan.text.contains("hunter2"))
        #expect(!plan.masked.canonicalText.contains("hunter2"))
        #expect(Self.argv(plan).contains("hunter2/ü"))
        let error = try #require(throws: PlanError.self) {
            try Planner.plan(runbook, parameters: ["token": .string("hunter2\n")])
        }
        #expect(!error.description.contains("hunter2"))
        let mask = SecretMask(["hunter2/ü"])
        #expect(mask.masked("a hunter2/ü aHVudGVyMi/DvA== hunter2%2F%C3%BC") == "a ****** ****** ******")
    }

    @Test("a secret is masked in the forms that JSON gives it", arguments: [#"a"b\c/d"#, "pa-ss/ü\u{1f511}x"])
    func secretsInJSON(secret: String) throws {
        let runbook = try Self.runbook(
            "{token: {type: string, required: true, sensitive: true}}", argv: "[/usr/bin/act, '${token}']")
        let plan = try Planner.plan(runbook, parameters: ["token": .string(secret)])
        #expect(plan.text.contains(#"run ["/usr/bin/act","******"]"#))
        let mask = SecretMask([secret])
        let data = try JSONEncoder().encode([secret])
        #expect(mask.masked(String(decoding: data, as: UTF8.self)) == #"["******"]"#)
        #expect(mask.masked(JSONValue.string(secret).canonicalText) == #""******""#)
        #expect(
            mask.masked(#"pa-ss\/\u00fc\ud83d\udd11x"#)
                == (secret.hasPrefix("pa") ? "******" : #"pa-ss\/\u00fc\ud83d\udd11x"#))
        #expect(mask.masked("GET /pa-ss%2F%C3%BC%F0%9F%94%91x").contains("pa-ss") == !secret.hasPrefix("pa"))
    }

    @Test("a secret is masked in what a plan verifies, and where it is a number")
    func secretsEverywhere() throws {
        let text = """
            kind: runbook
            id: sample
            version: 1
            title: t
            owner: o
            params:
              token: {type: string, required: true, sensitive: true}
              pin: {type: int, required: true, sensitive: true}
            steps:
              - id: act
                http: {method: POST, url: 'http://h/p', body_json: {pin: '${pin}', list: ['${pin}', 7]}}
                effect: idempotent
              - id: calm
                verify: {alerts_clear: [{rule: a, labels: {t: '${token}'}}], for: 1s, within: 2m}
            verify:
              readings: {up: {metric: up, labels: {t: 'x-${token}'}}}
              where: 'up.all(r, r.value == 1.0)'
              alerts_clear: [{rule: a, labels: {t: '${token}'}}]
              for: 1m
              within: 5m
            """
        let runbook = try #require(try RunbookLoader.load(text: text, file: "sample.yaml").first)
        let plan = try Planner.plan(runbook, parameters: ["token": .string("hunter2"), "pin": .int(483_921)])
        for shown in [plan.masked.canonicalText, plan.text] {
            #expect(!shown.contains("hunter2") && !shown.contains("483921"), "\(shown)")
        }
        #expect(plan.masked.verification.readings["up"]?.labels == ["t": "x-******"])
        #expect(plan.masked.verification.clearAlerts.first?.labels == ["t": "******"])
        #expect(plan.canonicalText.contains("483921") && plan.canonicalText.contains("hunter2"))
    }

    @Test(
        "a value is one piece of a URL's path, and never more",
        arguments: ["a/b", "a?b", "a#b", "ä", "a%2fb", "a b", "a&b"])
    func urls(_ value: String) throws {
        let text = """
            kind: runbook
            id: sample
            version: 1
            title: t
            owner: o
            params: {x: {type: string, required: true}}
            steps: [{id: act, http: {method: GET, url: 'http://h/p/${x}/q?z=${x}'}, effect: read}]
            verify: {alerts_clear: [a], within: 5m}
            """
        let runbook = try #require(try RunbookLoader.load(text: text, file: "sample.yaml").first)
        let plan = try Planner.plan(runbook, parameters: ["x": .string(value)])
        guard case .operation(.http(let request)) = plan.steps[0].action else {
            Issue.record("the step must be a request")
            return
        }
        #expect(request.url.count { $0 == "/" } == 5)
        #expect(request.url.count { $0 == "?" } == 1)
        #expect(!request.url.contains("#") && !request.url.contains(" ") && !request.url.contains("&"))
        for dots in [".", ".."] {
            #expect(throws: PlanError.self) { try Planner.plan(runbook, parameters: ["x": .string(dots)]) }
        }
    }

    @Test("a plan says in words what would be done")
    func words() throws {
        let runbook = try #require(
            try RunbookLoader.load(text: RunbookLoaderTests.whole, file: "a.yaml").first)
        let plan = try Planner.plan(runbook, parameters: ["service": .string("pay")])
        for part in [
            plan.hash, "service/pay",
            #"run ["/usr/bin/deployctl","rollback","pay","--count=3"] [effect once, at most 5m]"#,
            "if unknown, ask", "every 10s, at most 30 times, at most 4m", "then verify", "on failure", "always",
        ] {
            #expect(plan.text.contains(part), "\(part)")
        }
    }
}
