import AuspexSignals
import Foundation
import Testing

@testable import AuspexExpressions

@Suite("No CEL expression overflows the stack of a small thread")
struct CELStackTests {
    /// What threads other than the first have on some systems. Unoptimised code keeps every intermediate value in a place of
    /// its own and takes several times the stack.
    #if DEBUG
        static let stackSize = 4 << 20
    #else
        static let stackSize = 512 << 10
    #endif

    /// The result of `body` on a thread with a small stack.
    static func onSmallStack<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            let thread = Thread { continuation.resume(returning: body()) }
            thread.stackSize = stackSize
            thread.start()
        }
    }

    /// A form that nests: what stands before and after each inner expression, and the innermost.
    struct Form: Sendable, CustomTestStringConvertible {
        var before: String
        var inner = "true"
        var after = ""
        /// The form once more inside itself for each `depth`; `#` stands for a number of its own.
        func text(_ depth: Int) -> String {
            let open = (0..<depth).map { before.replacing("#", with: "\($0)") }.joined()
            return open + inner + String(repeating: after, count: depth)
        }

        var testDescription: String { "\(before)…\(after)" }
    }

    static let forms: [Form] = [
        Form(before: "(", after: ")"), Form(before: "!"), Form(before: "-", inner: "1.0"),
        Form(before: "[", after: "]"), Form(before: "[?optional.of(", after: ")]"),
        Form(before: "{'a': ", after: "}"), Form(before: "{?'a': optional.of(", after: ")}"),
        Form(before: "", inner: "x", after: "[0]"), Form(before: "", inner: "x", after: "[?0]"),
        Form(before: "", inner: "x", after: ".a"), Form(before: "", inner: "x", after: ".?a"),
        Form(before: "x[", inner: "0", after: "]"), Form(before: "", inner: "'a'", after: ".trim()"),
        Form(before: "", inner: "1", after: " + 1"), Form(before: "1 + (", inner: "1", after: ")"),
        Form(before: "true ? false : "), Form(before: "(", after: " ? true : false)"),
        Form(before: "true || true && 1 == 1 + 1 * (", inner: "1", after: ")"), Form(before: "false || (", after: ")"),
        Form(before: "math.greatest(1, ", inner: "1", after: ")"),
        Form(before: "'a'.replace('a', ", inner: "'b'", after: ")"),
        Form(before: "optional.of(", after: ")"),
        Form(before: "google.protobuf.ListValue{values: [", inner: "1", after: "]}"),
        Form(before: "[1].exists(v#, ", after: ")"), Form(before: "[1].all(v#, w#, ", after: ")"),
        Form(before: "[1].map(v#, ", after: ")"), Form(before: "[1].filter(v#, ", after: ")"),
        Form(before: "[1].exists_one(v#, ", after: ")"), Form(before: "{'a': 1}.transformMap(v#, w#, ", after: ")"),
        Form(before: "[1].map(v#, v# > 0, ", after: ")"), Form(before: "", inner: "[1]", after: ".map(v, v)"),
        Form(before: "cel.bind(v#, 1, ", after: ")"), Form(before: "cel.bind(v#, ", after: ", v)"),
        Form(before: "optional.of(1).optMap(v#, ", after: ")"), Form(before: "x.optFlatMap(v#, ", after: ")"),
        Form(before: "optional.none().or(", inner: "optional.none()", after: ")"),
        Form(before: "optional.none().orValue(", after: ")"), Form(before: "'%s'.format([", inner: "1", after: "])"),
    ]

    /// Compiles, evaluates, compares, prints and converts: everything that goes down an expression or a value.
    private static func walk(_ text: String) -> CELError.Kind? {
        var environment = CELEnvironment(variables: ["x": .any])
        environment.isChecked = false
        do throws(CELError) {
            let parsed = try CELParser.parse(text)
            guard try CELParser.parse(parsed.description) == parsed else { return .function }
            let program = try CELProgram(compiling: text, environment: environment)
            let value = try program.evaluate(variables: ["x": .optional(.list([]))])
            var budget = CELBudget(.standard)
            _ = try CELEquality.areEqual(value, value, budget: &budget)
            _ = JSONValue(value)
            return nil
        } catch {
            return error.kind
        }
    }

    @Test("ten thousand levels are refused", arguments: forms)
    func refuses(form: Form) async {
        let kind = await Self.onSmallStack { Self.walk(form.text(5_000)) }
        #expect(kind == .tooLarge)
    }

    @Test("the deepest nesting that is accepted is walked to its end", arguments: forms)
    func walksDeepest(form: Form) async {
        let deepest = await Self.onSmallStack { () -> Int in
            var (accepted, refused) = (0, CELParser.deepestNesting + 1)
            while refused - accepted > 1 {
                let depth = (accepted + refused) / 2
                if Self.walk(form.text(depth)) == .tooLarge { refused = depth } else { accepted = depth }
            }
            return accepted
        }
        // Forms of several levels each get less deep, none less than the language demands.
        #expect(deepest >= 24)
        #expect(deepest <= CELParser.deepestNesting)
    }

    @Test("a block of parts that each build on the one before needs no deeper stack")
    func walksBlocks() async {
        let parts = (0..<4_000).map { ", cel.index(\($0)) + 1" }.joined()
        let value = await Self.onSmallStack { () -> CELValue? in
            try? CELProgram(compiling: "cel.block([1\(parts)], cel.index(4000))", environment: CELEnvironment())
                .evaluate(variables: [:])
        }
        #expect(value == .int(4_001))
    }

    @Test("values as deep as JSON may be are compared, formatted and converted")
    func walksDeepValues() async throws {
        let depth = 500
        let json = try JSONValue(
            parsing: String(repeating: #"{"a":["#, count: depth / 2) + String(repeating: "]}", count: depth / 2))
        for text in ["x == x && [x] == [x]", "size('%s'.format([x])) > 0", "x in [1, x]", "[x] + [x]"] {
            let isDone = await Self.onSmallStack { () -> Bool in
                let environment = CELEnvironment(variables: ["x": .any])
                let value = try? CELProgram(compiling: text, environment: environment)
                    .evaluate(variables: ["x": CELValue(json)])
                return value.map { JSONValue($0) } != nil
            }
            #expect(isDone, "\(text)")
        }
    }

    /// One piece repeated to a large text.
    struct LargeText: Sendable, CustomTestStringConvertible {
        var before = ""
        let piece: String
        var count = 90_000
        var after = ""
        /// What it is refused for; nil if it is accepted.
        let kind: CELError.Kind?

        var text: String { before + String(repeating: piece, count: count) + after }
        var testDescription: String { "\(before)\(piece)…\(after) (\(count))" }
    }

    @Test(
        "large texts are refused or read",
        arguments: [
            LargeText(before: "'", piece: "a", count: 1 << 20, after: "'", kind: .tooLarge),
            LargeText(piece: " ", count: 1 << 20, after: "1", kind: .tooLarge),
            LargeText(piece: "9", kind: .syntax), LargeText(piece: "9", after: ".0", kind: .syntax),
            LargeText(before: "0x", piece: "f", kind: .syntax), LargeText(piece: "?", kind: .syntax),
            LargeText(piece: "\u{27}\u{27}\u{27}", count: 30_000, kind: .syntax),
            LargeText(piece: "x", kind: .unknownName),
            LargeText(before: "f(", piece: "1,", count: 10_000, after: "1)", kind: .unknownFunction),
            LargeText(before: "'", piece: "a", after: "'", kind: nil),
            LargeText(piece: "true && ", count: 5_000, after: "1", kind: .typeMismatch),
            LargeText(before: "[", piece: "1,", count: 10_000, after: "1]", kind: nil),
            LargeText(before: "cel.block([", piece: "1,", count: 10_000, after: "1], cel.index(9999))", kind: nil),
        ])
    func largeTexts(large: LargeText) async {
        #expect(await Self.onSmallStack { Self.walk(large.text) } == large.kind)
    }
}
