/// The language's `==`, in which numbers are equal by value whatever their types, and `<`.
enum CELEquality {
    /// Whether two values are equal. Values of different kinds are unequal, never an error; NaN equals nothing.
    static func areEqual(
        _ left: CELValue, _ right: CELValue, budget: inout CELBudget
    ) throws(CELError) -> Bool {
        switch (left, right) {
        case (.string(let left), .string(let right)):
            guard left.utf8.count == right.utf8.count else { return false }
            try budget.take(bytes: left.utf8.count)
            return left.hasSameScalars(as: right)
        case (.bool(let left), .bool(let right)): return left == right
        case (.null, .null): return true
        case (.bytes(let left), .bytes(let right)):
            guard left.count == right.count else { return false }
            try budget.take(bytes: left.count)
            return left == right
        case (.timestamp(let left), .timestamp(let right)): return left == right
        case (.duration(let left), .duration(let right)): return left == right
        case (.type(let left), .type(let right)): return left == right
        case (.address(let left), .address(let right)): return left == right
        case (.network(let left), .network(let right)): return left == right
        case (.list(let left), .list(let right)):
            guard left.count == right.count else { return false }
            for (left, right) in zip(left, right) {
                try budget.takeStep()
                guard try areEqual(left, right, budget: &budget) else { return false }
            }
            return true
        case (.map(let left), .map(let right)):
            guard left.count == right.count else { return false }
            for (key, value) in left.entries {
                try budget.takeStep()
                try budget.takeSize(of: key)
                guard let other = right[key], try areEqual(value, other, budget: &budget) else { return false }
            }
            return true
        case (.optional(let left), .optional(let right)):
            guard let left, let right else { return left == nil && right == nil }
            return try areEqual(left, right, budget: &budget)
        default: return compareNumbers(left, right) == .equal
        }
    }

    /// How two values relate.
    enum Relation {
        case less
        case equal
        case greater
        /// One of two numbers is NaN.
        case unordered
    }

    /// How two values relate that the language orders: bools, numbers of any types, strings, bytes, moments and lengths of
    /// time. nil for all others.
    static func compare(_ left: CELValue, _ right: CELValue) -> Relation? {
        switch (left, right) {
        case (.string(let left), .string(let right)):
            return left.precedesInScalars(right) ? .less : left.hasSameScalars(as: right) ? .equal : .greater
        case (.bool(let left), .bool(let right)): return relation(left ? 1 : 0, right ? 1 : 0)
        case (.bytes(let left), .bytes(let right)):
            return left.lexicographicallyPrecedes(right) ? .less : left == right ? .equal : .greater
        case (.timestamp(let left), .timestamp(let right)): return relation(left, right)
        case (.duration(let left), .duration(let right)): return relation(left, right)
        default: return compareNumbers(left, right)
        }
    }

    /// How two numbers relate; nil if one is none. A whole number meets a double as a double, which is what the reference
    /// implementations do and their suite demands.
    @inline(__always)
    static func compareNumbers(_ left: CELValue, _ right: CELValue) -> Relation? {
        switch (left, right) {
        case (.int(let left), .int(let right)): relation(left, right)
        case (.double(let left), .double(let right)): relation(left, right)
        case (.uint(let left), .uint(let right)): relation(left, right)
        case (.int(let left), .uint(let right)): left < 0 ? .less : relation(left.magnitude, right)
        case (.uint(let left), .int(let right)): right < 0 ? .greater : relation(left, right.magnitude)
        case (.int(let left), .double(let right)): relation(Double(left), right)
        case (.double(let left), .int(let right)): relation(left, Double(right))
        case (.uint(let left), .double(let right)): relation(Double(left), right)
        case (.double(let left), .uint(let right)): relation(left, Double(right))
        default: nil
        }
    }

    @inline(__always)
    private static func relation<Value: Comparable>(_ left: Value, _ right: Value) -> Relation {
        left < right ? .less : left == right ? .equal : left > right ? .greater : .unordered
    }
}
