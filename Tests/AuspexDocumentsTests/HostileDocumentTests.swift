import AuspexDocuments
import AuspexSignals
import Foundation
import Testing

@Suite("Documents made to do harm")
struct HostileDocumentTests {
    /// Levels of lists that each name the one before ten times.
    private static func bomb(levels: Int, keys: Bool = false) -> String {
        var text = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
        for level in 1..<levels {
            let uses = (0..<10).map { _ in "*a\(level - 1)" }.joined(separator: ",")
            text += "a\(level): &a\(level) [\(uses)]\n"
        }
        return keys ? text + "? *a\(levels - 1)\n: 1\n" : text
    }

    @Test("aliases within aliases are refused before anything expands", arguments: [false, true])
    func billionLaughs(keys: Bool) throws {
        let error = try #require(throws: DocumentError.self) {
            try DocumentParser.documents(in: Self.bomb(levels: 9, keys: keys), file: "bomb")
        }
        #expect(error.description.hasPrefix("bomb:2:10: alias '*a0' is not allowed"))
        #expect(error.diagnostics.count == 1)
    }

    @Test(
        "a bomb cannot hide its aliases behind any character that may come before one",
        arguments: [
            "{x: *a, y: *a, z: *a}", "[*a,*a,*a]", "{\"x\":*a,\"y\":*a,\"z\":*a}", "{? *a : *a}\n- *a",
            "\n- *a\n- *a\n- ? *a",
        ])
    func hiding(uses: String) throws {
        let text = "- &a 1\n" + String(repeating: "- \(uses)\n", count: 5)
        let error = try #require(throws: DocumentError.self) { try DocumentParser.documents(in: text, file: "f") }
        #expect(error.diagnostics.allSatisfy { $0.message.contains("'*a' is not allowed") }, "\(error)")
    }

    /// A way to nest, short enough for a test's title.
    struct Nesting: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let open: String
        let count: Int
        var close = ""

        var text: String {
            String(repeating: open, count: count) + "x" + String(repeating: close, count: close.isEmpty ? 0 : count)
        }
    }

    @Test(
        "nesting is bounded, also on a thread of the pool",
        arguments: [
            Nesting(testDescription: "lists", open: "[", count: 900, close: "]"),
            Nesting(testDescription: "open lists", open: "[", count: 200_000),
            Nesting(testDescription: "mappings", open: "{a: ", count: 900, close: "}"),
            Nesting(testDescription: "mappings as keys", open: "{", count: 900, close: ": y}"),
            Nesting(testDescription: "open mappings", open: "{", count: 100_000),
            Nesting(testDescription: "block lists", open: "- ", count: 900),
            Nesting(testDescription: "more block lists", open: "- ", count: 300_000),
            Nesting(testDescription: "block keys", open: "? ", count: 300_000),
        ])
    func depth(nesting: Nesting) async throws {
        let text = nesting.text
        let error = await Task.detached {
            #expect(throws: DocumentError.self) { try DocumentParser.documents(in: text, file: "deep") }
        }.value
        #expect(error != nil)
    }

    @Test("block mappings are bounded in depth too")
    func deepBlocks() throws {
        let text = (0..<700).map { String(repeating: " ", count: $0) + "a:" }.joined(separator: "\n")
        let error = try #require(throws: DocumentError.self) { try DocumentParser.documents(in: text, file: "f") }
        #expect(error.description == "f:65:65: nested more than 64 levels deep")
    }

    @Test("one level more than the limit is refused where it begins, the limit itself is not")
    func depthLimit() throws {
        let limits = DocumentLimits(depth: 3)
        #expect(try DocumentParser.documents(in: "[[[1]]]", file: "f", limits: limits).count == 1)
        let error = try #require(throws: DocumentError.self) {
            try DocumentParser.documents(in: "[[[[1]]]]", file: "f", limits: limits)
        }
        #expect(error.description == "f:1:4: nested more than 3 levels deep")
    }

    @Test(
        "keys within keys, which the parser would hash again and again, are refused before it sees them",
        arguments: ["{? ", "{?\n", "- ? ", "{ ?", "[?"])
    func largeKeys(open: String) throws {
        let text = String(repeating: open, count: 40) + "[" + String(repeating: "a,", count: 240_000)
        let error = try #require(throws: DocumentError.self) { try DocumentParser.documents(in: text, file: "f") }
        #expect(error.description.contains("40 explicit keys ('? ') are too many"))
    }

    @Test("a question mark in an expression is no explicit key")
    func conditionals() throws {
        let line = "- 'a > 1 ? b : c ? d : e'\n- >\n  x\n  ? y\n  : z\n"
        let text = String(repeating: line, count: 300)
        #expect(try DocumentParser.documents(in: text, file: "f").count == 1)
    }

    @Test("a scalar of 10 MB is refused by its size alone")
    func largeScalar() throws {
        let text = "a: " + String(repeating: "x", count: 10_000_000)
        let error = try #require(throws: DocumentError.self) { try DocumentParser.documents(in: text, file: "f") }
        #expect(error.description == "f: 10000003 bytes; a document may have 1048576")
    }

    @Test("a megabyte of the densest text is refused by its number of values")
    func dense() throws {
        let text = "[" + String(repeating: "a,", count: 500_000) + "]"
        let error = try #require(throws: DocumentError.self) { try DocumentParser.documents(in: text, file: "f") }
        #expect(error.description.hasSuffix("more than 250000 values in one file; split it"))
    }

    @Test("5,000 rules in one file are read")
    func manyRules() throws {
        let text = (0..<5_000).map { number in
            """
            ---
            kind: rule
            id: rule-\(number)
            title: Rule
            severity: warning
            when: {c: {source: metric, where: 'm.name == "x" && m.value > 1', for: 1m}}
            then: [{runbook: a, mode: shadow}]

            """
        }.joined()
        #expect(text.utf8.count < DocumentLimits().bytes)
        #expect(try DocumentParser.documents(in: text, file: "f").count == 5_000)
    }

    @Test("cutting and flipping bytes of a valid text never traps")
    func mutations() {
        let seed =
            "kind: rule\nwhen: {c: {where: 'a \"b\" ''c''', for: 5m}}\nlist:\n  - |\n    x\n  - >-\n    y\n  - \"\\u00e9\\n\"\n---\na: &b [*b]\n? !!x y\n: z\n"
        var state: UInt64 = 42
        for _ in 0..<3_000 {
            var bytes = Array(seed.utf8)
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                let place = Int(state >> 33) % bytes.count
                switch (state >> 20) % 3 {
                case 0: bytes[place] = UInt8(truncatingIfNeeded: state >> 40)
                case 1: bytes.removeSubrange(place...)
                default: bytes.insert(contentsOf: bytes.prefix(place), at: place)
                }
                if bytes.isEmpty { bytes = [UInt8(ascii: "a")] }
            }
            guard let documents = try? DocumentParser.documents(in: String(decoding: bytes, as: UTF8.self), file: "f")
            else { continue }
            for document in documents { _ = document.root.json.canonicalText }
        }
    }
}
