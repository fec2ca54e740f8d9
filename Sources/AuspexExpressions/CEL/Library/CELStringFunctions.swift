/// The string functions beyond the language's definition, as the reference implementations' extension has them. Positions
/// count Unicode scalars.
enum CELStringFunctions {
    static let functions: [CELFunction] = [
        text("lowerAscii") { text in String(decoding: text.utf8.map(lower), as: UTF8.self) },
        text("upperAscii") { text in String(decoding: text.utf8.map(upper), as: UTF8.self) },
        text("trim", trimmed),
        text("reverse", reversed),
        .one("strings.quote", .global, .string) { value throws(CELError) -> CELValue in
            .string(CELText.quoted(try string(value, "strings.quote")))
        },
        .two("charAt", .member, .string, charAt),
        .budgeted("indexOf", .member, 2...3, .int, indexOf),
        .budgeted("lastIndexOf", .member, 2...3, .int, lastIndexOf),
        .budgeted("substring", .member, 2...3, .string, substring),
        .budgeted("replace", .member, 3...4, .string, replace),
        .budgeted("split", .member, 2...3, .list(of: .string), split),
        .budgeted("join", .member, 1...2, .string, join),
    ]

    private static func text(_ name: String, _ body: @escaping @Sendable (String) -> String) -> CELFunction {
        .one(name, .member, .string) { value throws(CELError) -> CELValue in
            .string(body(try string(value, name)))
        }
    }

    // MARK: Arguments

    private static func string(_ value: CELValue, _ name: String) throws(CELError) -> String {
        guard case .string(let text) = value else { throw .noOverload(name, value) }
        return text
    }

    private static func number(_ value: CELValue, _ name: String) throws(CELError) -> Int {
        guard case .int(let number) = value else { throw .noOverload(name, value) }
        return Int(number)
    }

    private static func outOfRange(_ index: Int, _ count: Int) -> CELError {
        CELError(.invalidArgument, "index \(index) lies outside the string, which has \(count) characters")
    }

    // MARK: Letters

    private static func lower(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte + 32 : byte
    }

    private static func upper(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) ? byte - 32 : byte
    }

    @Sendable private static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let last = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[first...last])
    }

    @Sendable private static func reversed(_ text: String) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.utf8.count)
        for scalar in text.unicodeScalars.reversed() { bytes.append(contentsOf: String(scalar).utf8) }
        return String(decoding: bytes, as: UTF8.self)
    }

    @Sendable private static func charAt(_ value: CELValue, _ index: CELValue) throws(CELError) -> CELValue {
        let scalars = try string(value, "charAt").unicodeScalars
        let index = try number(index, "charAt")
        let count = scalars.count
        guard (0...count).contains(index) else { throw outOfRange(index, count) }
        guard index < count else { return .string("") }
        return .string(String(scalars[scalars.index(scalars.startIndex, offsetBy: index)]))
    }

    // MARK: Places

    @Sendable private static func indexOf(
        _ arguments: [CELValue], _ budget: inout CELBudget
    ) throws(CELError) -> CELValue {
        let text = try string(arguments[0], "indexOf")
        let part = try string(arguments[1], "indexOf")
        let start = arguments.count == 3 ? try number(arguments[2], "indexOf") : 0
        let count = text.unicodeScalars.count
        guard (0...count).contains(start) else { throw outOfRange(start, count) }
        let scalars = text.unicodeScalars
        let from = text.utf8.distance(
            from: text.startIndex, to: scalars.index(scalars.startIndex, offsetBy: start))
        guard let offset = text.firstByteOffset(of: part, from: from) else { return .int(-1) }
        return .int(Int64(scalarCount(text, upTo: offset)))
    }

    @Sendable private static func lastIndexOf(
        _ arguments: [CELValue], _ budget: inout CELBudget
    ) throws(CELError) -> CELValue {
        let scalars = Array(try string(arguments[0], "lastIndexOf").unicodeScalars)
        let part = Array(try string(arguments[1], "lastIndexOf").unicodeScalars)
        let start = arguments.count == 3 ? try number(arguments[2], "lastIndexOf") : scalars.count
        guard (0...scalars.count).contains(start) else { throw outOfRange(start, scalars.count) }
        guard part.count <= scalars.count else { return .int(-1) }
        let last = min(start, scalars.count - part.count)
        // Compares at every place: the product of both lengths in the worst case.
        try budget.take(bytes: last + 1, times: part.count)
        for place in stride(from: last, through: 0, by: -1) where scalars[place...].starts(with: part) {
            return .int(Int64(place))
        }
        return .int(-1)
    }

    private static func scalarCount(_ text: String, upTo offset: Int) -> Int {
        text.utf8.prefix(offset).count { $0 & 0b1100_0000 != 0b1000_0000 }
    }

    @Sendable private static func substring(
        _ arguments: [CELValue], _ budget: inout CELBudget
    ) throws(CELError) -> CELValue {
        let scalars = try string(arguments[0], "substring").unicodeScalars
        let count = scalars.count
        let start = try number(arguments[1], "substring")
        let end = arguments.count == 3 ? try number(arguments[2], "substring") : count
        guard (0...count).contains(start) else { throw outOfRange(start, count) }
        guard (0...count).contains(end) else { throw outOfRange(end, count) }
        guard start <= end else {
            throw CELError(.invalidArgument, "a substring can't begin at \(start) and end at \(end)")
        }
        let first = scalars.index(scalars.startIndex, offsetBy: start)
        return .string(String(scalars[first..<scalars.index(first, offsetBy: end - start)]))
    }

    // MARK: Parts

    @Sendable private static func replace(
        _ arguments: [CELValue], _ budget: inout CELBudget
    ) throws(CELError) -> CELValue {
        let text = try string(arguments[0], "replace")
        let old = try string(arguments[1], "replace")
        let new = try string(arguments[2], "replace")
        let limit = arguments.count == 4 ? try number(arguments[3], "replace") : -1
        let parts = try pieces(of: text, between: old, limit: limit < 0 ? .max : limit, &budget)
        try budget.take(bytes: parts.count, times: new.utf8.count)
        return .string(parts.joined(separator: new))
    }

    @Sendable private static func split(
        _ arguments: [CELValue], _ budget: inout CELBudget
    ) throws(CELError) -> CELValue {
        let text = try string(arguments[0], "split")
        let separator = try string(arguments[1], "split")
        let limit = arguments.count == 3 ? try number(arguments[2], "split") : -1
        if limit == 0 { return .list([]) }
        if separator.isEmpty {
            try budget.take(elements: 2 * text.utf8.count)
            var scalars = text.unicodeScalars.map { String($0) }
            if limit > 0, scalars.count > limit {
                scalars = scalars.prefix(limit - 1) + [scalars.suffix(from: limit - 1).joined()]
            }
            return .list(CELList(scalars.map(CELValue.string)))
        }
        let parts = try pieces(of: text, between: separator, limit: limit < 0 ? .max : limit - 1, &budget)
        return .list(CELList(parts.map(CELValue.string)))
    }

    /// The pieces between the first `limit` occurrences of `separator`. An empty one occurs before every scalar and at the
    /// end.
    private static func pieces(
        of text: String, between separator: String, limit: Int, _ budget: inout CELBudget
    ) throws(CELError) -> [String] {
        guard limit > 0 else { return [text] }
        if separator.isEmpty {
            try budget.take(elements: text.utf8.count)
            let scalars = text.unicodeScalars.map { String($0) }
            guard scalars.count >= limit else { return [""] + scalars + [""] }
            return [""] + scalars.prefix(limit - 1) + [scalars.suffix(from: limit - 1).joined()]
        }
        var pieces: [String] = []
        var start = 0
        let bytes = Array(text.utf8)
        while pieces.count < limit, let place = text.firstByteOffset(of: separator, from: start) {
            try budget.take(elements: 2)
            pieces.append(String(decoding: bytes[start..<place], as: UTF8.self))
            start = place + separator.utf8.count
        }
        pieces.append(String(decoding: bytes[start...], as: UTF8.self))
        return pieces
    }

    @Sendable private static func join(
        _ arguments: [CELValue], _ budget: inout CELBudget
    ) throws(CELError) -> CELValue {
        guard case .list(let elements) = arguments[0] else { throw .noOverload("join", arguments[0]) }
        let separator = arguments.count == 2 ? try string(arguments[1], "join") : ""
        try budget.take(bytes: elements.count, times: separator.utf8.count)
        var texts: [String] = []
        for element in elements {
            let text = try string(element, "join")
            try budget.take(bytes: text.utf8.count + 1)
            texts.append(text)
        }
        return .string(texts.joined(separator: separator))
    }
}
