import AuspexTesting
import Testing

@testable import AuspexExpressions

@Suite("Hostile CEL expressions and values are refused or bounded")
struct CELLimitsTests {
    static let environment = CELEnvironment(variables: ["x": .any, "y": .any, "list": .type(.list)])

    static func evaluate(_ text: String, _ variables: [String: CELValue] = [:], _ limits: CELLimits = .standard) throws
        -> CELValue
    {
        try CELProgram(compiling: text, environment: environment).evaluate(variables: variables, limits: limits)
    }

    static let nested: [String] = [
        String(repeating: "(", count: 10_000) + "1" + String(repeating: ")", count: 10_000),
        String(repeating: "(", count: 50_000),
        String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000),
        String(repeating: "{1:", count: 10_000),
        String(repeating: "!", count: 10_000) + "true",
        String(repeating: "-", count: 10_000) + "1",
        String(repeating: "f(", count: 10_000),
        "x" + String(repeating: ".a", count: 10_000),
        "x" + String(repeating: "[0]", count: 10_000),
        "1" + String(repeating: " + 1", count: 10_000),
        String(repeating: "true ? 1 : ", count: 8_000) + "1",
        String(repeating: "x.map(y, ", count: 5_000),
        String(repeating: "1 in ", count: 10_000) + "x",
        "'" + String(repeating: "a", count: 1 << 20) + "'",
    ]

    @Test("deep nesting and long texts are refused, whatever nests", arguments: nested)
    func refusesNesting(text: String) {
        let error = #expect(throws: CELError.self) { try CELProgram(compiling: text, environment: Self.environment) }
        #expect(error?.kind == .tooLarge)
    }

    @Test("nesting up to the limit is evaluated")
    func acceptsNesting() throws {
        let depth = CELParser.deepestBrackets - 1
        let brackets = String(repeating: "(", count: depth) + "1" + String(repeating: ")", count: depth)
        #expect(try Self.evaluate(brackets) == .int(1))
        let lists = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect(try Self.evaluate("\(lists) == \(lists)", [:]) == .bool(true))
        let terms = "false" + String(repeating: " || false", count: 9_000)
        #expect(try Self.evaluate(terms) == .bool(false))
    }

    @Test("a value can't be nested deeper by one macro after another")
    func refusesNestedValues() {
        let open = String(repeating: "[", count: 40)
        let close = String(repeating: "]", count: 40)
        let binds = (0..<20).map { "cel.bind(v\($0 + 1), \(open)v\($0)\(close), " }.joined()
        let text = "cel.bind(v0, 1, " + binds + "v20" + String(repeating: ")", count: 21)
        let error = #expect(throws: CELError.self) { try Self.evaluate(text) }
        #expect(error?.kind == .tooLarge)
    }

    /// 2^60 values in a few lists that share their elements.
    static let shared =
        "cel.bind(v0, [1, 1], " + (0..<59).map { "cel.bind(v\($0 + 1), [v\($0), v\($0)], " }.joined() + "BODY"
        + String(repeating: ")", count: 60)

    static let list = CELValue.list((0..<1_000).map { CELValue.int($0) })

    static let expensive: [(text: String, what: String)] = [
        ("list.all(a, list.all(b, list.all(c, true)))", "iterations"),
        ("list.map(a, list.map(b, a + b)).size() > 0", "iterations"),
        (shared.replacing("BODY", with: "v59 == v59"), "steps"),
        (shared.replacing("BODY", with: "v59 in [v59]"), "steps"),
        (shared.replacing("BODY", with: "'%s'.format([v59])"), "steps"),
        ("x.replace('a', x)", "bytes"),
        ("x.replace('', x)", "bytes"),
        ("list.map(i, x + x).size() > 0", "bytes"),
        ("list.map(i, x.matches('b$')).size() > 0", "bytes"),
        ("list.map(i, 'a'.matches(x.substring(0, 1000))).size() > 0", "bytes"),
        ("list.map(i, x).join(x)", "bytes"),
        ("x.lastIndexOf(x.substring(0, 500000) + 'b')", "bytes"),
        ("'%s%s%s%s%s%s%s%s%s%s'.format([x,x,x,x,x,x,x,x,x,x])", "bytes"),
        (doubling("'aaaaaaaaaaaaaaaa'"), "bytes"),
        (doubling("b'aaaaaaaaaaaaaaaa'"), "bytes"),
        (doubling("[1, 2]"), "bytes"),
        ("list.map(i, list + list).size() > 0", "bytes"),
        ("x.split('').size() > 0", "bytes"),
        ("list.map(i, x.split('a')).size() > 0", "bytes"),
        ("list.map(i, x == y).size() > 0", "bytes"),
        ("list.map(i, x < y).size() > 0", "bytes"),
        ("list.map(i, x in [y]).size() > 0", "bytes"),
        ("list.map(i, x in {'a': 1}).size() > 0", "bytes"),
        ("list.map(i, {x: 1}).size() > 0", "bytes"),
        ("list.exists(i, optional.of({'a': i})[?x].hasValue())", "bytes"),
        ("x.matches('[ab]*a[ab]{500}c')", "bytes"),
        ("list.exists(i, 'a'.matches('\\\\pL{30}' + string(i)))", "bytes"),
        ("list.exists(i, 'a'.matches('\\\\pL{1000}' + string(i)))", "bytes"),
        ("list.exists(i, 'a'.matches(x.substring(0, 4000) + string(i)))", "bytes"),
        ("list.exists(i, list.exists(j, list.exists(k, {'a': 1}.b == k)))", "iterations"),
        (
            "cel.block([[1, 2], " + (0..<99).map { "cel.index(\($0)) + cel.index(\($0))" }.joined(separator: ", ")
                + "], 1) > 0", "bytes"
        ),
    ]

    /// A value with 2^60 elements or characters, if it could be made.
    private static func doubling(_ value: String) -> String {
        "cel.bind(v0, \(value), " + (0..<59).map { "cel.bind(v\($0 + 1), v\($0) + v\($0), " }.joined() + "size(v59) > 0"
            + String(repeating: ")", count: 60)
    }

    @Test("a result that stands for too many values is refused, because somebody will go through it")
    func refusesLargeResults() {
        let error = #expect(throws: CELError.self) { try Self.evaluate(Self.shared.replacing("BODY", with: "v59")) }
        #expect(error?.kind == .costExceeded)
    }

    /// A tenth of the standard limits, to keep an unoptimised run short.
    private static let small = CELLimits(steps: 100_000, iterations: 10_000, bytes: 4 << 20)

    @Test("an expensive evaluation ends, and nothing absorbs that", arguments: expensive)
    func endsExpensive(text: String, what: String) throws {
        let long = String(repeating: "a", count: 1 << 20)
        let variables = ["list": Self.list, "x": CELValue.string(long), "y": .string(String(long.reversed()))]
        for text in [
            text, "true || dyn(\(text)) == 1", "dyn(\(text)) == 1 || true", "[1].exists(q, dyn(\(text)) == 1 || true)",
        ] {
            if text.hasPrefix("true ||") {
                #expect(try Self.evaluate(text, variables, Self.small) == .bool(true))
                continue
            }
            let error = #expect(throws: CELError.self) { try Self.evaluate(text, variables, Self.small) }
            #expect(error?.kind == .costExceeded, "\(text.prefix(80))")
            #expect(error?.reason.contains(what) ?? false)
            #expect(error?.position != nil)
        }
    }

    @Test("limits are counted exactly")
    func counts() throws {
        // Three nodes: the operator and both sides.
        #expect(try Self.evaluate("1 + 2", [:], CELLimits(steps: 3)) == .int(3))
        #expect(throws: CELError.self) { try Self.evaluate("1 + 2", [:], CELLimits(steps: 2)) }
        #expect(try Self.evaluate("[1, 2].all(i, true)", [:], CELLimits(iterations: 2)) == .bool(true))
        #expect(throws: CELError.self) { try Self.evaluate("[1, 2].all(i, true)", [:], CELLimits(iterations: 1)) }
        #expect(try Self.evaluate("'ab' + 'c'", [:], CELLimits(bytes: 3)) == .string("abc"))
        #expect(throws: CELError.self) { try Self.evaluate("'ab' + 'c'", [:], CELLimits(bytes: 2)) }
    }

    @Test("a pattern that makes backtracking matchers hang is linear here")
    func linearMatching() throws {
        let text = CELValue.string(String(repeating: "a", count: 1 << 20) + "!")
        #expect(try Self.evaluate("x.matches('(a+)+$')", ["x": text]) == .bool(false))
        #expect(try Self.evaluate("x.matches('^(a|a)*b')", ["x": text]) == .bool(false))
        #expect(try Self.evaluate("x.matches('^(([a-z])+.)+[A-Z]([a-z])+$')", ["x": text]) == .bool(false))
        #expect(try Self.evaluate("x.contains('aaaaaaaaaaab')", ["x": text]) == .bool(false))
    }

    @Test(
        "a pattern that takes too much memory or has too many repetitions is refused",
        arguments: [
            "a{1001}", "((a{1000}){1000}){1000}", String(repeating: "\\pL{1000}", count: 400),
            String(repeating: "a{1000}", count: 500), String(repeating: "(", count: 4_000),
            String(repeating: "a", count: 5_000),
        ])
    func refusesPatterns(pattern: String) throws {
        let text = "x.matches(r'\(pattern)')"
        let constant = #expect(throws: CELError.self) { try Self.evaluate(text, ["x": .string("a")]) }
        #expect(constant?.kind == .invalidArgument)
        let made = #expect(throws: CELError.self) { try Self.evaluate("'a'.matches(x)", ["x": .string(pattern)]) }
        #expect(made?.kind == .invalidArgument || made?.kind == .costExceeded)
    }

    @Test("an expression has a limited number of patterns, even where mistakes are left to the evaluation")
    func refusesManyPatterns() throws {
        for (pattern, isChecked) in [("a", true), ("a", false), ("(", false)] {
            var environment = Self.environment
            environment.isChecked = isChecked
            let text = (0..<200).map { "x.matches('\(pattern)\($0)')" }.joined(separator: " || ")
            let error = #expect(throws: CELError.self) { try CELProgram(compiling: text, environment: environment) }
            #expect(error?.kind == .tooLarge)
        }
    }

    @Test("a cancelled task's evaluation ends")
    func cancellation() async {
        let task = Task { () -> CELError.Kind? in
            while !Task.isCancelled { await Task.yield() }
            do {
                _ = try Self.evaluate("list.all(a, list.all(b, true))", ["list": Self.list])
                return nil
            } catch {
                return (error as? CELError)?.kind
            }
        }
        task.cancel()
        #expect(await task.value == .cancelled)
    }

    @Test("random bytes and cut expressions give an error, never a trap", arguments: 0..<20 as Range<UInt64>)
    func fuzz(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let text =
            "has(x.a) && [1, -2.5e3, 0x1Fu].map(y, y * 2)[?0].orValue({'k': b'\\xff'}).k.matches(r'a+') ? x : \"é\""
        for _ in 0..<200 {
            var scalars = Array(text.unicodeScalars)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<scalars.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: scalars.remove(at: place)
                case 1: scalars.insert(scalars[Int.random(in: 0..<scalars.count, using: &random)], at: place)
                default: scalars[place] = Unicode.Scalar(UInt8.random(in: 0...255, using: &random))
                }
            }
            let mutated = String(String.UnicodeScalarView(scalars))
            do {
                _ = try Self.evaluate(mutated, ["x": .map(["a": .int(1)])])
            } catch {
                #expect((error as? CELError)?.position != nil, "\(mutated)")
            }
        }
    }
}
