import AuspexExpressions

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension PromQLConverter {
    /// What an operator makes of both sides; `offset` is its place.
    static func operand(_ binary: PromQLBinary, at offset: Int) throws(ImportObstacle) -> Operand {
        if let matching = binary.matching {
            let reason =
                "'\(matching.text)' matches series by some of their labels, and a condition looks at one series at a time"
            throw binary.name == .and && matching.text == "on"
                ? .joined(reason, at: matching.offset) : .computed(reason, at: matching.offset)
        }
        let (left, right) = (try operand(binary.left), try operand(binary.right))
        switch (left, right) {
        case (.number(let left), .number(let right)):
            return .number(try folded(binary, left, right, at: offset))
        case (.series(let left), .series(let right)):
            return .series(try joined(binary, left, right, at: offset))
        case (.series(let filter), .number(let number)):
            return .series(try applied(binary, filter, number, isReversed: false, at: offset))
        case (.number(let number), .series(let filter)):
            return .series(try applied(binary, filter, number, isReversed: true, at: offset))
        }
    }

    // MARK: Series and a number

    private static func applied(
        _ binary: PromQLBinary, _ filter: SeriesFilter, _ number: Double, isReversed: Bool, at offset: Int
    ) throws(ImportObstacle) -> SeriesFilter {
        guard !binary.name.isSetOperator else { throw setOfNumbers(binary.name, at: offset) }
        if let bool = binary.boolOffset {
            throw .computed(
                "'bool' makes 0 or 1 of a comparison, either of which keeps the alert active", at: bool)
        }
        if let comparison = comparison(isReversed ? binary.name.mirrored : binary.name) {
            if number.isNaN {
                let holds = comparison == .notEqual ? "always holds" : "never holds"
                throw ImportObstacle(reason: "a comparison with NaN \(holds)", offset: offset)
            }
            return filter.comparing(comparison, number)
        }
        guard let operation = arithmetic(binary.name) else {
            throw .computed("rules have no '\(binary.name.rawValue)' between a series and a number", at: offset)
        }
        guard !number.isNaN else { throw ImportObstacle(reason: "the result is always NaN", offset: offset) }
        return filter.computing(operation, number, isReversed: isReversed)
    }

    private static func comparison(_ name: PromQLOperator) -> CELSyntax.Binary? {
        switch name {
        case .equal: .equal
        case .notEqual: .notEqual
        case .less: .less
        case .lessOrEqual: .lessOrEqual
        case .greater: .greater
        case .greaterOrEqual: .greaterOrEqual
        default: nil
        }
    }

    private static func arithmetic(_ name: PromQLOperator) -> CELSyntax.Binary? {
        switch name {
        case .add: .add
        case .subtract: .subtract
        case .multiply: .multiply
        case .divide: .divide
        default: nil
        }
    }

    // MARK: Series and series

    private static func joined(
        _ binary: PromQLBinary, _ left: SeriesFilter, _ right: SeriesFilter, at offset: Int
    ) throws(ImportObstacle) -> SeriesFilter {
        let name = binary.name.rawValue
        guard binary.name.isSetOperator else {
            throw .computed(
                "'\(name)' pairs the series of both sides, and a condition looks at one series at a time", at: offset)
        }
        // All labels but the metric's name are compared, so only within one metric does each series meet itself.
        guard left.isAboutMetric(of: right) else {
            let reason = "'\(name)' pairs series of different metrics, and a condition looks at one series at a time"
            switch binary.name {
            case .and: throw .joined(reason, at: offset)
            case .or: throw ImportObstacle(reason: "\(reason); make an alert of each side", offset: offset)
            default: throw .computed(reason, at: offset)
            }
        }
        switch binary.name {
        case .and: return left.and(right)
        case .or:
            guard left.value == right.value else {
                let reason = "'or' lets different values through on its two sides; make an alert of each side"
                throw ImportObstacle(reason: reason, offset: offset)
            }
            return left.or(right)
        default:
            guard let filter = left.unless(right) else {
                throw ImportObstacle(reason: "'unless' takes away all that its left side lets through", offset: offset)
            }
            return filter
        }
    }

    // MARK: Numbers

    private static func folded(
        _ binary: PromQLBinary, _ left: Double, _ right: Double, at offset: Int
    ) throws(ImportObstacle) -> Double {
        switch binary.name {
        case .add: return left + right
        case .subtract: return left - right
        case .multiply: return left * right
        case .divide: return left / right
        case .remainder: return fmod(left, right)
        case .power: return pow(left, right)
        case .atan2: return atan2(left, right)
        case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual:
            guard binary.boolOffset != nil else {
                throw ImportObstacle(reason: "PromQL compares two numbers only with 'bool'", offset: offset)
            }
            return compared(binary.name, left, right) ? 1 : 0
        case .and, .or, .unless:
            throw setOfNumbers(binary.name, at: offset)
        }
    }

    private static func setOfNumbers(_ name: PromQLOperator, at offset: Int) -> ImportObstacle {
        ImportObstacle(reason: "'\(name.rawValue)' is between series, not numbers", offset: offset)
    }

    private static func compared(_ name: PromQLOperator, _ left: Double, _ right: Double) -> Bool {
        switch name {
        case .equal: left == right
        case .notEqual: left != right
        case .less: left < right
        case .lessOrEqual: left <= right
        case .greater: left > right
        default: left >= right
        }
    }
}
