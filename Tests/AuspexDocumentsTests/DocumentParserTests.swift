import AuspexDocuments
import AuspexSignals
import Testing

@Suite("Reading YAML into positioned nodes")
struct DocumentParserTests {
    @Test("a stream of documents keeps the place of every key and value")
    func places() throws {
        let text = """
            # first
            kind: rule
            steps:
              - run: [df, '-P']
            ---
            kind: runbook
            """
        let documents = try DocumentParser.documents(in: text, file: "a.yaml")
        #expect(documents.map(\.kind) == ["rule", "runbook"])
        let steps = try #require(documents[0].root["steps"])
        #expect(steps.location == SourceLocation(file: "a.yaml", line: 4, column: 3))
        let run = try #require(steps.elements?.first?["run"]?.elements)
        #expect(run.map(\.text) == ["df", "-P"])
        #expect(run[1].location == SourceLocation(file: "a.yaml", line: 4, column: 15))
        #expect(documents[1].location == SourceLocation(file: "a.yaml", line: 6, column: 1))
    }

    @Test("documents without content are left out", arguments: ["", "# nothing\n", "---\n---\n...\n", "\u{feff}"])
    func empty(text: String) throws {
        #expect(try DocumentParser.documents(in: text, file: "-").isEmpty)
    }

    /// What may not be written, and the start of each complaint.
    static let refusals: [(text: String, complaints: [String])] = [
        ("a: &x 1\nb: *x\n", ["f:1:4: anchor '&x' is not allowed", "f:2:4: alias '*x' is not allowed"]),
        ("a: &x [1]\n", ["f:1:4: anchor '&x' is not allowed"]),
        ("a: *x\n", ["f:1:4: not valid YAML: found undefined alias"]),
        ("? *x\n: 1\nb: &x 2\n", ["f:1:3: not valid YAML: found undefined alias"]),
        ("a: !!int '1'\n", ["f:1:4: tag 'tag:yaml.org,2002:int' is not allowed"]),
        ("a: !ruby/object:File {}\n", ["f:1:4: tag '!ruby/object:File' is not allowed"]),
        ("a: ! b\n", ["f:1:4: tag '!' is not allowed"]),
        ("a: !!seq [1]\n", ["f:1:4: tag 'tag:yaml.org,2002:seq' is not allowed"]),
        ("b: {c: 1}\n<<: {a: 2}\n", ["f:2:1: merge key '<<' is not allowed"]),
        ("a: 1\nb: 2\na: 3\n", ["f:1:1: key 'a' stands more than once"]),
        ("a: 1\n'a': 3\n", ["f:1:1: key 'a' stands more than once"]),
        ("? [a, b]\n: 1\n", ["f:1:3: a list as a key"]),
        ("? {a: b}\n: 1\n", ["f:1:3: a mapping as a key"]),
        ("? ~\n: 1\n", ["f:1:3: a key is missing"]),
        ("a: [1\nb: 2\n", ["f:2:2: not valid YAML"]),
        ("a: b: c\n", ["f:1:5: not valid YAML: mapping values are not allowed"]),
        ("\ta: 1\n", ["f:1:1: not valid YAML"]),
        ("a: \"\u{7}\"\n", ["f: not valid YAML: control characters"]),
        ("a: &x 1\nb: &y 2\n", ["f:1:4: anchor '&x'", "f:2:4: anchor '&y'"]),
    ]

    @Test("what the strict subset leaves out is refused with its place", arguments: refusals)
    func refusal(text: String, complaints: [String]) throws {
        let error = try #require(throws: DocumentError.self) { try DocumentParser.documents(in: text, file: "f") }
        let lines = error.diagnostics.map(\.description)
        #expect(lines.count == complaints.count, "\(lines)")
        for (line, complaint) in zip(lines, complaints) { #expect(line.hasPrefix(complaint)) }
    }

    @Test("text that looks like anchors and aliases stays text")
    func lookAlikes() throws {
        let text = """
            note: |
              &here is a note with *emphasis*
              * and *here
            where: 'a *b && c &d'
            url: http://host/?a=1&b=2
            glob: "*x &x *x &x"
            """
        let root = try #require(try DocumentParser.documents(in: text, file: "f").first?.root)
        #expect(root["where"]?.text == "a *b && c &d")
        #expect(root["glob"]?.text == "*x &x *x &x")
    }

    /// Each style of scalar with the place of its `!`, found from the offset in the value.
    static let scalars: [(text: String, line: Int, column: Int)] = [
        ("a: m.x ! 1", 1, 8),
        ("a: 'm.x ! 1'", 1, 9),
        ("a: 'm == ''q'' ! 1'", 1, 16),
        ("a: \"m == \\\"q\\\" ! 1\"", 1, 16),
        ("a: \"m\\n ! 1\"", 1, 9),
        ("a: \"é\\\\ ! 1\"", 1, 9),
        ("a: |\n  m.x &&\n  ! 1\n", 3, 3),
        ("a: |2-\n    m.x &&\n  ! 1\n", 3, 3),
        ("a: >-   # folded\n  m.x\n\n    && ! 1\n", 4, 8),
        ("a:\n  m.x\n  && ! 1\n", 3, 6),
        ("a: 'm.x\n  && ! 1'\n", 2, 6),
        ("- {a: 'x', b: 'y ! z'}", 1, 18),
    ]

    @Test("a place inside a scalar is found in the file", arguments: scalars)
    func placeInScalar(text: String, line: Int, column: Int) throws {
        let root = try #require(try DocumentParser.documents(in: text, file: "f").first?.root)
        let node = try #require(root["a"] ?? root.elements?.first?["b"])
        let value = try #require(node.text)
        let offset = try #require(Array(value.unicodeScalars).firstIndex(of: "!"))
        #expect(node.location(ofOffset: offset) == SourceLocation(file: "f", line: line, column: column))
    }

    @Test(
        "a scalar's type is the core schema's",
        arguments: [
            ("null", .null), ("~", .null), ("", .null), ("true", .bool(true)), ("yes", .string("yes")),
            ("no", .string("no")), ("12", .int(12)), ("-3", .int(-3)), ("'12'", .string("12")), ("1.5", .double(1.5)),
            ("1e3", .double(1000)), (".5", .double(0.5)), ("0x1f", .string("0x1f")), ("nan", .string("nan")),
            (".inf", .string(".inf")), ("1e999", .string("1e999")), ("e5", .string("e5")), ("1_000", .string("1_000")),
            ("9223372036854775808", .double(9_223_372_036_854_775_808)), ("-", .array([.null])),
            ("[1, {a: b}]", .array([.int(1), .object(["a": .string("b")])])), ("2026-05-04", .string("2026-05-04")),
        ] as [(String, JSONValue)])
    func coreSchema(text: String, value: JSONValue) throws {
        let root = try #require(
            try DocumentParser.documents(in: "a: " + (text == "-" ? "\n- " : text), file: "f").first?.root)
        #expect(root["a"]?.json == value)
    }
}
