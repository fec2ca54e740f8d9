import AuspexSignals

extension CELEvaluator {
    /// `operand.field`. On an optional: the optional field, absent if either is.
    mutating func select(_ operand: CELValue, _ field: String) throws(CELError) -> CELValue {
        switch operand {
        case .map(let map):
            try budget.take(bytes: field.utf8.count)
            guard let value = map[name: field] else { throw missing(.string(field), in: map) }
            return value
        case .optional: return try optionalSelect(operand, field)
        default: throw CELError(.noSuchOverload, "\(operand.type.withArticle) has no fields, so none called '\(field)'")
        }
    }

    mutating func optionalSelect(_ operand: CELValue, _ field: String) throws(CELError) -> CELValue {
        switch operand {
        case .map(let map):
            try budget.take(bytes: field.utf8.count)
            return .optional(map[name: field])
        case .optional(nil): return operand
        case .optional(let wrapped?): return try optionalSelect(wrapped, field)
        default: throw CELError(.noSuchOverload, "\(operand.type.withArticle) has no fields, so none called '\(field)'")
        }
    }

    mutating func has(_ operand: CELValue, _ field: String) throws(CELError) -> CELValue {
        guard case .optional(let wrapped) = try optionalSelect(operand, field) else { return .bool(false) }
        return .bool(wrapped != nil)
    }

    /// `operand[key]`. On an optional: the optional element, absent if either is.
    mutating func index(_ operand: CELValue, _ key: CELValue) throws(CELError) -> CELValue {
        switch operand {
        case .list(let elements):
            let place = try self.place(key)
            guard let place, elements.indices.contains(place) else {
                let count = elements.count
                throw CELError(
                    .invalidArgument, "the list has \(count) elements, indexes 0 to \(count - 1), but not \(shown(key))"
                )
            }
            return elements[place]
        case .map(let map):
            try budget.takeSize(of: key)
            guard let value = map[key] else { throw missing(key, in: map) }
            return value
        case .optional: return try optionalIndex(operand, key)
        default: throw CELError(.noSuchOverload, "\(operand.type.withArticle) can't be indexed")
        }
    }

    mutating func optionalIndex(_ operand: CELValue, _ key: CELValue) throws(CELError) -> CELValue {
        switch operand {
        case .list(let elements):
            let place = try self.place(key)
            return .optional(place.flatMap { elements.indices.contains($0) ? elements[$0] : nil })
        case .map(let map):
            try budget.takeSize(of: key)
            return .optional(map[key])
        case .optional(nil): return operand
        case .optional(let wrapped?): return try optionalIndex(wrapped, key)
        default: throw CELError(.noSuchOverload, "\(operand.type.withArticle) can't be indexed")
        }
    }

    /// The index that a number stands for; nil when it is none.
    private func place(_ key: CELValue) throws(CELError) -> Int? {
        switch key {
        case .int(let number): return Int(exactly: number)
        case .uint(let number): return Int(exactly: number)
        case .double(let number): return Int(exactly: number)
        default: throw CELError(.invalidArgument, "a list is indexed with a whole number, not \(key.type.withArticle)")
        }
    }

    private mutating func missing(_ key: CELValue, in map: CELMap) -> CELError {
        var hint = ""
        // Finding the nearest name costs more than the rest of a small evaluation, so it is left out for large maps, and
        // after the first few of the errors that a macro may absorb.
        if case .string(let name) = key, map.count <= Self.mostKeysForHint, hintsLeft > 0 {
            hintsLeft -= 1
            let names = map.entries.compactMap { if case .string(let name) = $0.key { name } else { nil } }
            hint = nearestName(to: name, among: names).map { "; did you mean '\($0)'?" } ?? ""
        }
        let shown = shown(key)
        return CELError(.noSuchKey, "no key \(shown) in the map\(hint)")
    }

    private static let mostKeysForHint = 32

    private func shown(_ key: CELValue) -> String {
        switch key {
        case .string(let name): "'\(name.prefix(80))'"
        case .int(let number): "\(number)"
        case .uint(let number): "\(number)"
        case .double(let number): CELText.string(number)
        case .bool(let flag): "\(flag)"
        default: "that is \(key.type.withArticle)"
        }
    }

    // MARK: Literals

    mutating func optionalList(_ first: Int32, _ count: Int32) throws(CELError) -> CELValue {
        var values: [CELValue] = []
        for element in 0..<count {
            let place = Int(first + 2 * element)
            let value = try value(code.children[place + 1])
            if let value = code.children[place] == 1 ? try unwrapped(value) : value { values.append(value) }
        }
        return .list(CELList(values))
    }

    mutating func map(_ first: Int32, _ count: Int32) throws(CELError) -> CELValue {
        var map = CELMap()
        for entry in 0..<count {
            let place = Int(first + 3 * entry)
            let key = try value(code.children[place + 1])
            var value = try value(code.children[place + 2])
            if code.children[place] == 1 {
                guard let present = try unwrapped(value) else { continue }
                value = present
            }
            try insert(value, at: key, into: &map)
        }
        return .map(map)
    }

    mutating func insert(_ value: CELValue, at key: CELValue, into map: inout CELMap) throws(CELError) {
        guard CELMap.isKey(key) else {
            throw CELError(
                .noSuchOverload, "a map's keys are bools, whole numbers or strings, not \(key.type.withArticle)")
        }
        try budget.takeSize(of: key)
        guard map.insert(value, at: key) else {
            throw CELError(.invalidArgument, "the map has the key \(shown(key)) twice")
        }
    }

    mutating func message(_ type: CELMessageType, _ first: Int32, _ count: Int32) throws(CELError) -> CELValue {
        var fields: [String: CELValue] = [:]
        for field in 0..<count {
            let place = Int(first + 3 * field)
            var value = try value(code.children[place + 2])
            if code.children[place] == 1 {
                guard let present = try unwrapped(value) else { continue }
                value = present
            }
            fields[code.names[Int(code.children[place + 1])]] = value
        }
        return try type.make(fields)
    }

    /// What an optional holds; nil if it is absent.
    func unwrapped(_ value: CELValue) throws(CELError) -> CELValue? {
        guard case .optional(let wrapped) = value else {
            throw CELError(.noSuchOverload, "'?' needs an optional, not \(value.type.withArticle)")
        }
        return wrapped
    }

    // MARK: Optionals

    mutating func optionalOr(_ left: NodeID, _ right: NodeID) throws(CELError) -> CELValue {
        let left = try value(left)
        guard case .optional(let wrapped) = left else { throw .noOverload("or", left) }
        if wrapped != nil { return left }
        let right = try value(right)
        guard case .optional = right else { throw .noOverload("or", left, right) }
        return right
    }

    mutating func optionalOrValue(_ left: NodeID, _ right: NodeID) throws(CELError) -> CELValue {
        let left = try value(left)
        guard case .optional(let wrapped) = left else { throw .noOverload("orValue", left) }
        if let wrapped { return wrapped }
        return try value(right)
    }

    mutating func optionalMap(
        _ slot: Int32, _ operand: NodeID, _ body: NodeID, _ isFlat: Bool
    ) throws(CELError) -> CELValue {
        let operand = try value(operand)
        guard case .optional(let wrapped) = operand else { throw .noOverload("optMap", operand) }
        guard let wrapped else { return operand }
        locals[Int(slot)] = wrapped
        let result = try value(body)
        guard isFlat else { return .optional(result) }
        guard case .optional = result else { throw .noOverload("optFlatMap", result) }
        return result
    }
}
