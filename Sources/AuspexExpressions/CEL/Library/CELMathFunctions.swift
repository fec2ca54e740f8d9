/// The functions of the reference implementations' mathematical extension, all called `math.…`.
enum CELMathFunctions {
    static let functions: [CELFunction] = [
        .budgeted("math.greatest", .global, 1...Int.max, .any) { arguments, budget throws(CELError) -> CELValue in
            try extreme("math.greatest", arguments, .greater, &budget)
        },
        .budgeted("math.least", .global, 1...Int.max, .any) { arguments, budget throws(CELError) -> CELValue in
            try extreme("math.least", arguments, .less, &budget)
        },
        rounding("math.ceil", .up), rounding("math.floor", .down), rounding("math.trunc", .towardZero),
        rounding("math.round", .toNearestOrAwayFromZero),
        test("math.isNaN", \.isNaN), test("math.isInf", \.isInfinite), test("math.isFinite", \.isFinite),
        .one("math.abs", .global, .any, absolute),
        .one("math.sign", .global, .any, sign),
        .one("math.sqrt", .global, .double) { value throws(CELError) -> CELValue in
            guard let number = double(value) else { throw .noOverload("math.sqrt", value) }
            return .double(number.squareRoot())
        },
        bits("math.bitAnd", { $0 & $1 }, { $0 & $1 }),
        bits("math.bitOr", { $0 | $1 }, { $0 | $1 }),
        bits("math.bitXor", { $0 ^ $1 }, { $0 ^ $1 }),
        .one("math.bitNot", .global, .any) { value throws(CELError) -> CELValue in
            switch value {
            case .int(let number): .int(~number)
            case .uint(let number): .uint(~number)
            default: throw .noOverload("math.bitNot", value)
            }
        },
        // Shifting a signed number right fills it with zeros, as the extension defines.
        shift("math.bitShiftLeft") { $0 << $1 },
        shift("math.bitShiftRight") { $0 >> $1 },
    ]

    private static func double(_ value: CELValue) -> Double? {
        switch value {
        case .double(let number): number
        case .int(let number): Double(number)
        case .uint(let number): Double(number)
        default: nil
        }
    }

    /// The greatest or least of several numbers, or of one list of them; the first of equal ones.
    private static func extreme(
        _ name: String, _ arguments: [CELValue], _ wanted: CELEquality.Relation, _ budget: inout CELBudget
    ) throws(CELError) -> CELValue {
        var numbers = arguments
        if arguments.count == 1, case .list(let elements) = arguments[0] {
            try budget.take(bytes: elements.count)
            numbers = Array(elements)
        }
        guard var best = numbers.first else { throw CELError(.invalidArgument, "\(name) needs at least one number") }
        for number in numbers {
            guard number.isNumber, let relation = CELEquality.compareNumbers(number, best) else {
                throw .noOverload(name, number)
            }
            if relation == wanted { best = number }
        }
        return best
    }

    private static func rounding(_ name: String, _ rule: FloatingPointRoundingRule) -> CELFunction {
        .one(name, .global, .double) { value throws(CELError) -> CELValue in
            guard case .double(let number) = value else { throw .noOverload(name, value) }
            return .double(number.rounded(rule))
        }
    }

    private static func test(_ name: String, _ property: @escaping @Sendable (Double) -> Bool) -> CELFunction {
        .one(name, .global, .bool) { value throws(CELError) -> CELValue in
            guard case .double(let number) = value else { throw .noOverload(name, value) }
            return .bool(property(number))
        }
    }

    @Sendable private static func absolute(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .int(let number): return number < 0 ? try CELArithmetic.negate(value) : value
        case .uint: return value
        case .double(let number): return .double(number.magnitude)
        default: throw .noOverload("math.abs", value)
        }
    }

    @Sendable private static func sign(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .int(let number): .int(number.signum())
        case .uint(let number): .uint(number == 0 ? 0 : 1)
        case .double(let number): .double(number > 0 ? 1 : number < 0 ? -1 : number)
        default: throw .noOverload("math.sign", value)
        }
    }

    private static func bits(
        _ name: String, _ signed: @escaping @Sendable (Int64, Int64) -> Int64,
        _ unsigned: @escaping @Sendable (UInt64, UInt64) -> UInt64
    ) -> CELFunction {
        .two(name, .global, .any) { left, right throws(CELError) -> CELValue in
            switch (left, right) {
            case (.int(let left), .int(let right)): .int(signed(left, right))
            case (.uint(let left), .uint(let right)): .uint(unsigned(left, right))
            default: throw .noOverload(name, left, right)
            }
        }
    }

    private static func shift(
        _ name: String, _ body: @escaping @Sendable (UInt64, UInt64) -> UInt64
    ) -> CELFunction {
        .two(name, .global, .any) { value, distance throws(CELError) -> CELValue in
            guard case .int(let distance) = distance else { throw .noOverload(name, value, distance) }
            guard distance >= 0 else { throw CELError(.invalidArgument, "\(name) by \(distance) bits is not possible") }
            switch value {
            case .int(let number): return .int(Int64(bitPattern: body(UInt64(bitPattern: number), distance.magnitude)))
            case .uint(let number): return .uint(body(number, distance.magnitude))
            default: throw .noOverload(name, value)
            }
        }
    }
}
