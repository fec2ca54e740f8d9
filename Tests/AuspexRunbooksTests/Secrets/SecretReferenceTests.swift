import AuspexDocuments
import AuspexRunbooks
import AuspexSignals
import Foundation
import Testing

@Suite struct SecretReferenceTests {
    static let sample = """
        kind: runbook
        id: sample
        version: 1
        title: t
        owner: o
        params: {user: {type: string, default: ann, pattern: '.{1,80}'}}
        secrets: [DB, TOKEN]
        steps:
          - id: act
            run:
              argv: [/usr/bin/act, '${user}']
              env: {PGPASSWORD: '${secret.DB}', DSN: 'u=${user} p=${secret.DB}', PLAIN: '${user}'}
              stdin: 'password=${secret.DB}'
            effect: idempotent
          - id: call
            http: {method: GET, url: 'https://h/${user}', headers: {X-Token: 't ${secret.TOKEN}'}, auth: {bearer: TOKEN}}
            effect: read
          - id: login
            http: {method: GET, url: 'https://h/', auth: {basic: {user: '${user}', password: DB}}}
            effect: read
        verify: {alerts_clear: [a], within: 5m}
        """

    private static func plan(_ text: String = sample, user: String = "ann") throws -> Plan {
        let runbook = try #require(try RunbookLoader.load(text: text, file: "sample.yaml").first)
        return try Planner.plan(runbook, parameters: ["user": .string(user)])
    }

    private static func operations(_ plan: Plan) -> [AuspexRunbooks.Operation] {
        plan.steps.compactMap { if case .operation(let operation) = $0.action { operation } else { nil } }
    }

    @Test("a plan names its secrets, and the values come in when it is carried out")
    func references() throws {
        let plan = try Self.plan()
        #expect(plan.secretNames == ["DB", "TOKEN"])
        #expect(plan.text.contains("secrets DB TOKEN"))
        #expect(try restored(plan) == plan)
        let operations = Self.operations(plan)
        #expect(operations.map(\.secrets) == [["DB"], ["TOKEN"], ["DB"]])
        let values = ["DB": "s3cret", "TOKEN": "t0ken"]
        let resolved = try operations.map { try $0.resolved(with: values) }
        guard case .run(let command) = resolved[0], case .http(let call) = resolved[1],
            case .http(let login) = resolved[2]
        else {
            Issue.record("the operations must be of their kinds")
            return
        }
        #expect(command.environment == ["PGPASSWORD": "s3cret", "DSN": "u=ann p=s3cret", "PLAIN": "ann"])
        #expect(command.input == "password=s3cret" && command.argv == ["/usr/bin/act", "ann"])
        #expect(call.headers == ["X-Token": "t t0ken", "Authorization": "Bearer t0ken"])
        #expect(login.headers == ["Authorization": "Basic YW5uOnMzY3JldA=="])
        for operation in resolved { #expect(operation.secrets.isEmpty) }
        #expect(!plan.canonicalText.contains("s3cret") && !plan.text.contains("s3cret"))
    }

    @Test(
        "a value that looks like the name of a secret is never taken for one", arguments: ["${secret.DB}", "secret.DB"])
    func notResolved(value: String) throws {
        let resolved = try Self.operations(try Self.plan(user: value)).map {
            try $0.resolved(with: ["DB": "s3cret", "TOKEN": "t0ken"])
        }
        guard case .run(let command) = resolved[0] else {
            Issue.record("the first operation must be a command")
            return
        }
        #expect(command.environment["DSN"] == "u=\(value) p=s3cret")
        #expect(command.environment["PLAIN"] == value && command.argv[1] == value)
    }

    @Test("a plan without secrets is the same plan that it was")
    func sameHash() throws {
        let text = Self.sample.replacing("secrets: [DB, TOKEN]\n", with: "")
            .replacing("${secret.DB}", with: "x").replacing("${secret.TOKEN}", with: "x")
            .replacing(", auth: {bearer: TOKEN}", with: "")
            .replacing(", auth: {basic: {user: '${user}', password: DB}}", with: "")
        let plan = try Self.plan(text).canonicalText
        #expect(!plan.lowercased().contains("secret") && !plan.contains("authentication"))
    }

    @Test("a secret cannot break out of its place")
    func places() throws {
        let operations = Self.operations(try Self.plan())
        #expect(throws: SecretPlaceError.missing("DB")) { try operations[0].resolved(with: [:]) }
        #expect(throws: SecretPlaceError.notForHeader("Authorization")) {
            try operations[1].resolved(with: ["TOKEN": "a\r\nX-Admin: 1"]).secrets
        }
        #expect(throws: SecretPlaceError.notForEnvironment("PGPASSWORD")) {
            let command = Command(argv: ["/a"], secretEnvironment: ["PGPASSWORD": SecretText([.secret("DB")])])
            _ = try AuspexRunbooks.Operation.run(command).resolved(with: ["DB": "a\u{0}b"])
        }
        let basic = Self.operations(try Self.plan(user: "a:b"))[2]
        let error = try #require(throws: SecretPlaceError.self) { try basic.resolved(with: ["DB": "s3cret"]) }
        #expect(error == .notAUser("a:b") && !error.description.contains("s3cret"))
    }

    @Test("a sensitive value that is too short to be masked is refused")
    func short() throws {
        let text = Self.sample.replacing("pattern: '.{1,80}'", with: "sensitive: true")
            .replacing("default: ann, ", with: "")
        let error = try #require(throws: PlanError.self) { try Self.plan(text, user: "abc") }
        #expect(error.problems == [.tooShortToMask("user")] && !error.description.contains("abc"))
        #expect(try Self.plan(text, user: "abcd").text.contains("user=******"))
    }

    @Test("a step for each of a list may use secrets, too")
    func inLanes() throws {
        let text = Self.sample.replacing(
            "steps:\n",
            with: """
                steps:
                  - id: each
                    parallel:
                      for_each: hosts
                      as: host
                      steps:
                        - id: ask
                          http: {method: GET, url: 'https://h/${host}', auth: {bearer: TOKEN}}
                          effect: read
                        - id: tell
                          run: {argv: [/usr/bin/tell, '${host}'], env: {PASSWORD: '${secret.DB}'}}
                          effect: idempotent

                """
        ).replacing(
            "params: {", with: "params: {hosts: {type: list, pattern: '[a-z]+', default: [a]}, ")
        let plan = try Self.plan(text)
        let inner = plan.allSteps.flatMap(\.flattened).filter { ["ask", "tell"].contains($0.id) }
        let operations = inner.compactMap { if case .operation(let operation) = $0.action { operation } else { nil } }
        #expect(operations.map(\.secrets) == [["TOKEN"], ["DB"]])
    }

    @Test("a check and what is collected get their secrets, also in lists")
    func checks() throws {
        let query = HealthCheck.Query(
            run: Command(argv: ["/usr/bin/psql"], secretEnvironment: ["PGPASSWORD": SecretText([.secret("DB")])]),
            answer: HealthCheck.Answer(equals: "1"))
        let page = HealthCheck.Page(
            request: Request(
                method: "GET", url: "https://h/", secretHeaders: ["X-Token": SecretText([.secret("TOKEN")])]))
        let list = HealthCheck(
            component: "all",
            probe: .list([
                HealthCheck(component: "db", probe: .sql(query)), HealthCheck(component: "web", probe: .http(page)),
            ]))
        let check = AuspexRunbooks.Operation.health(list)
        #expect(check.secrets == ["DB", "TOKEN"])
        #expect(throws: SecretPlaceError.missing("TOKEN")) { try check.resolved(with: ["DB": "s3cret"]) }
        guard case .health(let resolved) = try check.resolved(with: ["DB": "s3cret", "TOKEN": "t0ken"]),
            case .list(let parts) = resolved.probe, case .sql(let asked) = parts[0].probe,
            case .http(let fetched) = parts[1].probe
        else {
            Issue.record("the check must be of its kind")
            return
        }
        #expect(asked.run.environment == ["PGPASSWORD": "s3cret"] && asked.run.secretEnvironment == nil)
        #expect(fetched.request.headers == ["X-Token": "t0ken"])
        let evidence = AuspexRunbooks.Operation.collect(EvidenceCollection(commands: [query.run], bundle: "b"))
        #expect(evidence.secrets == ["DB"])
        guard case .collect(let collected) = try evidence.resolved(with: ["DB": "s3cret"]) else { return }
        #expect(collected.commands.map(\.environment) == [["PGPASSWORD": "s3cret"]])
    }

    @Test("a check in a runbook's file that uses a secret needs it")
    func loadedCheck() throws {
        let text = Self.sample.replacing(
            "steps:\n",
            with: """
                steps:
                  - id: look
                    health: {sql: {run: {argv: [/usr/bin/psql], env: {PGPASSWORD: '${secret.DB}'}}, equals: '1'}}

                """)
        #expect(Self.operations(try Self.plan(text)).first?.secrets == ["DB"])
    }

    static let mistakes: [(from: String, to: String, message: String)] = [
        ("'${user}']\n", "'${secret.DB}']\n", "the secret 'DB' may not stand here, only in 'env', 'stdin'"),
        ("'https://h/${user}'", "'https://h/${secret.DB}'", "may not stand here"),
        ("'https://h/${user}'", "'https://${secret.DB}/'", "may not stand here"),
        ("verify: {", "locks: ['${secret.DB}']\nverify: {", "may not stand here"),
        ("[/usr/bin/act, '${user}']", "['${secret.DB}']", "the program may not come from a parameter"),
        ("auth: {bearer: TOKEN}}", "auth: {bearer: TOKEN}, body_json: {a: ['${secret.DB}']}}", "may not stand here"),
        (
            "verify: {alerts_clear: [a]", "verify: {alerts_clear: [{rule: a, labels: {x: '${secret.DB}'}}]",
            "may not stand"
        ),
        ("secrets: [DB, TOKEN]", "secrets: [DB]", "the secret 'TOKEN' is not in the runbook's list 'secrets'"),
        ("secrets: [DB, TOKEN]", "secrets: [DB, TOKENS]", "did you mean 'TOKENS'?"),
        ("secrets: [DB, TOKEN]", "secrets: [DB, TOKEN, MORE]", "the secret 'MORE' is not used"),
        ("secrets: [DB, TOKEN]", "secrets: [DB, TOKEN, DB]", "is there already"),
        ("secrets: [DB, TOKEN]", "secrets: [DB, TOKEN, a-b]", "the name of a secret is letters"),
        ("'${secret.DB}', DSN", "'${secret.}', DSN", "not the name of a parameter or secret"),
        ("'${secret.DB}', DSN", "'${secret.a.b}', DSN", "not the name of a parameter or secret"),
        ("auth: {bearer: TOKEN}", "auth: {token: TOKEN}", "'auth' needs either 'bearer' or 'basic'"),
        ("auth: {bearer: TOKEN}", "auth: {bearer: '${secret.TOKEN}'}", "'bearer' is the name of a secret"),
        ("auth: {bearer: TOKEN}", "auth: {bearer: [TOKEN]}", "'bearer' must be text"),
        ("{X-Token: 't", "{authorization: 't", "'auth' sets the header field Authorization"),
        (", password: DB", "", "password"),
    ]

    @Test("a mistake with a secret is shown where it is", arguments: mistakes.indices)
    func mistake(index: Int) throws {
        let (from, to, message) = Self.mistakes[index]
        let text = Self.sample.replacing(from, with: to)
        try #require(text != Self.sample, "the mistake is not in the text")
        let error = try #require(throws: DocumentError.self) {
            _ = try RunbookLoader.load(text: text, file: "a.yaml")
        }
        let found = error.diagnostics.first { $0.message.contains(message) }
        #expect(found != nil, "\(error)")
        #expect(found?.location.line ?? 0 > 1 && found?.location.column != nil)
    }
}
