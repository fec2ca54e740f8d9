import AuspexDocuments
import AuspexSignals
import Testing

@Suite("Decoding by a closed schema")
struct MappingReaderTests {
    private enum Mode: String, CaseIterable { case shadow, propose, approve, auto }

    private func reader(_ text: String, _ collector: DiagnosticCollector) throws -> MappingReader {
        let document = try #require(try DocumentParser.documents(in: text, file: "f").first)
        return MappingReader(document.root, named: "a rule", reporting: collector)
    }

    @Test("every kind of value is read")
    func values() throws {
        let collector = DiagnosticCollector()
        var reader = try reader(
            """
            id: disk-full
            title: no
            count: 3
            ratio: 0.5
            whole: 2
            on: true
            wait: 1h30m
            mode: propose
            names: [a, 7]
            labels: {team: db, empty: ''}
            any: {x: [1, yes]}
            inner: {a: 1}
            steps: [{b: 2}, {b: 3}]
            none: ~
            """, collector)
        let id = reader.identifier("id")
        #expect(id == "disk-full")
        let title = reader.string("title")
        #expect(title == "no")
        let count = reader.int("count", in: 1...3)
        #expect(count == 3)
        let ratio = reader.double("ratio", in: 0...1)
        #expect(ratio == 0.5)
        let whole = reader.double("whole")
        #expect(whole == 2)
        let flag = reader.bool("on")
        #expect(flag == true)
        let wait = reader.duration("wait")
        #expect(wait == .minutes(90))
        let mode = reader.choice("mode", of: Mode.self)
        #expect(mode == .propose)
        let names = reader.strings("names")
        #expect(names == ["a", "7"])
        let labels = reader.labels("labels")
        #expect(labels == Labels(["team": "db"]))
        let any = reader.json("any")
        #expect(any == .object(["x": .array([.int(1), .string("yes")])]))
        let found = reader.mapping("inner")
        var inner = try #require(found)
        let innerValue = inner.int("a")
        #expect(innerValue == 1)
        inner.finish()
        let steps = reader.mappings("steps", named: "a step")?.count
        #expect(steps == 2)
        let none = reader.optionalString("none")
        #expect(none == nil)
        let absent = reader.optionalDuration("absent")
        #expect(absent == nil)
        reader.finish()
        #expect(collector.diagnostics.isEmpty, "\(collector.diagnostics)")
    }

    @Test("all mistakes of a mapping are reported together, each in its place")
    func mistakes() throws {
        let collector = DiagnosticCollector()
        var reader = try reader(
            """
            id: Disk_Full
            count: 9
            ratio: 0x1
            wait: 30
            mode: porpose
            severty: high
            inner: [1]
            names: {a: b}
            """, collector)
        _ = reader.identifier("id")
        _ = reader.int("count", in: 1...3)
        _ = reader.double("ratio")
        _ = reader.duration("wait")
        _ = reader.choice("mode", of: Mode.self)
        _ = reader.string("severity")
        let found = reader.mapping("inner")
        var inner = try #require(found)
        _ = inner.string("needed")
        inner.finish()
        _ = reader.strings("names")
        reader.finish()
        #expect(
            DocumentError(collector.diagnostics).description == """
                f:1:1: a rule needs 'severity'
                f:1:5: 'id' must be a name such as disk-almost-full (1 to 64 of a-z, 0-9 and '-', first a letter, last \
                not '-'), not 'Disk_Full'
                f:2:8: 'count' must be from 1 to 3, not 9
                f:3:8: 'ratio' must be a number, not '0x1'
                f:4:7: 'wait' must be a length of time with its unit, such as 30s, 5m or 1h30m, not '30'
                f:5:7: 'mode' must be shadow, propose, approve or auto, not 'porpose'; did you mean 'propose'?
                f:6:1: unknown key 'severty' in a rule; did you mean 'severity'?
                f:7:8: 'inner' must be a mapping of keys to values, not a list
                f:8:8: 'names' must be a list, not a mapping
                """)
        #expect(throws: DocumentError.self) { try collector.check() }
    }

    @Test("keys that this version cannot do are told from unknown ones")
    func refused() throws {
        let collector = DiagnosticCollector()
        var reader = try reader("throttle: {}\nthrotle: 1\nid: a\n", collector)
        _ = reader.identifier("id")
        reader.refuse(["throttle", "risk"], because: "is not supported by this version")
        reader.finish()
        #expect(
            collector.diagnostics.map(\.description) == [
                "f:1:1: 'throttle' is not supported by this version",
                "f:2:1: unknown key 'throtle' in a rule; known: risk",
            ])
    }

    @Test(
        "an identifier is safe in URLs, file names and commands",
        arguments: [
            ("a", true), ("disk-full-2", true), ("2a", false), ("-a", false), ("a-", false), ("A", false),
            ("a b", false),
            ("a/b", false), ("é", false), ("", false), (String(repeating: "a", count: 65), false),
        ])
    func identifiers(text: String, isOne: Bool) {
        #expect(isIdentifier(text) == isOne)
    }
}
