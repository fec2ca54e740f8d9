import Foundation

/// `"%s took %.1f s".format([name, seconds])`, as the reference implementations' extension has it.
enum CELFormat {
    static let functions: [CELFunction] = [.budgeted("format", .member, 2...2, .string, format)]

    /// Decimals that may be asked for: more than any double has.
    private static let mostDecimals = 1_000
    private static let standardDecimals = 6

    @Sendable private static func format(
        _ arguments: [CELValue], _ budget: inout CELBudget
    ) throws(CELError) -> CELValue {
        guard case .string(let pattern) = arguments[0], case .list(let values) = arguments[1] else {
            throw .noOverload("format", arguments[0], arguments[1])
        }
        var result = String.UnicodeScalarView()
        var next = 0
        var scalars = Array(pattern.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            guard scalar == "%" else {
                result.append(scalar)
                continue
            }
            if scalars.first == "%" {
                result.append("%")
                scalars.removeFirst()
                continue
            }
            let decimals = try self.decimals(&scalars)
            guard let letter = scalars.popFirst() else {
                throw CELError(.invalidArgument, "the format ends with a single '%'; a percent sign is '%%'")
            }
            guard next < values.count else {
                throw CELError(.invalidArgument, "the format asks for more than the \(values.count) values given")
            }
            let text = try clause(letter, values[next], decimals, &budget)
            try budget.take(bytes: text.utf8.count)
            result.append(contentsOf: text.unicodeScalars)
            next += 1
        }
        return .string(String(result))
    }

    private static func decimals(_ scalars: inout ArraySlice<Unicode.Scalar>) throws(CELError) -> Int? {
        guard scalars.first == "." else { return nil }
        scalars.removeFirst()
        let digits = scalars.prefix { ("0"..."9").contains($0) }
        scalars = scalars.dropFirst(digits.count)
        guard let number = Int(String(String.UnicodeScalarView(digits))), number <= mostDecimals else {
            throw CELError(.invalidArgument, "'%.' in a format is followed by a number up to \(mostDecimals)")
        }
        return number
    }

    private static func clause(
        _ letter: Unicode.Scalar, _ value: CELValue, _ decimals: Int?, _ budget: inout CELBudget
    ) throws(CELError) -> String {
        switch letter {
        case "s": return try text(value, &budget)
        case "d":
            switch value {
            case .int, .uint, .double: return try text(value, &budget)
            default: throw wrong("d", "numbers", value)
            }
        case "f", "e": return try decimalText(letter, value, decimals ?? standardDecimals)
        case "b":
            if case .bool(let flag) = value { return flag ? "1" : "0" }
            return try whole(value, radix: 2, "b", "whole numbers and bools")
        case "o": return try whole(value, radix: 8, "o", "whole numbers")
        case "x": return try hexadecimal(value)
        case "X": return try hexadecimal(value).uppercased()
        default:
            throw CELError(
                .invalidArgument, "'%\(letter)' is no clause of a format; there are %s %d %f %e %b %o %x %X")
        }
    }

    private static func wrong(_ letter: String, _ wanted: String, _ value: CELValue) -> CELError {
        CELError(.noSuchOverload, "'%\(letter)' formats \(wanted), not \(value.type.withArticle)")
    }

    private static func decimalText(
        _ letter: Unicode.Scalar, _ value: CELValue, _ decimals: Int
    ) throws(CELError) -> String {
        let number: Double
        switch value {
        case .double(let double): number = double
        case .int(let int): number = Double(int)
        case .uint(let uint): number = Double(uint)
        default: throw wrong(String(letter), "numbers", value)
        }
        guard number.isFinite else { return CELText.string(number) }
        return String(format: letter == "f" ? "%.*f" : "%.*e", decimals, number)
    }

    private static func whole(
        _ value: CELValue, radix: Int, _ letter: String, _ wanted: String
    ) throws(CELError) -> String {
        switch value {
        case .int(let number): String(number, radix: radix)
        case .uint(let number): String(number, radix: radix)
        default: throw wrong(letter, wanted, value)
        }
    }

    private static func hexadecimal(_ value: CELValue) throws(CELError) -> String {
        switch value {
        case .string(let text): CELText.hexadecimal(text.utf8)
        case .bytes(let bytes): CELText.hexadecimal(bytes)
        default: try whole(value, radix: 16, "x", "whole numbers, bytes and strings")
        }
    }

    /// The value as `%s` shows it; maps in the order of their keys' texts.
    private static func text(_ value: CELValue, _ budget: inout CELBudget) throws(CELError) -> String {
        try budget.takeStep()
        switch value {
        case .null: return "null"
        case .bool(let flag): return flag ? "true" : "false"
        case .int(let number): return String(number)
        case .uint(let number): return String(number)
        case .double(let number): return CELText.string(number)
        case .string(let text):
            try budget.take(bytes: text.utf8.count)
            return text
        case .bytes(let bytes):
            try budget.take(bytes: bytes.count)
            return String(decoding: bytes, as: UTF8.self)
        case .list(let elements):
            var parts: [String] = []
            for element in elements { parts.append(try text(element, &budget)) }
            return "[" + parts.joined(separator: ", ") + "]"
        case .map(let map):
            var parts: [(key: String, value: String)] = []
            for (key, value) in map.entries { parts.append((try text(key, &budget), try text(value, &budget))) }
            parts.sort { $0.key.precedesInScalars($1.key) }
            return "{" + parts.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}"
        case .timestamp(let moment): return moment.description
        case .duration(let span): return span.description
        case .address(let address): return address.description
        case .network(let network): return network.description
        case .type(let type): return type.name
        case .optional: throw wrong("s", "values", value)
        }
    }
}
