import AuspexTesting
import Testing

/// The import of Prometheus' rules, from the file to rules that can be checked.
@Suite(.serialized, .timeLimit(.minutes(2))) struct RuleImportTests {
    static let sayable = "groups: [{name: g, rules: [{alert: HostDown, expr: up == 0, for: 5m}]}]\n"
    static let unsayable = "groups: [{name: g, rules: [{alert: Total, expr: sum(up) == 0}]}]\n"

    static let calls = [
        Call(
            "rule", "import", "-", input: sayable, code: 0, output: ["id: host-down", "for: 5m"],
            error: ["1 rules imported, 0 left out"]),
        Call("rule", "import", "-", "--fail-on", "skipped", input: sayable, code: 0, output: ["id: host-down"]),
        Call(
            "rule", "import", "-", input: unsayable, code: 0,
            error: ["-:1:49: alert 'Total': sum() puts series together", "0 rules imported, 1 left out"]),
        Call("rule", "import", "-", "--fail-on", "skipped", input: unsayable, code: 1, error: ["alert 'Total'"]),
        Call("rule", "import", code: 2, error: ["Missing expected argument", "Usage: auspex rule import"]),
        Call("rule", "import", "-", "--fail-on", "all", input: sayable, code: 2, error: ["skipped"]),
        Call("rule", "import", "-", input: "tests: []\n", code: 3, error: ["-:1:1: no file of Prometheus' rules"]),
        Call("rule", "import", "-", input: "groups: [\n", code: 3, error: ["-:", "not valid YAML"]),
        Call("rule", "import", "nofile.yml", code: 3, error: ["nofile.yml: cannot be read: No such file"]),
        Call("rule", "import", "-", "-o", "nofolder/out", input: sayable, code: 3, error: ["--output nofolder/out"]),
    ]

    @Test("rules go to standard output, what is left out to standard error, and exit codes say which", arguments: calls)
    func exitCodes(call: Call) async throws { try await call.check() }

    @Test("what is written to a file passes the check of rules")
    func output() async throws {
        let folder = try TemporaryDirectory()
        let (one, two) = (try folder.file("a.yml", Self.sayable), try folder.file("b.yml", Self.sayable))
        let rules = folder.path + "/rules.yaml"
        let outcome = try await Program.run(["rule", "import", one, two, "-o", rules])
        #expect(outcome.code == 0 && outcome.output.isEmpty, "\(outcome)")
        try await Call("rule", "check", rules, output: ["host-down: ok", "host-down-2: ok"]).check()
    }
}
