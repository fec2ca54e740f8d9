/// The operators `+ - * / %` and unary minus. Whole numbers report overflow; doubles follow IEEE 754.
enum CELArithmetic {
    static func add(_ left: CELValue, _ right: CELValue, budget: inout CELBudget) throws(CELError) -> CELValue {
        switch (left, right) {
        case (.int(let left), .int(let right)):
            return .int(try checked(left.addingReportingOverflow(right), "+", CELType.int))
        case (.double(let left), .double(let right)): return .double(left + right)
        case (.uint(let left), .uint(let right)):
            return .uint(try checked(left.addingReportingOverflow(right), "+", CELType.uint))
        case (.string(let left), .string(let right)):
            try budget.take(bytes: left.utf8.count + right.utf8.count)
            return .string(left + right)
        case (.bytes(let left), .bytes(let right)):
            try budget.take(bytes: left.count + right.count)
            return .bytes(left + right)
        case (.list(let left), .list(let right)):
            try budget.take(elements: left.count + right.count)
            return .list(CELList(Array(left) + Array(right)))
        case (.duration(let left), .duration(let right)):
            let sum = left.nanoseconds.addingReportingOverflow(right.nanoseconds)
            return .duration(CELDuration(nanoseconds: try checked(sum, "+", CELType.duration)))
        case (.timestamp(let moment), .duration(let span)), (.duration(let span), .timestamp(let moment)):
            return try inRange(moment.adding(span))
        default: throw .noOverload("+", left, right)
        }
    }

    static func subtract(_ left: CELValue, _ right: CELValue) throws(CELError) -> CELValue {
        switch (left, right) {
        case (.int(let left), .int(let right)):
            return .int(try checked(left.subtractingReportingOverflow(right), "-", CELType.int))
        case (.double(let left), .double(let right)): return .double(left - right)
        case (.uint(let left), .uint(let right)):
            return .uint(try checked(left.subtractingReportingOverflow(right), "-", CELType.uint))
        case (.duration(let left), .duration(let right)):
            let difference = left.nanoseconds.subtractingReportingOverflow(right.nanoseconds)
            return .duration(CELDuration(nanoseconds: try checked(difference, "-", CELType.duration)))
        case (.timestamp(let left), .timestamp(let right)):
            guard let span = left.duration(since: right) else {
                throw CELError(
                    .overflow, "the time between \(right) and \(left) exceeds what a duration holds (292 years)")
            }
            return .duration(span)
        case (.timestamp(let moment), .duration(let span)):
            guard span.nanoseconds != .min else { return try inRange(nil) }
            return try inRange(moment.adding(CELDuration(nanoseconds: -span.nanoseconds)))
        default: throw .noOverload("-", left, right)
        }
    }

    static func multiply(_ left: CELValue, _ right: CELValue) throws(CELError) -> CELValue {
        switch (left, right) {
        case (.int(let left), .int(let right)):
            return .int(try checked(left.multipliedReportingOverflow(by: right), "*", CELType.int))
        case (.double(let left), .double(let right)): return .double(left * right)
        case (.uint(let left), .uint(let right)):
            return .uint(try checked(left.multipliedReportingOverflow(by: right), "*", CELType.uint))
        default: throw .noOverload("*", left, right)
        }
    }

    static func divide(_ left: CELValue, _ right: CELValue) throws(CELError) -> CELValue {
        switch (left, right) {
        case (.int(let left), .int(let right)):
            guard right != 0 else { throw CELError(.divisionByZero, "division of \(left) by zero") }
            return .int(try checked(left.dividedReportingOverflow(by: right), "/", CELType.int))
        case (.double(let left), .double(let right)): return .double(left / right)
        case (.uint(let left), .uint(let right)):
            guard right != 0 else { throw CELError(.divisionByZero, "division of \(left) by zero") }
            return .uint(left / right)
        default: throw .noOverload("/", left, right)
        }
    }

    static func remainder(_ left: CELValue, _ right: CELValue) throws(CELError) -> CELValue {
        switch (left, right) {
        case (.int(let left), .int(let right)):
            guard right != 0 else { throw CELError(.divisionByZero, "remainder of \(left) by zero") }
            return .int(try checked(left.remainderReportingOverflow(dividingBy: right), "%", CELType.int))
        case (.uint(let left), .uint(let right)):
            guard right != 0 else { throw CELError(.divisionByZero, "remainder of \(left) by zero") }
            return .uint(left % right)
        default: throw .noOverload("%", left, right)
        }
    }

    static func negate(_ value: CELValue) throws(CELError) -> CELValue {
        switch value {
        case .int(let number):
            let (negative, overflow) = Int64(0).subtractingReportingOverflow(number)
            return .int(try checked((negative, overflow), "-", CELType.int))
        case .double(let number): return .double(-number)
        // Not in the language's definition, but the only thing that it can mean.
        case .duration(let span):
            let (negative, overflow) = Int64(0).subtractingReportingOverflow(span.nanoseconds)
            return .duration(CELDuration(nanoseconds: try checked((negative, overflow), "-", CELType.duration)))
        default: throw .noOverload("-", value)
        }
    }

    @inline(__always)
    private static func checked<Number>(
        _ result: (partialValue: Number, overflow: Bool), _ name: String, _ type: CELType
    ) throws(CELError) -> Number {
        if result.overflow { throw overflow(name, type) }
        return result.partialValue
    }

    private static func overflow(_ name: String, _ type: CELType) -> CELError {
        CELError(.overflow, "the result of '\(name)' exceeds the range of \(type)")
    }

    private static func inRange(_ moment: CELTimestamp?) throws(CELError) -> CELValue {
        guard let moment else { throw CELError(.overflow, "the moment lies outside the years 1 to 9999") }
        return .timestamp(moment)
    }
}
