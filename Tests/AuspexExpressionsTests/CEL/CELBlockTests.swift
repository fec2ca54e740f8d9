import Testing

@testable import AuspexExpressions

@Suite("The forms that optimisers write are CEL too")
struct CELBlockTests {
    static let environment = CELEnvironment(variables: ["x": .int, "list": .list(of: .int)])

    static func evaluate(_ text: String) throws -> CELValue {
        try CELProgram(compiling: text, environment: environment)
            .evaluate(variables: ["x": .int(5), "list": .list([.int(1), .int(2)])])
    }

    @Test(
        "parts and generated variables have their values",
        arguments: [
            ("cel.block([x + 1, cel.index(0) * 2], cel.index(1) - cel.index(0))", CELValue.int(6)),
            ("cel.block([], 1)", .int(1)),
            ("list.map(i, cel.block([i * 10, cel.index(0) + x], cel.index(1)))", .list([.int(15), .int(25)])),
            ("cel.block([list.map(i, i + x)], list.map(i, cel.index(0)[i - 1]))", .list([.int(6), .int(7)])),
            (
                "[2].map(cel.iterVar(0, 0), list.map(cel.iterVar(1, 0), cel.iterVar(0, 0) * cel.iterVar(1, 0)))[0]",
                .list([.int(2), .int(4)])
            ),
            ("cel.bind(cel.accuVar(0, 0), x, cel.accuVar(0, 0) + 1)", .int(6)),
            ("cel.block([cel.block], 1) == 1 || true", .bool(true)),
        ])
    func isValue(text: String, value: CELValue) throws {
        var environment = Self.environment
        environment.isChecked = false
        #expect(
            try CELProgram(compiling: text, environment: environment)
                .evaluate(variables: ["x": .int(5), "list": .list([.int(1), .int(2)])]) == value)
    }

    @Test("the error of a part counts only where the part is read")
    func readsLazily() throws {
        #expect(try Self.evaluate("cel.block([1 / (x - 5), 2], cel.index(1))") == .int(2))
        #expect(try Self.evaluate("cel.block([1 / (x - 5), cel.index(0) == 1], cel.index(1) || true)") == .bool(true))
        let error = #expect(throws: CELError.self) { try Self.evaluate("cel.block([1 / (x - 5), 2], cel.index(0))") }
        #expect(error?.kind == .divisionByZero)
        #expect(error?.position?.description == "1:14")
        // A round without the error is not spoilt by the round before.
        #expect(
            try Self.evaluate("list.exists(i, cel.block([1 / (i - 1)], cel.index(0) == 1))") == .bool(true))
    }

    @Test(
        "mistakes are told with their place",
        arguments: [
            ("cel.block(x, 1)", "1:11: cel.block() needs a list of parts: cel.block([a, b], c)"),
            ("cel.block([?x], 1)", "1:11: cel.block() needs a list of parts: cel.block([a, b], c)"),
            ("cel.block([cel.block([1], 1)], 1)", "1:15: a cel.block() can't stand inside another"),
            ("cel.block([cel.index(0)], 1)", "1:15: no part 0 before this one in a cel.block()"),
            ("cel.block([1], cel.index(1))", "1:19: no part 1 before this one in a cel.block()"),
            ("cel.index(0)", "1:4: no part 0 before this one in a cel.block()"),
            ("cel.block([1], cel.index(x))", "1:26: the parts of cel.block() are numbered from 0"),
            ("cel.iterVar(0, 1)", "1:4: no macro around this one has the variable cel.iterVar(0, 1)"),
        ])
    func mistakes(text: String, message: String) {
        let error = #expect(throws: CELError.self) { try CELProgram(compiling: text, environment: Self.environment) }
        #expect(error?.description == message)
    }
}
