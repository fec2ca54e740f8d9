extension CELEvaluator {
    mutating func comprehension(_ comprehension: CELCode.Comprehension) throws(CELError) -> CELValue {
        let range = try value(comprehension.range)
        switch comprehension.kind {
        case .all: return try quantified(comprehension, over: range, stopAt: false)
        case .exists: return try quantified(comprehension, over: range, stopAt: true)
        case .existsOne:
            var count = 0
            try forEach(comprehension, in: range) { evaluator, _ throws(CELError) in
                if try evaluator.condition(comprehension) { count += 1 }
                return true
            }
            return .bool(count == 1)
        case .list:
            var results: [CELValue] = []
            try forEach(comprehension, in: range) { evaluator, _ throws(CELError) in
                guard try evaluator.condition(comprehension) else { return true }
                let isFilter = comprehension.result < 0
                results.append(
                    isFilter
                        ? evaluator.locals[Int(comprehension.slot)] : try evaluator.value(comprehension.result))
                return true
            }
            return .list(CELList(results))
        case .map:
            var map = CELMap()
            try forEach(comprehension, in: range) { evaluator, key throws(CELError) in
                guard try evaluator.condition(comprehension) else { return true }
                try evaluator.insert(try evaluator.value(comprehension.result), at: key, into: &map)
                return true
            }
            return .map(map)
        case .entries:
            var map = CELMap()
            try forEach(comprehension, in: range) { evaluator, _ throws(CELError) in
                guard try evaluator.condition(comprehension) else { return true }
                let result = try evaluator.value(comprehension.result)
                guard case .map(let more) = result else { throw .noOverload("transformMapEntry", result) }
                for (key, value) in more.entries {
                    try evaluator.budget.takeStep()
                    try evaluator.insert(value, at: key, into: &map)
                }
                return true
            }
            return .map(map)
        }
    }

    /// `all` and `exists`: one element with the truth `stopAt` decides, whatever errors others give.
    private mutating func quantified(
        _ comprehension: CELCode.Comprehension, over range: CELValue, stopAt: Bool
    ) throws(CELError) -> CELValue {
        var failure: CELError?
        var isDecided = false
        try forEach(comprehension, in: range) { evaluator, _ throws(CELError) in
            let truth = try evaluator.truth(stopAt ? "exists" : "all", comprehension.condition, &failure)
            isDecided = truth == stopAt
            return !isDecided
        }
        if isDecided { return .bool(stopAt) }
        if let failure { throw failure }
        return .bool(!stopAt)
    }

    // MARK: Blocks

    /// Evaluates the parts once and in their order, so that none waits on the stack for another.
    mutating func block(
        _ slot: Int32, _ first: Int32, _ count: Int32, _ body: NodeID
    ) throws(CELError) -> CELValue {
        for part in 0..<count {
            do throws(CELError) {
                locals[Int(slot + part)] = try value(code.children[Int(first + part)])
                partFailures[slot + part] = nil
            } catch {
                guard error.isAbsorbable else { throw error }
                partFailures[slot + part] = error
            }
        }
        return try value(body)
    }

    func blockPart(_ slot: Int32) throws(CELError) -> CELValue {
        if let failure = partFailures[slot] { throw failure }
        return locals[Int(slot)]
    }

    // MARK: Rounds

    private mutating func condition(_ comprehension: CELCode.Comprehension) throws(CELError) -> Bool {
        guard comprehension.condition >= 0 else { return true }
        guard case .bool(let flag) = try value(comprehension.condition) else {
            throw notBool("filter", comprehension.condition)
        }
        return flag
    }

    /// Sets the variables to each element in turn and calls `body` with the index or key until it returns false.
    private mutating func forEach(
        _ comprehension: CELCode.Comprehension, in range: CELValue,
        _ body: (inout CELEvaluator, CELValue) throws(CELError) -> Bool
    ) throws(CELError) {
        let hasTwo = comprehension.secondSlot >= 0
        switch range {
        case .list(let elements):
            for (index, element) in elements.enumerated() {
                try budget.takeIteration()
                let place = CELValue.int(Int64(index))
                locals[Int(comprehension.slot)] = hasTwo ? place : element
                if hasTwo { locals[Int(comprehension.secondSlot)] = element }
                guard try body(&self, place) else { return }
            }
        case .map(let map):
            for (key, value) in map.entries {
                try budget.takeIteration()
                locals[Int(comprehension.slot)] = key
                if hasTwo { locals[Int(comprehension.secondSlot)] = value }
                guard try body(&self, key) else { return }
            }
        default:
            throw CELError(.noSuchOverload, "a macro goes over a list or a map, not \(range.type.withArticle)")
        }
    }
}
