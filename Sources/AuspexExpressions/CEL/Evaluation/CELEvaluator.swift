import AuspexPatterns

/// One evaluation of a compiled expression.
struct CELEvaluator {
    typealias NodeID = CELCode.NodeID

    let code: CELCode
    private let variables: [String: CELValue]
    private let context: (any CELContext)?
    /// Values of the macros' variables, by slot.
    var locals: [CELValue]
    /// Errors of parts of blocks, by slot, which matter only where the part is read.
    var partFailures: [Int32: CELError] = [:]
    var budget: CELBudget
    /// How many more errors may suggest a name.
    var hintsLeft = 8

    init(code: CELCode, variables: [String: CELValue], context: (any CELContext)?, limits: CELLimits) {
        self.code = code
        self.context = context
        self.variables = variables
        locals = code.slotCount == 0 ? [] : Array(repeating: .null, count: code.slotCount)
        budget = CELBudget(limits)
    }

    /// The value of the whole expression. A nested one is counted through, so that whoever converts or prints it later does
    /// a bounded amount of work.
    mutating func result() throws(CELError) -> CELValue {
        let value = try self.value(code.root)
        switch value {
        case .list, .map, .optional:
            do {
                try budget.takeSteps(ofAllIn: value)
            } catch {
                throw error.located(at: code.positions[Int(code.root)])
            }
        default: break
        }
        return value
    }

    /// The value of a node. Recursion is bounded by the parser's limit on nesting.
    mutating func value(_ id: NodeID) throws(CELError) -> CELValue {
        do throws(CELError) {
            try budget.takeStep()
            switch code.nodes[Int(id)] {
            case .constant(let constant): return code.constants[Int(constant)]
            case .variable(let name): return try variable(code.names[Int(name)])
            case .local(let slot): return locals[Int(slot)]
            case .select(let operand, let field): return try select(value(operand), code.names[Int(field)])
            case .index(let operand, let key): return try index(value(operand), value(key))
            case .call1(let function, let argument): return try call(function, value(argument))
            case .call2(let function, let left, let right): return try call(function, value(left), value(right))
            case .matches(let operand, let pattern):
                guard case .string(let text) = try value(operand) else { throw notText(operand) }
                return .bool(try budget.match(code.patterns[Int(pattern)], in: text))
            case .not(let operand):
                guard case .bool(let flag) = try value(operand) else { throw notBool("!", operand) }
                return .bool(!flag)
            case .binary(let name, let left, let right): return try binary(name, value(left), value(right))
            case .and(let first, let count): return try and(first, count)
            case .or(let first, let count): return try or(first, count)
            case .conditional(let condition, let yes, let no):
                guard case .bool(let flag) = try value(condition) else { throw notBool("?:", condition) }
                return try value(flag ? yes : no)
            case .comprehension(let place): return try comprehension(code.comprehensions[Int(place)])
            case .bind(let slot, let bound, let body):
                locals[Int(slot)] = try value(bound)
                return try value(body)
            default: return try rare(code.nodes[Int(id)])
            }
        } catch {
            throw error.located(at: code.positions[Int(id)])
        }
    }

    /// The nodes that are not in the hot path, apart so that the frame of the recursive function stays small.
    @inline(never)
    private mutating func rare(_ node: CELCode.Node) throws(CELError) -> CELValue {
        switch node {
        case .optionalSelect(let operand, let field): try optionalSelect(value(operand), code.names[Int(field)])
        case .optionalIndex(let operand, let key): try optionalIndex(value(operand), value(key))
        case .has(let operand, let field): try has(value(operand), code.names[Int(field)])
        case .call(let function, let first, let count): try call(function, values(first, count))
        case .list(let first, let count): .list(CELList(try values(first, count)))
        case .optionalList(let first, let count): try optionalList(first, count)
        case .map(let first, let count): try map(first, count)
        case .message(let type, let first, let count): try message(code.messages[Int(type)], first, count)
        case .negate(let operand): try CELArithmetic.negate(value(operand))
        case .block(let slot, let first, let count, let body): try block(slot, first, count, body)
        case .blockPart(let slot): try blockPart(slot)
        case .optionalOr(let left, let right): try optionalOr(left, right)
        case .optionalOrValue(let left, let right): try optionalOrValue(left, right)
        case .optionalMap(let slot, let operand, let body, let isFlat): try optionalMap(slot, operand, body, isFlat)
        case .failure(let place): throw code.failures[Int(place)]
        // All others are dealt with in the hot path.
        default: throw CELError(.noSuchOverload, "the expression can't be evaluated")
        }
    }

    private func variable(_ name: String) throws(CELError) -> CELValue {
        guard let value = variables[name] else {
            throw CELError(.unboundVariable, "the variable '\(name)' has no value here")
        }
        return value
    }

    private mutating func values(_ first: Int32, _ count: Int32) throws(CELError) -> [CELValue] {
        var values: [CELValue] = []
        values.reserveCapacity(Int(count))
        for child in first..<first + count { values.append(try value(code.children[Int(child)])) }
        return values
    }

    // MARK: Functions

    private mutating func call(_ function: Int32, _ argument: CELValue) throws(CELError) -> CELValue {
        guard case .one(let body) = code.functions[Int(function)].body else { return .null }
        try budget.takeSize(of: argument)
        return try body(argument, &budget)
    }

    private mutating func call(_ function: Int32, _ left: CELValue, _ right: CELValue) throws(CELError) -> CELValue {
        guard case .two(let body) = code.functions[Int(function)].body else { return .null }
        try budget.takeSize(of: left)
        try budget.takeSize(of: right)
        return try body(left, right, &budget)
    }

    private mutating func call(_ function: Int32, _ arguments: [CELValue]) throws(CELError) -> CELValue {
        for argument in arguments { try budget.takeSize(of: argument) }
        switch code.functions[Int(function)].body {
        case .many(let body): return try body(arguments, &budget)
        case .inContext(let body): return try body(arguments, context)
        case .one, .two: return .null
        }
    }

    // MARK: Operators

    @inline(__always)
    private mutating func binary(
        _ name: CELSyntax.Binary, _ left: CELValue, _ right: CELValue
    ) throws(CELError) -> CELValue {
        switch name {
        case .equal: .bool(try CELEquality.areEqual(left, right, budget: &budget))
        case .notEqual: .bool(try !CELEquality.areEqual(left, right, budget: &budget))
        case .less: .bool(try relation(name, left, right) == .less)
        case .greater: .bool(try relation(name, left, right) == .greater)
        case .lessOrEqual: .bool(try [.less, .equal].contains(relation(name, left, right)))
        case .greaterOrEqual: .bool(try [.greater, .equal].contains(relation(name, left, right)))
        case .in: .bool(try contains(right, left))
        case .add: try CELArithmetic.add(left, right, budget: &budget)
        case .subtract: try CELArithmetic.subtract(left, right)
        case .multiply: try CELArithmetic.multiply(left, right)
        case .divide: try CELArithmetic.divide(left, right)
        case .remainder: try CELArithmetic.remainder(left, right)
        }
    }

    private mutating func relation(
        _ name: CELSyntax.Binary, _ left: CELValue, _ right: CELValue
    ) throws(CELError) -> CELEquality.Relation {
        try budget.takeSize(of: left)
        try budget.takeSize(of: right)
        guard let relation = CELEquality.compare(left, right) else {
            throw .noOverload(name.rawValue, left, right)
        }
        return relation
    }

    private mutating func contains(_ container: CELValue, _ element: CELValue) throws(CELError) -> Bool {
        switch container {
        case .list(let elements):
            for candidate in elements {
                try budget.takeStep()
                if try CELEquality.areEqual(candidate, element, budget: &budget) { return true }
            }
            return false
        case .map(let map):
            try budget.takeSize(of: element)
            return map[element] != nil
        default: throw .noOverload("in", element, container)
        }
    }

    /// False wins over an error, wherever it stands; an error wins over true.
    private mutating func and(_ first: Int32, _ count: Int32) throws(CELError) -> CELValue {
        var failure: CELError?
        for child in first..<first + count {
            guard let flag = try truth("&&", code.children[Int(child)], &failure) else { continue }
            if !flag { return .bool(false) }
        }
        if let failure { throw failure }
        return .bool(true)
    }

    /// True wins over an error, wherever it stands; an error wins over false.
    private mutating func or(_ first: Int32, _ count: Int32) throws(CELError) -> CELValue {
        var failure: CELError?
        for child in first..<first + count {
            guard let flag = try truth("||", code.children[Int(child)], &failure) else { continue }
            if flag { return .bool(true) }
        }
        if let failure { throw failure }
        return .bool(false)
    }

    /// The truth of a node; nil, and `failure` set, if it has none.
    @inline(__always)
    mutating func truth(_ name: String, _ id: NodeID, _ failure: inout CELError?) throws(CELError) -> Bool? {
        do throws(CELError) {
            guard case .bool(let flag) = try value(id) else { throw notBool(name, id) }
            return flag
        } catch {
            guard error.isAbsorbable else { throw error }
            if failure == nil { failure = error }
            return nil
        }
    }

    @inline(never)
    func notBool(_ name: String, _ id: NodeID) -> CELError {
        CELError(
            .noSuchOverload, "'\(name)' needs a bool; compare the value with something first",
            at: code.positions[Int(id)])
    }

    @inline(never)
    private func notText(_ id: NodeID) -> CELError {
        CELError(.noSuchOverload, "'matches' works on strings only", at: code.positions[Int(id)])
    }
}
