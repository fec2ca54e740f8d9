import Testing

@testable import AuspexExpressions

@Suite("CEL expressions are checked when they are compiled")
struct CELCheckingTests {
    static let environment = CELEnvironment(
        variables: [
            "change": .object(["service": .string, "files": .double, "at": .timestamp]),
            "labels": .map(of: .string), "score": .double, "any": .any,
        ],
        functions: [
            CELFunction("in_freeze", arity: 1, result: .bool) { _ throws(CELError) -> CELValue in .bool(false) },
            CELFunction("forecast", arity: 2...3, result: .double) { _ throws(CELError) -> CELValue in .double(0) },
        ])

    static let mistakes: [(text: String, kind: CELError.Kind, message: String)] = [
        ("scoer > 1.0", .unknownName, "1:1: no variable 'scoer'; did you mean 'score'?"),
        ("true && xyzzy", .unknownName, "1:9: no variable 'xyzzy'; there are 'any', 'change', 'labels', 'score'"),
        ("change.servcie == ''", .unknownField, "1:7: no field 'servcie'; did you mean 'service'?"),
        ("has(change.filse)", .unknownField, "1:11: no field 'filse'; did you mean 'files'?"),
        ("in_freze(change.at)", .unknownFunction, "1:1: no function 'in_freze'; did you mean 'in_freeze'?"),
        ("in_freeze()", .unknownFunction, "1:1: 'in_freeze' takes 1 arguments, not 0"),
        ("forecast(1)", .unknownFunction, "1:1: 'forecast' takes 2 to 3 arguments, not 1"),
        (
            "labels.service.startWith('a')", .unknownFunction,
            "1:15: no function 'startWith' on a value; did you mean 'startsWith'?"
        ),
        (
            "startsWith('a', 'b')", .unknownFunction,
            "1:1: no function 'startsWith'; it is called with a dot: value.startsWith(…)"
        ),
        ("'a'.substring()", .unknownFunction, "1:4: 'substring' takes 1 to 2 arguments, not 0"),
        (
            "score * 2 > 1.0", .typeMismatch,
            "1:7: '*' does not work on (double, int); convert one side with int(), uint() or double(), "
                + "or write 2.0 for 2 (numbers from JSON are doubles)"
        ),
        ("score && true", .typeMismatch, "1:1: '&&' needs a bool, not a double; compare it with something first"),
        ("!change.files", .typeMismatch, "1:1: '!' needs a bool, not a double; compare it with something first"),
        ("change.service > 3", .typeMismatch, "1:16: '>' does not work on (string, int)"),
        ("change.at == '2026-01-01'", .typeMismatch, "1:11: '==' does not work on (google.protobuf.Timestamp, string)"),
        ("score.foo", .typeMismatch, "1:6: double has no fields, so none called 'foo'"),
        ("score.map(x, x)", .typeMismatch, "1:6: a macro goes over a list or a map, not a double"),
        ("labels.filter(k, k)", .typeMismatch, "1:18: the condition is a string, not a bool"),
        (
            "any.matches('(')", .invalidArgument, "1:13: not a regular expression: missing ): ("
        ),
        (
            "duration('5 minutes') > duration('1s')", .invalidArgument,
            "1:10: '5 minutes' is no duration; write 90s, 1h30m or 7d, up to 292 years"
        ),
        ("labels.all(k.x, true)", .syntax, "1:13: the first arguments of a macro are the plain names of its variables"),
        ("has(score)", .syntax, "1:5: has() needs a field: has(a.b)"),
    ]

    @Test("a mistake is told with its place and what would be right", arguments: mistakes)
    func mistake(text: String, kind: CELError.Kind, message: String) {
        let error = #expect(throws: CELError.self) { try CELProgram(compiling: text, environment: Self.environment) }
        #expect(error?.kind == kind)
        #expect(error?.description == message)
    }

    @Test(
        "what may be right is let through",
        arguments: [
            "any.foo.bar > 3", "any + 1 > any", "labels.whatever == 'x'", "forecast(score, 2) > 1.0",
            "any == 1 || any == 'a'",
            "change.files > 10 && score > 0.5", "[1, 'a', any].exists(e, e == 1)", "in_freeze(change.at)",
            "null == any",
            "[1].map(change, change + 1) == [2]",
        ])
    func plausible(text: String) throws {
        _ = try CELProgram(compiling: text, environment: Self.environment, expecting: .bool)
    }

    @Test("an expression that surely gives something else than is needed is refused")
    func expecting() throws {
        let error = #expect(throws: CELError.self) {
            try CELProgram(compiling: "change.files + 1.0", environment: Self.environment, expecting: .bool)
        }
        #expect(
            error?.description == "1:14: the expression gives a double, but a bool is needed; compare it with something"
        )
    }

    @Test("unchecked, the same mistakes are errors of the evaluation, which || absorbs")
    func unchecked() throws {
        var environment = Self.environment
        environment.isChecked = false
        for (text, kind, _) in Self.mistakes where kind != .syntax {
            let program = try CELProgram(compiling: "(\(text)) || true", environment: environment)
            #expect(try program.holds(variables: ["score": .double(1), "any": .string("")]), "\(text)")
        }
    }

    @Test("registered functions are called with their arguments, and their errors get the place of the call")
    func customFunctions() throws {
        let environment = CELEnvironment(
            variables: ["now": .int],
            functions: [
                CELFunction("twice", .member, arity: 1) { arguments throws(CELError) -> CELValue in
                    guard case .int(let number) = arguments[0] else { throw CELError(.function, "only ints") }
                    return .int(number * 2)
                },
                CELFunction("ops.sum", arity: 0...9, result: .int) { arguments throws(CELError) -> CELValue in
                    .int(Int64(arguments.count))
                },
            ])
        func evaluate(_ text: String) throws -> CELValue {
            try CELProgram(compiling: text, environment: environment).evaluate(variables: ["now": .int(4)])
        }
        #expect(try evaluate("now.twice() + ops.sum(1, 2, 3)") == .int(11))
        let error = #expect(throws: CELError.self) { try evaluate("1 + 'a'.twice()") }
        #expect(error == CELError(.function, "only ints", at: TextPosition(line: 1, column: 8)))
    }

    private struct Place: CELContext {
        let name: String
    }

    @Test("a function that looks at the context sees what the caller hands in, and a program says that it needs it")
    func context() throws {
        let environment = CELEnvironment(functions: [
            CELFunction(
                "place", arity: 0...1, result: .string,
                inContext: { arguments, context throws(CELError) in
                    guard let place = context as? Place else { throw CELError(.function, "nowhere") }
                    return .string(place.name + String(repeating: "!", count: arguments.count))
                })
        ])
        let program = try CELProgram(compiling: "place(1) + place()", environment: environment)
        #expect(program.contextFunctions == ["place"])
        #expect(try program.evaluate(variables: [:], context: Place(name: "a")) == .string("a!a"))
        let error = #expect(throws: CELError.self) { try program.evaluate(variables: [:]) }
        #expect(error == CELError(.function, "nowhere", at: TextPosition(line: 1, column: 1)))
        #expect(try CELProgram(compiling: "size('a')", environment: environment).contextFunctions == [])
    }
}
