import AuspexDocuments
import Testing

@testable import AuspexRules

@Suite("The version that a rule needs")
struct EngineRequirementTests {
    @Test("versions are in the order of Semantic Versioning")
    func order() throws {
        // The example of its § 11, and numbers that are longer than any register.
        let texts = [
            "0.9.9", "1.0.0-0", "1.0.0-2", "1.0.0-11", "1.0.0-99999999999999999999999", "1.0.0-alpha", "1.0.0-alpha.1",
            "1.0.0-alpha.beta", "1.0.0-beta", "1.0.0-beta.2", "1.0.0-beta.11", "1.0.0-rc.1", "1.0.0", "1.0.1", "1.2.0",
            "1.10.0", "2.0.0-a-b", "2.0.0", "4294967295.0.0",
        ]
        let versions = try texts.map { try #require(EngineVersion($0), "\($0)") }
        for (place, version) in versions.enumerated() {
            #expect(version.description == texts[place])
            for (other, another) in versions.enumerated() {
                #expect((version < another) == (place < other), "\(version) \(another)")
                #expect((version == another) == (place == other), "\(version) \(another)")
            }
        }
    }

    @Test("what was built from which commit makes no other version")
    func build() {
        #expect(EngineVersion("1.2.3+sha.01-x") == EngineVersion("1.2.3"))
        #expect(EngineVersion("1.2.3-a+b-c") == EngineVersion("1.2.3-a"))
    }

    @Test(
        "what is no version is none",
        arguments: [
            "", "1", "1.2", "1.2.3.4", "v1.2.3", "01.2.3", "1.02.3", "1.2.x", "1.2.3-", "1.2.3-a..b", "1.2.3-01",
            "1.2.3+",
            "1.2.3+a..b", "1.2.3-ä", "-1.2.3", "1.2.4294967296", " 1.2.3", "1.2.3 ", "+1.2.3", "1.2.3-a_b", "１.2.3",
        ])
    func noVersion(text: String) {
        #expect(EngineVersion(text) == nil)
    }

    @Test(
        "comparisons with commas between them have to hold all",
        arguments: [
            (">=0.1.0", true), (">0.1.0", false), ("<=0.1.0", true), ("<0.1.0", false), ("=0.1.0", true),
            (" >= 0.0.9 , < 0.2.0 ", true), (">=0.0.9,<0.1.0", false), (">=0.1.1", false), (">=0.1.0-beta", true),
            ("<0.1.0-beta", false), ("=0.1.0+abc", true),
        ])
    func met(text: String, isMet: Bool) throws {
        #expect(try EngineRequirement(text).isMet(by: EngineVersion(major: 0, minor: 1, patch: 0)) == isMet)
    }

    private func load(_ requirement: String, engine: String = "0.1.0") throws -> RuleSet {
        let engine = try #require(EngineVersion(engine))
        return try RuleLoader.load(
            text: """
                kind: rule
                id: a
                requires_engine: \(requirement)
                title: T
                severity: info
                when: {c: {source: metric, where: 'm.value > 1.0'}}
                """, file: "f", engine: engine)
    }

    @Test(
        "a rule for another version, and what is no requirement, is refused in its place",
        arguments: [
            ("'>=0.2.0'", "f:3:18: this rule needs an engine '>=0.2.0', and this is version 0.1.0"),
            ("0.1.0", "f:3:18: a comparison with a version begins with >=, >, <=, < or =, as in '>=0.1.0'"),
            ("'>=0.1.0, 1.0.0'", "f:3:28: a comparison with a version begins with"),
            ("'>=0.1.0, < 1.0'", "f:3:30: a version is three numbers, such as 0.1.0 or 1.0.0-beta.1, not '1.0'"),
            ("'>=0.1.0 <1.0.0'", "f:3:21: a version is three numbers"), ("'>=0.1.0,'", "f:3:27: a comparison"),
            ("''", "f:3:19: a comparison"), ("", "f:3:1: 'requires_engine' has no value"),
            ("['>=0.1.0']", "f:3:18: 'requires_engine' must be text"),
        ])
    func refused(requirement: String, message: String) {
        let error = #expect(throws: DocumentError.self) { try load(requirement) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }

    @Test("the version that is given counts, and without one that of this engine")
    func given() throws {
        #expect(try load("'>=0.2.0, <0.3.0'", engine: "0.2.1-rc.1").rules.count == 1)
        #expect(throws: DocumentError.self) { try load("'>=0.2.0'", engine: "0.2.0-rc.1") }
        let text = """
            kind: rule
            id: a
            requires_engine: '=\(EngineVersion.current)'
            title: T
            severity: info
            when: {c: {source: metric, where: 'm.value > 1.0'}}
            """
        #expect(try RuleLoader.load(text: text, file: "f").rules.count == 1)
    }

    @Test("another requirement is a change of the rule, and none that makes it start afresh")
    func difference() throws {
        let change = try #require(
            RuleSetDifference(from: try load("'>=0.0.1'"), to: try load("'>=0.1.0'")).changed.first)
        #expect(change.fields.map(\.name) == ["requires_engine"] && !change.startsAfresh)
    }
}
