import AuspexDocuments
import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("Importing rules")
struct RuleImportTests {
    @Test("an alert becomes a rule with all that it says")
    func wholeRule() throws {
        let result = try imported(
            """
            groups:
            - name: node
              interval: 30s
              labels: {team: hosts, tier: gold}
              rules:
              - alert: NodeFilesystemFull
                expr: node_filesystem_avail_bytes{fstype!=""} < 1e9
                for: 1h30m
                keep_firing_for: 10m
                labels: {severity: page, tier: silver}
                annotations:
                  summary: "A file system: full"
                  description: |
                    Less than 1 GB is left.

                    Clean up.
                  runbook_url: https://example.com/disk
                  dashboard: d/1
            """)
        #expect(result.findings == [])
        #expect(
            result.text == """
                # NodeFilesystemFull, from rules.yml
                # expr: node_filesystem_avail_bytes{fstype!=""} < 1e9
                # description: Less than 1 GB is left.
                #
                # Clean up.
                # dashboard: d/1
                kind: rule
                id: node-filesystem-full
                title: 'A file system: full'
                status: experimental
                severity: critical
                runbook_url: 'https://example.com/disk'
                labels:
                  team: hosts
                  tier: silver
                when:
                  series:
                    source: metric
                    where: 'm.name == "node_filesystem_avail_bytes" && m.labels.?fstype.orValue("") != "" && m.value < 1000000000.0'
                    for: 1h30m
                    keep_firing_for: 10m
                missing_data: resolve

                """)
        let rule = try #require(try result.loaded().rules.first)
        #expect(rule.title == "A file system: full")
        #expect(rule.status == .experimental)
        #expect(rule.severity == .critical)
        #expect(rule.runbookURL == "https://example.com/disk")
        #expect(rule.labels == Labels(["team": "hosts", "tier": "silver"]))
        #expect(rule.condition.hold == .minutes(90))
        #expect(rule.condition.keepFiring == .minutes(10))
        #expect(rule.missingData == .resolve)
        #expect(rule.groupBy == nil)
        #expect(rule.condition.names == ["node_filesystem_avail_bytes"])
    }

    @Test(
        "severities are told by the words that are in use",
        arguments: [
            ("critical", .critical), ("page", .critical), ("Error", .critical), ("warning", .warning),
            ("warn", .warning),
            ("info", .info), ("none", .info),
        ] as [(String, Severity)])
    func severities(word: String, severity: Severity) throws {
        let result = try imported(alertFile("up == 0", more: "labels: {severity: \(word)}"))
        #expect(result.findings == [])
        let rule = try #require(try result.loaded().rules.first)
        #expect(rule.severity == severity)
        #expect(rule.labels == Labels())
    }

    @Test("a severity that is not known is a warning, keeps its label and is told")
    func unknownSeverity() throws {
        let result = try imported(alertFile("up == 0", more: "labels: {severity: '{{ $value }}'}"))
        let rule = try #require(try result.loaded().rules.first)
        #expect(rule.severity == .warning)
        #expect(rule.labels == Labels(["severity": "{{ $value }}"]))
        #expect(
            result.findings.map(\.description) == [
                "rules.yml:6:14: alert 'A': note: severity '{{ $value }}' is not known here: the rule has 'warning' and "
                    + "keeps the label",
                "rules.yml:6:14: alert 'A': note: label 'severity' has a template, kept as text: rules fill nothing in",
            ])
        #expect(try imported(alertFile("up == 0")).loaded().rules.map(\.severity) == [.warning])
    }

    @Test("what fills templates, is empty or no link is told")
    func notes() throws {
        let result = try imported(
            alertFile(
                "{job=\"a\"} == 0",
                more: """
                    labels: {instance: '', pod: null}
                    annotations: {summary: 'Down: {{ $labels.instance }}', runbook: see the wiki, description: '{{ $value }}'}
                    """))
        #expect(result.leftOut == [])
        #expect(
            result.findings.map(\.message) == [
                "annotations 'summary', 'description' have templates, kept as text: rules fill nothing in",
                "label 'instance' is empty, which takes it away in Prometheus; rules keep the series' own",
                "label 'pod' is empty, which takes it away in Prometheus; rules keep the series' own",
                "'runbook' is no link, and stands above the rule as a comment",
                "names no metric, so that the metrics' names are labels of the alerts, too",
            ])
        let rule = try #require(try result.loaded().rules.first)
        #expect(rule.title == "Down: {{ $labels.instance }}")
        #expect(rule.runbookURL == "")
        #expect(result.text.contains("# runbook: see the wiki\n# description: {{ $value }}\n"))
    }

    @Test(
        "the title is the summary, else what comes next to it",
        arguments: [
            ("{summary: S, description: D}", "S"), ("{message: M, description: D}", "M"),
            ("{description: \"\\n first  line\\nsecond\"}", "first line"), ("{summary: ' ', description: D}", "D"),
            ("{summary: \"two\\nlines\"}", "two lines"), ("{}", "A"), ("{summary: ''}", "A"),
        ])
    func titles(annotations: String, title: String) throws {
        let result = try imported(alertFile("up == 0", more: "annotations: \(annotations)"))
        #expect(try result.loaded().rules.map(\.title) == [title])
    }

    @Test("identifiers are made of names, each once")
    func identifiers() throws {
        let names = [
            ("KubePodCrashLooping", "kube-pod-crash-looping"), ("HTTPErrorRate", "http-error-rate"),
            ("CPUHigh", "cpu-high"),
            ("cpuHigh", "cpu-high-2"), ("CPU_high", "cpu-high-3"), ("cpu-high-2", "cpu-high-2-2"),
            ("P99Latency", "p99-latency"),
            ("K8sDown", "k8s-down"), ("Disk  full!", "disk-full"), ("99Problems", "alert-99-problems"),
            ("Ürümqi", "r-mqi"),
            ("漢字", "alert"), ("", "alert-2"), ("-x-", "x"),
            (String(repeating: "a", count: 70), String(repeating: "a", count: 64)),
            (String(repeating: "a", count: 80), String(repeating: "a", count: 62) + "-2"),
            (String(repeating: "a", count: 63) + "B", String(repeating: "a", count: 63)),
        ]
        var identifiers = RuleIdentifiers()
        for (name, identifier) in names {
            let made = identifiers.identifier(for: name)
            #expect(made == identifier)
            #expect(isIdentifier(made))
        }
    }

    @Test("identifiers are unique over all files and groups")
    func manyFiles() throws {
        let documents = try ["a.yml", "b.yml"].flatMap {
            try DocumentParser.documents(in: alertFile("up == 0"), file: $0)
        }
        let result = try RuleImporter.rules(in: documents)
        #expect(result.rules.map(\.id) == ["a", "a-2"])
        #expect(result.rules.map(\.location.file) == ["a.yml", "b.yml"])
        #expect(try result.loaded().rules.count == 2)
    }
}
