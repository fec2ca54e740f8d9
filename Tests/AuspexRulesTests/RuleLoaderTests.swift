import AuspexDocuments
import AuspexRules
import AuspexSignals
import Foundation
import Testing

@Suite("Loading rules")
struct RuleLoaderTests {
    static let full = """
        kind: rule
        id: disk-full
        title: The disk is almost full
        owner: storage
        status: stable
        severity: critical
        runbook_url: https://example.org/disk
        labels: {team: storage}
        falsepositives: [a backup]
        when:
          disk:
            source: metric
            where: disk.name == "free" && m.value < 0.1
            for: 10m
            keep_firing_for: 5m
        missing_data: fire
        group_by: [host, mount]
        then:
          - if: m.value < 0.01
            runbook: page
            mode: auto
            with: {host: labels.host, severity: alert.severity, free: disk.value}
          - {runbook: free-disk, mode: propose}
        """

    @Test("every field is read")
    func fields() throws {
        let rule = try #require(
            try RuleLoader.load(text: Self.full, file: "f", runbooks: ["page", "free-disk"]).rules.first)
        #expect(rule.id == "disk-full")
        #expect(rule.title == "The disk is almost full")
        #expect(rule.owner == "storage")
        #expect(rule.status == .stable)
        #expect(rule.severity == .critical)
        #expect(rule.runbookURL == "https://example.org/disk")
        #expect(rule.labels == Labels(["team": "storage"]))
        #expect(rule.falsePositives == ["a backup"])
        #expect(rule.condition.name == "disk")
        #expect(rule.condition.source == .metric)
        #expect(rule.condition.hold == .minutes(10))
        #expect(rule.condition.keepFiring == .minutes(5))
        #expect(rule.missingData == .fire)
        #expect(rule.groupBy == ["host", "mount"])
        #expect(rule.responses.map(\.mode) == [.auto, .propose])
        #expect(rule.responses[0].parameters.map(\.name) == ["host", "severity", "free"])
    }

    @Test("what is not said is cautious")
    func defaults() throws {
        let rule = try #require(try rules(more: "then: [{runbook: restart}]").rules.first)
        #expect(rule.status == .experimental)
        #expect(rule.missingData == .hold)
        #expect(rule.responses.map(\.mode) == [.shadow])
        #expect(rule.groupBy == nil)
    }

    /// A change of the full rule, and the one complaint that it brings.
    static let mistakes: [(from: String, to: String, complaint: String)] = [
        ("id: disk-full", "id: Disk", "f:2:5: 'id' must be a name such as disk-almost-full"),
        (
            "severity: critical", "severity: crtical",
            "f:6:11: 'severity' must be info, warning or critical, not 'crtical'; did"
        ),
        (
            "title: The", "titel: The",
            "f:1:1: a rule needs 'title'\nf:3:1: unknown key 'titel' in a rule; did you mean 'title'?"
        ),
        ("owner: storage", "limits: {}", "f:4:1: 'limits' needs one of max_active, max_per_hour and cool_down"),
        (
            "owner: storage", "limits: {max_actif: 1}",
            "f:4:10: unknown key 'max_actif' in 'limits'; did you mean 'max_a"
        ),
        ("owner: storage", "limits: {cool_down: 5}", "f:4:21: 'cool_down' must be a length of time"),
        ("status: stable", "status: test", "f:21:5: 'mode: auto' needs 'status: stable' (this rule is test)"),
        ("https://example.org", "javascript:", "f:7:1: 'runbook_url' must begin with https://"),
        (
            "source: metric", "source: metrics",
            "f:12:13: 'source' must be metric, log, log_anomaly, change, alert, health or incident, not 'metrics'; did"
        ),
        ("m.value < 0.1\n", "m.valeu < 0.1\n", "f:13:36: no field 'valeu'; did you mean 'value'?"),
        ("m.value < 0.1\n", "\n", "f:13:"),
        ("where: disk.name == \"free\" && m.value < 0.1", "where: m.value", "f:13:13: the expression gives a double"),
        (
            "where: disk.name == \"free\" && m.value < 0.1", "where: |\n        m.name == 'a'\n        && x > 1",
            "f:15:12: "
        ),
        ("for: 10m", "for: 10", "f:14:10: 'for' must be a length of time with its unit"),
        ("for: 10m", "unless: {}", "f:14:5: unknown key 'unless' in a condition"),
        ("  disk:\n", "  m x:\n", "f:11:3: the condition's name 'm x' must consist of letters"),
        ("  disk:\n", "  all:\n", "f:12:5: 'all' must be a list of named conditions"),
        ("  disk:\n", "  labels:\n", "f:11:3: a condition can't be called 'labels'"),
        ("  disk:\n", "  in:\n", "f:11:3: a condition can't be called 'in'"),
        ("  disk:\n", "  now:\n", "f:11:3: a condition can't be called 'now'"),
        (
            "missing_data: fire", "missing_data: ignore",
            "f:16:15: 'missing_data' must be hold, resolve or fire, not 'ignore'"
        ),
        ("[host, mount]", "[host, host]", "f:17:1: 'group_by' has a label twice"),
        ("runbook: page", "runbook: pag", "f:20:5: there is no runbook 'pag'; did you mean 'page'?"),
        ("labels.host", "labls.host", "f:22:18: "),
        ("if: m.value < 0.01", "if:", "f:19:5: 'if' has no value"),
        ("if: m.value < 0.01", "if: m.value", "f:19:10: the expression gives a double"),
        (
            "  - if: m.value < 0.01\n    runbook", "  - runbook",
            "f:22:5: never reached: the entry at f:19:5 always applies"
        ),
        ("{runbook: free-disk, mode: propose}", "{mode: propose}", "f:23:6: 'mode' and 'with' need a 'runbook'"),
        ("kind: rule", "kind: rul", "f:1:7: unknown kind 'rul'; did you mean 'rule'?"),
        ("kind: rule\n", "", "f:1:1: a document begins with 'kind: rule'"),
    ]

    @Test("a mistake is named in its place", arguments: mistakes)
    func mistake(from: String, to: String, complaint: String) throws {
        let text = Self.full.replacingOccurrences(of: from, with: to)
        #expect(text != Self.full)
        let error = try #require(throws: DocumentError.self) {
            try RuleLoader.load(text: text, file: "f", runbooks: ["page", "free-disk"])
        }
        let lines = complaint.split(separator: "\n")
        let found = error.diagnostics.map(\.description)
        #expect(zip(found, lines).contains { $0.hasPrefix($1) }, "\(found)")
    }

    @Test("a set with one mistake in it is not loaded, and all mistakes are named")
    func allOrNothing() throws {
        let bad = Self.full.replacingOccurrences(of: "id: disk-full", with: "id: other\nlimit: {}")
        let error = try #require(throws: DocumentError.self) {
            try RuleLoader.load(
                text: [Self.full, bad, "kind: rule\nid: third"].joined(separator: "\n---\n"), file: "f")
        }
        #expect(error.diagnostics.map(\.message).filter { $0.contains("needs") }.count == 3)
        #expect(error.diagnostics.contains { $0.message.hasPrefix("unknown key 'limit'") })
    }

    @Test("an id can be had once")
    func duplicateIdentifiers() throws {
        let error = try #require(throws: DocumentError.self) {
            try RuleLoader.load(text: Self.full + "\n---\n" + Self.full, file: "f")
        }
        #expect(error.description == "f:25:1: the id 'disk-full' is taken by the rule at f:1:1")
    }

    @Test("moments have no duration", arguments: ["log", "change"])
    func moments(source: String) throws {
        let error = try #require(throws: DocumentError.self) {
            try rules(when: "{source: \(source), where: 'true', for: 1m}")
        }
        #expect(error.description.contains("'for' has no meaning"))
        let rule = try #require(try rules(when: "{source: \(source), where: 'true'}").rules.first)
        #expect(rule.condition.keepFiring == Condition.momentaryFiring)
    }

    @Test("folders of runbooks and documents that are runbooks are left out")
    func runbooksAreSkipped() throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "rules-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let runbooks = root.appending(path: "runbooks")
        try FileManager.default.createDirectory(at: runbooks, withIntermediateDirectories: true)
        try Data((Self.full + "\n---\nkind: runbook\nid: x\nsteps: []\n").utf8).write(
            to: root.appending(path: "a.yaml"))
        try Data("not: [a rule".utf8).write(to: runbooks.appending(path: "b.yaml"))
        #expect(try RuleLoader.load(paths: [root.path]).rules.map(\.id) == ["disk-full"])
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: root.path)
        let error = try #require(throws: DocumentError.self) { try RuleLoader.load(paths: [root.path]) }
        #expect(error.description.hasSuffix("may be written by everybody; take that away with chmod o-w"))
    }

    @Test(
        "mistakes in tests are named in their place",
        arguments: [
            ("values: '1x'", "rule.yaml:8:62: '1x' is no value; write 1, 1x4"),
            ("values: '1 2 frog'", "rule.yaml:8:66: 'frog' is no value"),
            ("values: 1, anomaly_score: '1 ?'", "rule.yaml:8:82: '?' is no value"),
            ("values: 1, colour: red", "rule.yaml:8:64: unknown key 'colour' in a series"),
            ("values: '1x200000'", "rule.yaml:8:62: more than 100000 values in one series"),
        ])
    func testMistakes(series: String, complaint: String) throws {
        let error = try #require(throws: DocumentError.self) {
            try rules(
                more: """
                    tests:
                      - name: t
                        given: {series: [{series: 'load{instance="a"}', \(series)}]}
                        expect: [{at: 1m, alerts: []}]
                    """)
        }
        #expect(error.description.hasPrefix(complaint))
    }

    @Test(
        "a test that can't fail, or names a rule that there is not, is refused",
        arguments: [
            ("expect: []", "'expect' is empty, so the test can't fail"),
            ("expect: [{at: 1m}]", "needs 'alerts' or 'requests'"),
            ("expect: [{at: 1m, alerts: [{rule: hihg-load}]}]", "unknown rule 'hihg-load'; did you mean 'high-load'?"),
            ("expect: [{at: 1m, alerts: [{state: fring}]}]", "did you mean 'firing'?"),
        ])
    func pointlessTests(expect: String, complaint: String) throws {
        let error = try #require(throws: DocumentError.self) {
            try rules(more: "tests: [{name: t, given: {}, \(expect)}]")
        }
        #expect(error.description.contains(complaint))
    }
}
