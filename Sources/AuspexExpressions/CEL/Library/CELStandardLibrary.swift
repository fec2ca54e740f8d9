/// The functions that every environment has.
enum CELStandardLibrary {
    static let functions: [CELFunction] =
        core + CELConversions.functions + CELTimeFunctions.functions + CELStringFunctions.functions
        + CELFormat.functions + CELMathFunctions.functions + CELOptionalFunctions.functions
        + CELEncoders.functions + CELNetworkFunctions.functions

    /// `size`, and the tests on strings of the language's definition.
    private static let core: [CELFunction] = [
        .one("size", .global, .int, size),
        .one("size", .member, .int, size),
        test("contains") { $0.containsScalars(of: $1) },
        test("startsWith") { $0.startsWithScalars(of: $1) },
        test("endsWith") { $0.endsWithScalars(of: $1) },
        CELFunction("matches", .global, 2...2, .bool, .two(matches)),
        CELFunction("matches", .member, 2...2, .bool, .two(matches)),
    ]

    private static func test(
        _ name: String, _ body: @escaping @Sendable (String, String) -> Bool
    ) -> CELFunction {
        .two(name, .member, .bool) { left, right throws(CELError) -> CELValue in
            guard case .string(let text) = left, case .string(let part) = right else {
                throw .noOverload(name, left, right)
            }
            return .bool(body(text, part))
        }
    }

    /// Scalars of a string, bytes, elements or entries.
    @Sendable private static func size(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .string(let text): .int(Int64(text.unicodeScalars.count))
        case .bytes(let bytes): .int(Int64(bytes.count))
        case .list(let elements): .int(Int64(elements.count))
        case .map(let map): .int(Int64(map.count))
        default: throw .noOverload("size", value)
        }
    }

    /// A match with a pattern that is only known now. Constant patterns are compiled with the expression.
    @Sendable private static func matches(
        _ left: CELValue, _ right: CELValue, _ budget: inout CELBudget
    ) throws(CELError) -> CELValue {
        guard case .string(let text) = left, case .string(let pattern) = right else {
            throw .noOverload("matches", left, right)
        }
        return .bool(try budget.match(budget.compile(pattern), in: text))
    }
}
