import AuspexTesting
import Testing

/// What the program answers to right and wrong calls. One after the other, as in the other suites here: each call is a
/// process, and beside them run tests that wait for a clock.
@Suite(.serialized, .timeLimit(.minutes(2))) struct ExitCodeTests {
    /// A series with one row that no detector can miss.
    static let spike = "value\n" + (0..<200).map { $0 == 150 ? "90" : "\($0 % 3)" }.joined(separator: "\n") + "\n"
    /// A series with nothing in it.
    static let calm = "value\n" + (0..<200).map { "\($0 % 3)" }.joined(separator: "\n") + "\n"

    static let found = [
        Call(
            "score", "-", "--fail-on", "--alpha", "0.001", "--detector", "mad", input: calm, code: 0, output: ["score"]),
        Call("score", "-", "--alpha", "0.01", "--detector", "mad", input: spike, code: 0, output: ["score"]),
        Call(
            "score", "-", "--fail-on", "--alpha", "0.01", "--detector", "mad", input: spike, code: 1, output: ["score"]),
        Call("logs", "score", "-", input: "a\na\nb\n", code: 0, error: ["3 lines"]),
        Call("rule", "test", "Rules", code: 0, output: ["0 failed"]),
        Call("--version", code: 0, output: ["."]),
    ]

    @Test("0 is all well and 1 is found", arguments: found)
    func foundOrNot(call: Call) async throws { try await call.check() }

    static let usage = [
        Call("score", code: 2, error: ["Missing expected argument", "Usage: auspex score"]),
        Call("score", "--version", "x", code: 2, error: ["Unknown option '--version'", "Usage: auspex score"]),
        Call("scor", "x", code: 2, error: ["no command 'scor'; did you mean 'score'?"]),
        Call("logs", "prase", "x", code: 2, error: ["'auspex logs' has no command 'prase'; did you mean 'parse'?"]),
        Call("score", "-", "--nonsense", code: 2, error: ["Unknown option '--nonsense'"]),
        Call("score", "a", "b", "--report", "x", code: 2, error: ["--report takes one input", "Usage: auspex score"]),
        Call("logs", "parse", "-", "--reference-time", "now", code: 2, error: ["now", "Usage: auspex logs parse"]),
        Call(
            "logs", "parse", "-", "--mask", "(", code: 2, error: ["--mask (", "missing )", "Usage: auspex logs parse"]),
        Call("logs", "diff", "a.log", code: 2, error: ["two logs are compared", "1 given"]),
        Call("logs", "diff", "a", "--at", "noon", code: 2, error: ["--at noon is not a moment"]),
        Call("logs", "score", "-", "--session-idle", "5m", code: 2, error: ["--session-idle needs --session"]),
        Call("replay", "-", "--from", "yesterday", code: 2, error: ["--from yesterday", "Usage: auspex replay"]),
        Call(
            "replay", "-", "--from", "2026-01-02T00:00:00Z", "--to", "2026-01-01T00:00:00Z", code: 2,
            error: ["--from 2026-01-02T00:00:00", "later than --to 2026-01-01T00:00:00"]),
        Call(
            "runbook", "plan", "Rules/runbooks/free-disk.yaml", "--param", "x", code: 2,
            error: ["--param 'x' is not NAME=VALUE", "Usage: auspex runbook plan"]),
        Call("serve", "--log-level", "loud", code: 2, error: ["--log-level loud", "Usage: auspex serve"]),
        Call("gate", "--service", "x", "--server", "notaurl", code: 2, error: ["--server notaurl is not an address"]),
        Call("gate", "--service", "x", "--server", "ftp://h", code: 2, error: ["--server ftp://h is not an address"]),
        Call(
            "gate", "--service", "x", "--on-error", "pass", environment: ["AUSPEX_SERVER": "127.0.0.1:17071"], code: 2,
            error: ["AUSPEX_SERVER=127.0.0.1:17071 is not an address"]),
        Call("runbook", "list", "--timeout", "0", code: 2, error: ["--timeout 0"]),
    ]

    @Test("2 is wrong usage, with what would be right", arguments: usage)
    func wrongUsage(call: Call) async throws { try await call.check() }

    static let input = [
        Call("score", "-", input: "a,b\n1,x\n", code: 3, error: ["-:2:3: column \"b\""]),
        Call("score", "nofile.csv", code: 3, error: ["nofile.csv: cannot be read: No such file or directory"]),
        Call("score", "Sources", code: 3, error: ["Sources: is a folder"]),
        Call("score", "-", "--detector", "maad", input: "a\n1\n", code: 3, error: ["maad"]),
        Call("evaluate", "nofile.csv", code: 3, error: ["nofile.csv"]),
        Call("detectors", "describe", "maad", code: 3, error: ["maad"]),
        Call("expr", "cel", "1", "--input", "nofile", code: 3, error: ["nofile: cannot be read: No such file"]),
        Call("expr", "jmespath", "a", input: "{\"a\":1,}x", code: 3, error: ["-: not valid JSON"]),
        Call("expr", "cel", "1 +", code: 3),
        Call("rule", "check", "Datasets", code: 3, error: ["Datasets: holds no rule"]),
        Call("rule", "test", "Datasets", "Scripts", code: 3, error: ["Datasets, Scripts: holds no rule"]),
        Call("runbook", "validate", "Rules/host.yaml", code: 3, error: ["Rules/host.yaml: holds no runbook"]),
        Call(
            "runbook", "list", "--token-file", "nofile", code: 3,
            error: ["nofile: cannot be read: No such file or directory"]),
        Call("serve", "--config", "nofile.yaml", "--check", code: 3, error: ["nofile.yaml: cannot be read"]),
        Call("logs", "parse", "-", "--column", "Text", input: "Content\na\n", code: 3, error: ["Text"]),
    ]

    @Test("3 is wrong input, with its place and what would be right", arguments: input)
    func wrongInput(call: Call) async throws { try await call.check() }

    static let runbooksFound = [
        Call("rule", "test", "Rules", "--runbooks", "Rules/runbooks", output: ["0 failed"]),
        Call(
            "rule", "test", "Rules/postgres.yaml", "--runbooks", "Rules/runbooks/restart-service.yaml", "--runbooks",
            "Rules/runbooks/end-blocking-sessions.yaml", output: ["0 failed"]),
        Call("rule", "test", "Rules/postgres.yaml", "Rules/host.yaml", output: ["0 failed"]),
        Call("replay", "-", "--rules", "Rules", input: "timestamp,v\n1,2\n", output: ["1 samples"]),
        Call(
            "replay", "-", "--rules", "Rules", "--runbooks", "Rules/runbooks", input: "timestamp,v\n1,2\n",
            output: ["1 samples"]),
    ]

    @Test("runbooks beside the rules are found, and once when they are named as well", arguments: runbooksFound)
    func runbooksBesideRules(call: Call) async throws { try await call.check() }

    @Test("where a runbook is missing, the error says how to name it")
    func runbooksMissing() async throws {
        let directory = try TemporaryDirectory()
        let path = try directory.file(
            "rule.yaml",
            """
            kind: rule
            id: high
            title: High
            severity: warning
            when: {c: {source: metric, where: 'm.value > 1.0'}}
            then: [{runbook: restart, mode: propose}]
            """)
        let error = "there is no runbook 'restart'; give its file with --runbooks"
        try await Call("rule", "test", path, code: 3, error: [error]).check()
        try await Call("replay", "-", "--rules", path, code: 3, error: [error]).check()
    }
}
