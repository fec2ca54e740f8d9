import AuspexSignals

extension JMESEvaluator {
    mutating func call(
        _ function: JMESFunction, _ arguments: [JMESExpression], on value: JSONValue
    ) throws(JMESPathError) -> JSONValue {
        switch function {
        case .map, .maxBy, .minBy, .sortBy: return try callWithReference(function, arguments, on: value)
        default: break
        }
        var values: [JSONValue] = []
        for argument in arguments {
            if case .reference = argument.form {
                throw JMESPathError(.invalidType, "\(function.rawValue)() takes values, not an expression with '&'")
            }
            values.append(try search(argument, value))
        }
        return try call(function, values)
    }

    private mutating func call(_ function: JMESFunction, _ values: [JSONValue]) throws(JMESPathError) -> JSONValue {
        let first = values[0]
        switch function {
        case .abs: return try absolute(first)
        case .ceil: return try round(function, first, .up)
        case .floor: return try round(function, first, .down)
        case .avg: return try average(first)
        case .sum: return try sum(first)
        case .contains: return .bool(try contains(first, values[1]))
        case .startsWith: return .bool(try text(function, first).startsWithScalars(of: try text(function, values[1])))
        case .endsWith: return .bool(try text(function, first).endsWithScalars(of: try text(function, values[1])))
        case .join: return try join(first, values[1])
        case .keys: return .array(Self.sorted(try members(function, first)).map { .string($0.key) })
        case .values: return .array(Self.sorted(try members(function, first)).map(\.value))
        case .length: return try length(first)
        case .max: return try extreme(function, first) { $0 > 0 }
        case .min: return try extreme(function, first) { $0 < 0 }
        case .merge:
            var merged: [String: JSONValue] = [:]
            for value in values {
                let members = try members(function, value)
                try take(steps: members.count)
                merged.merge(members) { $1 }
            }
            return .object(merged)
        case .notNull: return values.first { $0 != .null } ?? .null
        case .reverse:
            if case .string(let text) = first {
                try take(bytes: text.utf8.count)
                return .string(String(String.UnicodeScalarView(text.unicodeScalars.reversed())))
            }
            return .array(try elements(function, first, orText: true).reversed())
        case .sort: return .array(try sorted(function, try elements(function, first)) { $0 })
        case .toArray: return first.array == nil ? .array([first]) : first
        case .toNumber: return Self.number(first)
        case .toString:
            if case .string = first { return first }
            try takeSteps(ofAllIn: first)
            let text = first.canonicalText
            try take(bytes: text.utf8.count)
            return .string(text)
        case .type: return .string(Self.typeName(first))
        case .map, .maxBy, .minBy, .sortBy: return .null
        }
    }

    // MARK: Arguments

    static func typeName(_ value: JSONValue) -> String {
        switch value {
        case .null: "null"
        case .bool: "boolean"
        case .int, .double: "number"
        case .string: "string"
        case .array: "array"
        case .object: "object"
        }
    }

    private func wrongType(_ function: JMESFunction, _ wanted: String, _ value: JSONValue) -> JMESPathError {
        JMESPathError(.invalidType, "\(function.rawValue)() takes \(wanted), not \(Self.typeName(value))")
    }

    private func text(_ function: JMESFunction, _ value: JSONValue) throws(JMESPathError) -> String {
        guard case .string(let text) = value else { throw wrongType(function, "a string", value) }
        return text
    }

    private mutating func elements(
        _ function: JMESFunction, _ value: JSONValue, orText: Bool = false
    ) throws(JMESPathError) -> [JSONValue] {
        guard case .array(let elements) = value else {
            throw wrongType(function, orText ? "an array or a string" : "an array", value)
        }
        try take(steps: elements.count)
        return elements
    }

    private func members(_ function: JMESFunction, _ value: JSONValue) throws(JMESPathError) -> [String: JSONValue] {
        guard case .object(let members) = value else { throw wrongType(function, "an object", value) }
        return members
    }

    // MARK: Numbers

    private func absolute(_ value: JSONValue) throws(JMESPathError) -> JSONValue {
        switch value {
        case .int(let number): number == .min ? .double(Double(number.magnitude)) : .int(Swift.abs(number))
        case .double(let number): .double(number.magnitude)
        default: throw wrongType(.abs, "a number", value)
        }
    }

    private func round(
        _ function: JMESFunction, _ value: JSONValue, _ rule: FloatingPointRoundingRule
    ) throws(JMESPathError) -> JSONValue {
        switch value {
        case .int: return value
        case .double(let number):
            let whole = number.rounded(rule)
            return Int64(exactly: whole).map(JSONValue.int) ?? .double(whole)
        default: throw wrongType(function, "a number", value)
        }
    }

    private mutating func sum(_ value: JSONValue) throws(JMESPathError) -> JSONValue {
        var whole: Int64? = 0
        var total = 0.0
        for element in try elements(.sum, value) {
            guard let number = element.double else { throw wrongType(.sum, "an array of numbers", element) }
            total += number
            if case .int(let int) = element, let sum = whole?.addingReportingOverflow(int), !sum.overflow {
                whole = sum.partialValue
            } else {
                whole = nil
            }
        }
        return whole.map(JSONValue.int) ?? .double(total)
    }

    private mutating func average(_ value: JSONValue) throws(JMESPathError) -> JSONValue {
        let elements = try elements(.avg, value)
        guard !elements.isEmpty else { return .null }
        var total = 0.0
        for element in elements {
            guard let number = element.double else { throw wrongType(.avg, "an array of numbers", element) }
            total += number
        }
        return .double(total / Double(elements.count))
    }

    /// A number as it is, a string read as one, null for all else.
    private static func number(_ value: JSONValue) -> JSONValue {
        switch value {
        case .int, .double: return value
        case .string(let text):
            // Swift's reader also takes hexadecimal digits, nan and inf, which JSON doesn't have.
            guard text.utf8.allSatisfy({ $0.isDigit || "+-.eE".utf8.contains($0) }) else { return .null }
            return Int64(text).map(JSONValue.int) ?? Double(text).map(JSONValue.double) ?? .null
        default: return .null
        }
    }

    // MARK: Strings and lists

    private func length(_ value: JSONValue) throws(JMESPathError) -> JSONValue {
        switch value {
        case .string(let text): .int(Int64(text.unicodeScalars.count))
        case .array(let elements): .int(Int64(elements.count))
        case .object(let members): .int(Int64(members.count))
        default: throw wrongType(.length, "a string, an array or an object", value)
        }
    }

    private mutating func contains(_ value: JSONValue, _ part: JSONValue) throws(JMESPathError) -> Bool {
        if case .string(let text) = value {
            guard case .string(let part) = part else { return false }
            return text.containsScalars(of: part)
        }
        for element in try elements(.contains, value, orText: true) where try areEqual(element, part) { return true }
        return false
    }

    private mutating func join(_ separator: JSONValue, _ value: JSONValue) throws(JMESPathError) -> JSONValue {
        let separator = try text(.join, separator)
        var parts: [String] = []
        for element in try elements(.join, value) {
            guard case .string(let part) = element else { throw wrongType(.join, "an array of strings", element) }
            try take(bytes: part.utf8.count + separator.utf8.count)
            parts.append(part)
        }
        return .string(parts.joined(separator: separator))
    }

    // MARK: Order

    private mutating func callWithReference(
        _ function: JMESFunction, _ arguments: [JMESExpression], on value: JSONValue
    ) throws(JMESPathError) -> JSONValue {
        let referencePlace = function == .map ? 0 : 1
        guard case .reference(let expression) = arguments[referencePlace].form else {
            throw JMESPathError(
                .invalidType,
                "argument \(referencePlace + 1) of \(function.rawValue)() is an expression written with '&', such as &name"
            )
        }
        if case .reference = arguments[1 - referencePlace].form {
            throw JMESPathError(.invalidType, "\(function.rawValue)() takes one expression with '&' only")
        }
        let elements = try elements(function, try search(arguments[1 - referencePlace], value))
        var keys: [JSONValue] = []
        for element in elements { keys.append(try search(expression, element)) }
        switch function {
        case .map: return .array(keys)
        case .sortBy: return .array(try sorted(function, Array(elements.indices)) { keys[$0] }.map { elements[$0] })
        default:
            let isBetter: (Int) -> Bool = function == .maxBy ? { $0 > 0 } : { $0 < 0 }
            return try best(function, keys, isBetter).map { elements[$0] } ?? .null
        }
    }

    private mutating func extreme(
        _ function: JMESFunction, _ value: JSONValue, _ isBetter: (Int) -> Bool
    ) throws(JMESPathError) -> JSONValue {
        let elements = try elements(function, value)
        return try best(function, elements, isBetter).map { elements[$0] } ?? .null
    }

    /// The place of the first best key; nil if there is none.
    private func best(
        _ function: JMESFunction, _ keys: [JSONValue], _ isBetter: (Int) -> Bool
    ) throws(JMESPathError) -> Int? {
        try checkComparable(function, keys)
        var best: Int?
        for place in keys.indices {
            guard let current = best else {
                best = place
                continue
            }
            if isBetter(Self.keyOrder(keys[place], keys[current])) { best = place }
        }
        return best
    }

    /// `items` in the order of their keys; equal ones stay in their order.
    private mutating func sorted<Item>(
        _ function: JMESFunction, _ items: [Item], key: (Item) -> JSONValue
    ) throws(JMESPathError) -> [Item] {
        let keys = items.map(key)
        try checkComparable(function, keys)
        try take(steps: items.count)
        let places = items.indices.sorted {
            let order = Self.keyOrder(keys[$0], keys[$1])
            return order < 0 || (order == 0 && $0 < $1)
        }
        return places.map { items[$0] }
    }

    /// Keys are all numbers or all strings.
    private func checkComparable(_ function: JMESFunction, _ keys: [JSONValue]) throws(JMESPathError) {
        guard let first = keys.first else { return }
        for key in keys {
            switch (first, key) {
            case (.string, .string), (.int, .int), (.int, .double), (.double, .int), (.double, .double): break
            default: throw wrongType(function, "numbers only or strings only", key)
            }
        }
    }

    private static func keyOrder(_ left: JSONValue, _ right: JSONValue) -> Int {
        if case .string(let left) = left, case .string(let right) = right {
            return left.precedesInScalars(right) ? -1 : right.precedesInScalars(left) ? 1 : 0
        }
        return order(left, right) ?? 0
    }
}
