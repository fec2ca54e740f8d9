import AuspexSignals

/// One search.
struct JMESEvaluator {
    private let limits: JMESPathLimits
    private var steps: Int
    private var bytes: Int

    init(limits: JMESPathLimits) {
        self.limits = limits
        steps = limits.steps
        bytes = limits.bytes
    }

    /// The whole result, counted through: lists that share their elements can stand for more values than fit any memory.
    mutating func result(of expression: JMESExpression, on value: JSONValue) throws(JMESPathError) -> JSONValue {
        let result = try search(expression, value)
        try takeSteps(ofAllIn: result)
        return result
    }

    // MARK: Limits

    mutating func take(steps count: Int) throws(JMESPathError) {
        steps -= count
        if steps < 0 {
            throw JMESPathError(.costExceeded, "the search needs more than the \(limits.steps) steps that it may use")
        }
    }

    mutating func take(bytes count: Int) throws(JMESPathError) {
        bytes -= count
        if bytes < 0 {
            throw JMESPathError(
                .costExceeded, "the search makes more than the \(limits.bytes) bytes of text that it may")
        }
    }

    mutating func takeSteps(ofAllIn value: JSONValue) throws(JMESPathError) {
        try take(steps: 1)
        switch value {
        case .array(let elements): for element in elements { try takeSteps(ofAllIn: element) }
        case .object(let members): for member in members.values { try takeSteps(ofAllIn: member) }
        default: break
        }
    }

    // MARK: Evaluation

    mutating func search(_ expression: JMESExpression, _ value: JSONValue) throws(JMESPathError) -> JSONValue {
        try take(steps: 1)
        switch expression.form {
        case .field(let name): return value[name] ?? .null
        case .current: return value
        case .literal(let literal): return literal
        case .index(let index):
            guard let elements = value.array else { return .null }
            let place = index < 0 ? elements.count + index : index
            return elements.indices.contains(place) ? elements[place] : .null
        case .slice(let start, let stop, let step):
            guard let elements = value.array else { return .null }
            try take(steps: elements.count)
            return .array(Self.slice(elements, start, stop, step))
        case .chain(let left, let right): return try search(right, try search(left, value))
        case .projection(let left, let right):
            guard let elements = try search(left, value).array else { return .null }
            return try project(elements, right)
        case .valueProjection(let left, let right):
            guard let members = try search(left, value).object else { return .null }
            return try project(Self.sorted(members).map(\.value), right)
        case .filterProjection(let left, let right, let condition):
            guard let elements = try search(left, value).array else { return .null }
            var kept: [JSONValue] = []
            for element in elements where Self.isTrue(try search(condition, element)) { kept.append(element) }
            return try project(kept, right)
        case .flatten(let operand):
            guard let elements = try search(operand, value).array else { return .null }
            return .array(try flatten(elements))
        case .list(let parts):
            if value == .null { return .null }
            var elements: [JSONValue] = []
            for part in parts { elements.append(try search(part, value)) }
            return .array(elements)
        case .hash(let parts):
            if value == .null { return .null }
            var members: [String: JSONValue] = [:]
            for part in parts { members[part.key] = try search(part.value, value) }
            return .object(members)
        case .or(let left, let right):
            let first = try search(left, value)
            return Self.isTrue(first) ? first : try search(right, value)
        case .and(let left, let right):
            let first = try search(left, value)
            return Self.isTrue(first) ? try search(right, value) : first
        case .not(let operand): return .bool(!Self.isTrue(try search(operand, value)))
        case .comparison(let comparison, let left, let right):
            return try compare(comparison, try search(left, value), try search(right, value))
        case .function(let function, let arguments): return try call(function, arguments, on: value)
        // The parser only lets references stand as arguments, and functions take them apart.
        case .reference: return .null
        }
    }

    /// `expression` on each of `elements`, without the nulls.
    private mutating func project(
        _ elements: [JSONValue], _ expression: JMESExpression
    ) throws(JMESPathError) -> JSONValue {
        var results: [JSONValue] = []
        for element in elements {
            let result = try search(expression, element)
            if result != .null { results.append(result) }
        }
        return .array(results)
    }

    private mutating func flatten(_ elements: [JSONValue]) throws(JMESPathError) -> [JSONValue] {
        var results: [JSONValue] = []
        for element in elements {
            guard case .array(let inner) = element else {
                results.append(element)
                continue
            }
            try take(steps: inner.count)
            results += inner
        }
        return results
    }

    /// Python's slices, which the language adopts: ends outside the list are moved to it, negative ones count from its end.
    private static func slice(_ elements: [JSONValue], _ start: Int?, _ stop: Int?, _ step: Int) -> [JSONValue] {
        let count = elements.count
        let lowest = step > 0 ? 0 : -1
        let highest = step > 0 ? count : count - 1
        func place(_ index: Int) -> Int { min(max(index < 0 ? index + count : index, lowest), highest) }
        var current = start.map(place) ?? (step > 0 ? lowest : highest)
        let end = stop.map(place) ?? (step > 0 ? highest : lowest)
        var results: [JSONValue] = []
        while step > 0 ? current < end : current > end {
            results.append(elements[current])
            let (next, overflow) = current.addingReportingOverflow(step)
            guard !overflow else { break }
            current = next
        }
        return results
    }

    /// The members in the order of their names.
    static func sorted(_ members: [String: JSONValue]) -> [(key: String, value: JSONValue)] {
        members.sorted { $0.key.precedesInScalars($1.key) }
    }

    /// Null, false and everything empty count as false; zero does not.
    static func isTrue(_ value: JSONValue) -> Bool {
        switch value {
        case .null: false
        case .bool(let flag): flag
        case .int, .double: true
        case .string(let text): !text.isEmpty
        case .array(let elements): !elements.isEmpty
        case .object(let members): !members.isEmpty
        }
    }

    // MARK: Comparison

    private mutating func compare(
        _ comparison: JMESComparison, _ left: JSONValue, _ right: JSONValue
    ) throws(JMESPathError) -> JSONValue {
        switch comparison {
        case .equal: return .bool(try areEqual(left, right))
        case .notEqual: return .bool(try !areEqual(left, right))
        default: break
        }
        // Order is for numbers only; all else gives null.
        guard let order = Self.order(left, right) else { return .null }
        switch comparison {
        case .less: return .bool(order < 0)
        case .lessOrEqual: return .bool(order <= 0)
        case .greater: return .bool(order > 0)
        default: return .bool(order >= 0)
        }
    }

    /// Below zero, zero or above, as `left` is to `right`; nil unless both are numbers.
    static func order(_ left: JSONValue, _ right: JSONValue) -> Int? {
        switch (left, right) {
        case (.int(let left), .int(let right)): return left < right ? -1 : left == right ? 0 : 1
        default:
            guard let left = left.double, let right = right.double else { return nil }
            return left < right ? -1 : left == right ? 0 : 1
        }
    }

    /// Whether two values are equal: numbers by value, strings by their scalars.
    mutating func areEqual(_ left: JSONValue, _ right: JSONValue) throws(JMESPathError) -> Bool {
        try take(steps: 1)
        switch (left, right) {
        case (.null, .null): return true
        case (.bool(let left), .bool(let right)): return left == right
        case (.string(let left), .string(let right)): return left.hasSameScalars(as: right)
        case (.array(let left), .array(let right)):
            guard left.count == right.count else { return false }
            for (left, right) in zip(left, right) where try !areEqual(left, right) { return false }
            return true
        case (.object(let left), .object(let right)):
            guard left.count == right.count else { return false }
            for (name, value) in left {
                guard let other = right[name], try areEqual(value, other) else { return false }
            }
            return true
        default: return Self.order(left, right) == 0
        }
    }
}
