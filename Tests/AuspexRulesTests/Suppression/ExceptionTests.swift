import AuspexDocuments
import AuspexSignals
import AuspexTesting
import Testing

@testable import AuspexRules

@Suite("Exceptions of a rule")
struct ExceptionTests {
    private func decode(_ text: String, about source: FactSource = .metric) throws -> RuleExceptions {
        let collector = DiagnosticCollector()
        let document = try #require(try DocumentParser.documents(in: text, file: "f").first)
        let exceptions = ExceptionDecoder.exceptions(document.root, about: source, reporting: collector)
        try collector.check()
        return exceptions
    }

    private static let text = """
        - fields: {labels.service: [shop, till], labels.instance: "db-*"}
          reason: being replaced
          owner: ann
          until: 1970-01-01T00:01:40Z
        - {fields: {name: load, labels.instance: 'a\\*'}, reason: known, until: 2026-12-01}
        """

    @Test("all fields have to fit, any of their values is enough")
    func matching() throws {
        let exceptions = try decode(Self.text)
        #expect(exceptions.exceptions.map(\.reason) == ["being replaced", "known"])
        #expect(exceptions.exceptions[0].owner == "ann")
        #expect(exceptions.match(reading(load("db-1", service: "till"), 0, 1))?.reason == "being replaced")
        #expect(exceptions.match(reading(load("db-1", service: "web"), 0, 1)) == nil)
        #expect(exceptions.match(reading(load("x", service: "shop"), 0, 1)) == nil)
        #expect(exceptions.match(reading(Labels(["instance": "db-1"]), 0, 1)) == nil)
        #expect(exceptions.match(reading(load("a*"), 0, 1))?.reason == "known")
        #expect(exceptions.match(reading(load("ab"), 0, 1)) == nil)
        #expect(exceptions.match(.stale(load("a*"), at: second(0)))?.reason == "known")
        #expect(RuleExceptions().match(reading(load("a*"), 0, 1)) == nil)
    }

    @Test("one that has expired fits nothing, and is named")
    func expiry() throws {
        let exceptions = try decode(Self.text)
        #expect(exceptions.match(reading(load("db-1", service: "shop"), 99, 1)) != nil)
        #expect(exceptions.match(reading(load("db-1", service: "shop"), 100, 1)) == nil)
        #expect(exceptions.expired(at: second(99)).isEmpty)
        let expired = exceptions.expired(at: second(100))
        #expect(expired.map(\.reason) == ["being replaced"])
        #expect(expired.map(\.location.description) == ["f:1:3"])
    }

    @Test("texts of other facts can be fields")
    func otherFacts() throws {
        let exceptions = try decode(
            "[{fields: {environment: 'stag*', labels.service: ''}, reason: r, until: 2026-12-01}]", about: .change)
        let change = Change(
            id: "1", kind: .deploy, service: "shop", environment: "staging", version: "1", startedAt: second(0))
        // A change's labels are the service and the environment themselves.
        #expect(exceptions.match(.change(change)) == nil)
        let plain = try decode("[{fields: {environment: 'stag*'}, reason: r, until: 2026-12-01}]", about: .change)
        #expect(plain.match(.change(change)) != nil)
    }

    private static let mistakes: [(text: String, complaint: String)] = [
        ("{}", "f:1:1: 'exceptions' must be a list of exceptions, not a mapping"),
        ("[{reason: r, until: 2026-12-01}]", "f:1:2: an exception needs 'fields'"),
        ("[{fields: {}, reason: r, until: 2026-12-01}]", "f:1:11: this exception fits everything"),
        ("[{fields: {labels.a: '*'}, reason: r, until: 2026-12-01}]", "f:1:11: this exception fits everything"),
        ("[{fields: {labels.a: b}, until: 2026-12-01}]", "f:1:2: an exception needs 'reason', why it is one"),
        (
            "[{fields: {labels.a: b}, reason: r}]",
            "f:1:2: an exception needs 'until', as it never lasts for ever: 2026-12-01T00:00:00Z"
        ),
        ("[{fields: {labels.a: b}, reason: r, until: }]", "f:1:37: an exception needs 'until'"),
        ("[{fields: {labels.a: b}, reason: '', until: 2026-12-01}]", "f:1:26: an exception needs 'reason'"),
        ("[{fields: {labels.a: b}, reason: r, until: 30d}]", "f:1:37: 'until' must be a date and time such as 2026"),
        ("[{fields: {labels.a: b}, reason: r, until: 2026-02-30}]", "f:1:37: 'until' must be a date and time"),
        ("[{fields: {labels.a: []}, reason: r, until: 2026-12-01}]", "f:1:22: 'labels.a' must have 1 to 1000 values"),
        ("[{fields: {labels.a: {b: c}}, reason: r, until: 2026-12-01}]", "f:1:22: 'labels.a' must be a text or a list"),
        (#"[{fields: {labels.a: 'ab\c'}, reason: r, until: 2026-12-01}]"#, "f:1:25: a backslash stands before"),
        (
            "[{fields: {service: b}, reason: r, until: 2026-12-01}]",
            "f:1:12: a fact of source metric has no text 'service'; for a label write labels.service"
        ),
        (
            "[{fields: {nam: b}, reason: r, until: 2026-12-01}]",
            "f:1:12: a fact of source metric has no text 'nam'; did"
        ),
        ("[{fields: {labels.: b}, reason: r, until: 2026-12-01}]", "f:1:12: a fact of source metric has no text"),
        ("[{fields: {labels.a: b}, reason: r, untl: 2026-12-01}]", "f:1:37: unknown key 'untl' in an exception; did"),
    ]

    @Test("a mistake is named in its place", arguments: mistakes)
    func mistake(text: String, complaint: String) throws {
        let error = try #require(throws: DocumentError.self) { try decode(text) }
        #expect(error.diagnostics.contains { $0.description.hasPrefix(complaint) }, "\(error)")
    }

    @Test("they fit as their words say")
    func equivalence() throws {
        var generator = SplitMix64(seed: 8)
        func any(_ texts: [String]) -> String { texts.randomElement(using: &generator) ?? "" }
        for _ in 0..<300 {
            // Each value with the texts that it fits, written down by hand.
            let fits = ["x": ["x"], "x*": ["x", "xy"], "?": ["x", "y"], "*y": ["y", "xy"], "": [""]]
            var written: [(fields: [String: [String]], until: Int64)] = []
            for _ in 0..<4 {
                var fields: [String: [String]] = [:]
                for name in ["a", "b"] where Bool.random(using: &generator) || name == "a" {
                    let patterns = fits.keys.sorted()
                    fields[name] = (0...Int.random(in: 0...1, using: &generator)).map { _ in any(patterns) }
                }
                guard fields.values.contains(where: { !$0.contains("") }) else { continue }
                written.append((fields, .random(in: 1...9, using: &generator)))
            }
            guard !written.isEmpty else { continue }
            let text = written.map { fields, until in
                let values = fields.map { name, values in
                    "labels.\(name): [\(values.map { "'\($0)'" }.joined(separator: ", "))]"
                }
                return "- {fields: {\(values.joined(separator: ", "))}, reason: r, until: '\(second(until).iso8601)'}"
            }.joined(separator: "\n")
            let exceptions = try decode(text)
            for _ in 0..<10 {
                let labels = Labels(["a": any(["x", "y", "xy", ""]), "b": any(["x", "y", "xy", ""])])
                let time = Int64.random(in: 0...9, using: &generator)
                let expected = written.firstIndex { fields, until in
                    time < until
                        && fields.allSatisfy { name, values in
                            values.contains { fits[$0]?.contains(labels[name] ?? "") ?? false }
                        }
                }
                let found = exceptions.match(reading(labels, time, 1))
                #expect(found == expected.map { exceptions.exceptions[$0] }, "\(text) \(labels)")
            }
        }
    }
}
