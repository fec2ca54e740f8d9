import AuspexActions
import AuspexDocuments
import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexEngine

@Suite struct SecretSourcesTests {
    private func load(_ text: String, _ environment: [String: String] = [:]) throws -> EngineConfiguration {
        let directory = try TemporaryDirectory()
        return try ConfigurationLoader.load(path: try directory.file("auspex.yaml", text), environment: environment)
    }

    @Test("the configuration says where secrets are, by file and environment")
    func sources() throws {
        let configuration = try load(
            """
            actions:
              secrets:
                DB: {file: /etc/auspex/db}
                LB: {env: LB_TOKEN}
                VAULT: {command: [/usr/bin/print-secret, a], timeout: 5s}
                OTHER: {command: [/usr/bin/print-secret]}
            """, ["AUSPEX_ACTIONS__SECRETS__MORE__FILE": "/run/secrets/more"])
        #expect(
            configuration.actions.secrets == [
                "DB": .file("/etc/auspex/db"), "LB": .variable("LB_TOKEN"), "more": .file("/run/secrets/more"),
                "VAULT": .command(["/usr/bin/print-secret", "a"], timeout: .seconds(5)),
                "OTHER": .command(["/usr/bin/print-secret"], timeout: .seconds(10)),
            ])
    }

    static let mistakes: [(String, String)] = [
        ("DB: {}", "exactly one of 'file', 'env' and 'command'"),
        ("DB: {file: /a, env: B}", "exactly one of 'file', 'env' and 'command'"),
        ("DB: {value: hunter2}", "unknown key 'value'"), ("DB: hunter2", "secret 'DB' must be a mapping"),
        ("DB: {file: relative}", "'file' must be an absolute path"),
        ("DB: {command: [vault]}", "'command' must begin with the absolute path"),
        ("DB: {command: []}", "'command' must begin with the absolute path"),
        ("DB: {command: /usr/bin/vault}", "'command' must be a list"),
        ("DB: {file: /a, timeout: 5s}", "has a 'timeout'"),
        ("DB: {command: [/a], timeout: 5m}", "from 1s to 1m"), ("a-b: {file: /a}", "must be letters, digits and '_'"),
    ]

    @Test("a mistake in them is shown where it is", arguments: mistakes)
    func mistake(text: String, message: String) throws {
        let error = try #require(throws: DocumentError.self) { try load("actions:\n  secrets:\n    \(text)\n") }
        let found = error.diagnostics.first { $0.message.contains(message) }
        #expect(found?.location.line == 3, "\(error)")
    }

    @Test("a runbook that rules ask for, and that uses a secret which the configuration does not have, is refused")
    func missing() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file(
            "a.yaml",
            """
            kind: runbook
            id: a
            version: 1
            title: t
            owner: o
            secrets: [DB]
            steps: [{id: x, run: {argv: [/bin/true], env: {A: '${secret.DB}'}}, effect: read}]
            verify: {alerts_clear: [a], within: 5m}
            """)
        let rule = try directory.file(
            "r.yaml",
            """
            kind: rule
            id: a
            title: t
            owner: o
            status: test
            severity: warning
            when: {c: {source: metric, where: 'm.name == "x" && m.value > 5.0'}}
            then: [{runbook: outer, mode: shadow}]
            """)
        let outer = try directory.file(
            "outer.yaml",
            """
            kind: runbook
            id: outer
            version: 1
            title: t
            owner: o
            steps: [{id: y, runbook: {id: a}}]
            verify: {alerts_clear: [a], within: 5m}
            """)
        var configuration = EngineConfiguration()
        configuration.runbookPaths = [path]
        configuration.actions.secrets = ["DBS": .variable("X")]
        // Nobody asks for it.
        #expect(try Library(configuration).runbooks.keys.sorted() == ["a"])
        configuration.rulePaths = [rule]
        configuration.runbookPaths = [path, outer]
        let error = try #require(throws: DocumentError.self) { try Library(configuration) }
        #expect(error.description.contains("uses the secret 'DB'") && error.description.contains("did you mean 'DBS'?"))
        configuration.actions.secrets = ["DB": .variable("X")]
        #expect(try Library(configuration).runbooks.keys.sorted() == ["a", "outer"])
    }
}
