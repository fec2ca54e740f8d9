import AuspexDocuments
import AuspexSignals
import Testing

@testable import AuspexRules

@Suite("Reading files of Prometheus' rules")
struct RuleImportFileTests {
    @Test("objects of Kubernetes are read, also in lists and beside others")
    func kubernetes() throws {
        let rule = "spec: {groups: [{name: g, rules: [{alert: A, expr: up == 0}]}]}"
        let object = "apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\n\(rule)"
        #expect(
            try imported("\(object)\n---\napiVersion: v1\nkind: Service\n---\n\(object)").rules.map(\.id) == [
                "a", "a-2",
            ])
        let list =
            "apiVersion: v1\nkind: List\nitems: [{kind: PrometheusRule, \(rule)}, {kind: Service, spec: {}}, {kind: PrometheusRule, spec: {}}]"
        #expect(try imported(list).rules.map(\.id) == ["a"])
    }

    @Test("of several documents in a file only the first counts, as in Prometheus")
    func documents() throws {
        let result = try imported(alertFile("up == 0") + "---\n" + alertFile("up == 1"))
        #expect(result.rules.count == 1)
        #expect(
            result.leftOut.map(\.description) == [
                "rules.yml:7:1: this document: Prometheus reads only the first document of a file, and so does the import"
            ])
    }

    /// A text that holds no rules, and what is said of it.
    static let noFiles = [
        ("a: 1", "f.yml:1:1: no file of Prometheus' rules, which begins with 'groups:'"),
        ("- a", "f.yml:1:1: no file of Prometheus' rules, which begins with 'groups:'"),
        ("groups: 5", "f.yml:1:9: 'groups' must be a list, not '5'"),
        ("groups: [5]", "f.yml:1:10: a group must be a mapping of keys to values, not '5'"),
        ("groups: [{name: g, rules: 5}]", "f.yml:1:27: 'rules' must be a list, not '5'"),
        ("groups: [{rules: []}]", "f.yml:1:10: a group needs 'name'"),
        ("groups: [{name: g, labels: [a]}]", "f.yml:1:28: 'labels' must be a mapping of keys to values, not a list"),
    ]

    @Test("what is no file of rules is an error in its place", arguments: noFiles)
    func refusesFiles(text: String, message: String) {
        let error = #expect(throws: DocumentError.self) { try imported(text, file: "f.yml") }
        #expect(error?.description == message)
    }

    @Test("files without rules are no mistake", arguments: ["groups:", "groups: []", "groups: [{name: g}]", ""])
    func emptyFiles(text: String) throws {
        let result = try imported(text)
        #expect(result.rules == [] && result.findings == [] && result.text == "")
    }

    /// A rule that can't be taken over, and what is said of it.
    static let badRules = [
        ("{alert: A, expr: up, fro: 5m}", "alert 'A': unknown key 'fro' in a rule; did you mean 'for'?"),
        ("{alert: A, expr: up, for: 5}", "alert 'A': 'for' must be a length of time such as 5m or 1h30m, not '5'"),
        (
            "{alert: A, expr: up, for: 5m1h}",
            "alert 'A': 'for' must be a length of time such as 5m or 1h30m, not '5m1h'"
        ),
        ("{alert: A}", "alert 'A': a rule needs 'expr'"),
        ("{alert: A, expr: [up]}", "alert 'A': 'expr' must be text, not a list"),
        ("{alert: A, expr: up, labels: {a: [b]}}", "alert 'A': 'a' in 'labels' must be text, not a list"),
        ("{alert: '', expr: up}", "rule 1 of group 'g': a rule needs 'alert' or 'record'"),
        ("{expr: up}", "rule 1 of group 'g': a rule needs 'alert' or 'record'"),
        ("{alert: A, record: b, expr: up}", "alert 'A': a rule has 'alert' or 'record', not both"),
        ("5", "rule 1 of group 'g': a rule must be a mapping of keys to values, not '5'"),
    ]

    @Test("a rule with a mistake is left out, and the others are taken", arguments: badRules)
    func badRule(rule: String, message: String) throws {
        let result = try imported("groups: [{name: g, rules: [\(rule), {alert: B, expr: up == 0}]}]")
        #expect(result.rules.map(\.id) == ["b"])
        #expect(result.leftOut.count == 1)
        let description = result.leftOut.first?.description ?? ""
        #expect(description.contains(message), "\(description)")
    }

    @Test("a recording rule is told, and none is missing because of it")
    func recordingRules() throws {
        let result = try imported("groups: [{name: g, rules: [{record: 'a:b', expr: 'rate(x[5m])'}]}]")
        #expect(result.rules == [] && result.leftOut == [])
        #expect(
            result.findings.map(\.description) == [
                "rules.yml:1:28: recording rule 'a:b': note: Prometheus has to go on recording it and send it by remote "
                    + "write; rules record nothing"
            ])
    }

    @Test("a rule with several mistakes is told once")
    func severalMistakes() throws {
        let result = try imported("groups: [{name: g, rules: [{alert: A, expr: up, for: 5, fro: 6}]}]")
        #expect(
            result.findings.map(\.description) == [
                "rules.yml:1:54: alert 'A': 'for' must be a length of time such as 5m or 1h30m, not '5'; unknown key 'fro' in "
                    + "a rule; known: record, keep_firing_for, labels, annotations"
            ])
    }

    @Test("what a group has beside rules is told, where it would matter")
    func groups() throws {
        let result = try imported(
            "groups: [{name: g, interval: 1m, query_offset: 1m, limit: 5, partial_response_strategy: warn, rule: []}]")
        #expect(
            result.findings.map(\.description) == [
                "rules.yml:1:52: group 'g': note: 'limit' has no counterpart: rules are bounded by themselves, and their "
                    + "alerts are not taken back",
                "rules.yml:1:62: group 'g': note: 'partial_response_strategy' is not known and has no effect",
                "rules.yml:1:95: group 'g': note: 'rule' is not known and has no effect; did you mean 'rules'?",
            ])
        #expect(result.leftOut == [])
    }
}
