import AuspexDocuments
import AuspexSignals
import AuspexTesting
import Foundation
import Testing

@testable import AuspexRules

/// Texts that are small and would become very large, or very deep, in the places where rules have values.
@Suite("Rules made to do harm")
struct HostileRulesTests {
    /// Levels of lists, or mappings, that each name the one before several times.
    private static func bomb(
        _ levels: Int, uses: Int, _ open: String, _ close: String, _ entry: (Int) -> String
    ) -> String {
        var text = "kind: rule\na0: &a0 \(open)\(entry(0).replacing("*", with: "x"))\(close)\n"
        for level in 1..<levels {
            let values = (0..<uses).map { entry($0).replacing("*", with: "*a\(level - 1)") }.joined(separator: ",")
            text += "a\(level): &a\(level) \(open)\(values)\(close)\n"
        }
        return text
    }

    private func complaint(_ text: String) throws -> String {
        let error = try #require(throws: DocumentError.self) { try RuleLoader.load(text: text, file: "r.yaml") }
        return error.description
    }

    @Test("lists of lists of aliases, as small as one needs")
    func lists() throws {
        // Expanded, these are 10⁹ and 2⁵⁰ values.
        #expect(try complaint(Self.bomb(9, uses: 10, "[", "]") { _ in "*" }).hasPrefix("r.yaml:3:10: alias '*a0' is"))
        #expect(try complaint(Self.bomb(50, uses: 2, "[", "]") { _ in "*" }).hasPrefix("r.yaml:3:10: alias '*a0' is"))
    }

    @Test("mappings of mappings of aliases, and merge keys")
    func mappings() throws {
        let mappings = Self.bomb(30, uses: 3, "{", "}") { "k\($0): *" }
        #expect(try complaint(mappings).hasPrefix("r.yaml:3:14: alias '*a0' is not allowed"))
        let merged = "base: &b {severity: info}\nkind: rule\nid: x\n<<: *b\n"
        #expect(try complaint(merged).contains("r.yaml:4:5: alias '*b' is not allowed"))
    }

    @Test(
        "an alias in any place where a rule has a value is refused in that place",
        arguments: [
            "when: *x", "when: {c: {source: metric, where: *x}}", "labels: {a: *x}", "group_by: [*x]",
            "then: [{runbook: *x}]", "tests: [{name: *x}]", "missing_data: {hold: *x}", "throttle: {once_within: *x}",
        ])
    func places(line: String) throws {
        let text = "kind: rule\nid: x\ntitle: &x T\nseverity: info\n\(line)\n"
        let before = line.prefix { $0 != "*" }.count
        #expect(try complaint(text).contains("r.yaml:5:\(before + 1): alias '*x' is not allowed"))
    }

    @Test("an alias of the mapping in which it stands")
    func recursion() throws {
        let text = "kind: rule\nid: x\ntitle: T\nseverity: info\nwhen: &w {all: [*w, *w]}\n"
        #expect(try complaint(text).contains("r.yaml:5:17"))
    }

    @Test("tags, which would make something else of a value")
    func tags() throws {
        for tag in ["!!binary", "!!python/object:os.system", "!include"] {
            let text = "kind: rule\nid: x\ntitle: \(tag) T\nseverity: info\nwhen: {c: {source: log, where: 'true'}}\n"
            #expect(try complaint(text).hasPrefix("r.yaml:3:8: "), "\(tag)")
        }
    }

    @Test("depth in a rule, on a thread of the pool")
    func depth() async throws {
        let text = "kind: rule\nid: x\nwhen: " + String(repeating: "{all: [", count: 20_000)
        let error = await Task.detached {
            #expect(throws: DocumentError.self) { try RuleLoader.load(text: text, file: "r.yaml") }
        }.value
        #expect(error?.description.hasPrefix("r.yaml:3:") == true)
    }

    @Test("a bomb in one file of a folder keeps the whole folder out, and names that file")
    func folder() throws {
        let folder = try TemporaryDirectory()
        let good = "kind: rule\nid: a\ntitle: T\nseverity: info\nwhen: {c: {source: log, where: 'true'}}\n"
        try folder.file("a.yaml", good)
        let path = try folder.file("b.yaml", Self.bomb(9, uses: 10, "[", "]") { _ in "*" })
        let error = try #require(throws: DocumentError.self) { try RuleLoader.load(paths: [folder.path]) }
        #expect(error.description.hasPrefix("\(path):3:10: alias '*a0' is not allowed"))
    }

    @Test("an expression, a regular expression and a list that are too much are refused in their place")
    func expressions() throws {
        func rule(_ expression: String) -> String {
            "kind: rule\nid: x\ntitle: T\nseverity: info\nwhen: {c: {source: log, where: '\(expression)'}}\n"
        }
        let nested = String(repeating: "(", count: 5_000) + "true" + String(repeating: ")", count: 5_000)
        #expect(try complaint(rule(nested)).hasPrefix("r.yaml:5:"))
        let regex = String(repeating: "(", count: 500) + "a" + String(repeating: "{1000})", count: 500)
        #expect(try complaint(rule("log.body.matches(\"\(regex)\")")).hasPrefix("r.yaml:5:"))
        let many = String(repeating: "x, ", count: 300_000)
        #expect(try complaint("kind: rule\ngroup_by: [\(many)]\n").contains("more than 250000 values in one file"))
    }

    @Test("5,000 rules in one file are rules, and each of their mistakes is told once, up to a limit")
    func many() throws {
        func text(_ severity: String) -> String {
            (0..<5_000).map {
                "kind: rule\nid: r\($0)\ntitle: T\nseverity: \(severity)\nwhen: {c: {source: log, where: 'true'}}\n"
            }.joined(separator: "---\n")
        }
        #expect(try RuleLoader.load(text: text("info"), file: "r.yaml").rules.count == 5_000)
        let error = try #require(throws: DocumentError.self) { try RuleLoader.load(text: text("inof"), file: "r.yaml") }
        #expect(error.diagnostics.count <= 5_000)
        #expect(error.description.hasPrefix("r.yaml:4:11: 'severity' must be"))
    }
}
