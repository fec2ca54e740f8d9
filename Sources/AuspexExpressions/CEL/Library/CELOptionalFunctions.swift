/// Making and reading optionals. `or` and `orValue` only look at their argument if they need it, so the compiler deals with
/// them; they are listed here to be known.
enum CELOptionalFunctions {
    static let functions: [CELFunction] = [
        .one("optional.of", .global, .type(.optional)) { value throws(CELError) -> CELValue in .optional(value) },
        .one("optional.ofNonZeroValue", .global, .type(.optional)) { value throws(CELError) -> CELValue in
            .optional(isZero(value) ? nil : value)
        },
        CELFunction("optional.none", arity: 0, result: .type(.optional)) { _ throws(CELError) -> CELValue in
            .optional(nil)
        },
        .one("hasValue", .member, .bool) { value throws(CELError) -> CELValue in
            guard case .optional(let wrapped) = value else { throw .noOverload("hasValue", value) }
            return .bool(wrapped != nil)
        },
        .one("value", .member, .any) { value throws(CELError) -> CELValue in
            guard case .optional(let wrapped) = value else { throw .noOverload("value", value) }
            guard let wrapped else {
                throw CELError(.invalidArgument, "the optional is absent; orValue() gives a value for that case")
            }
            return wrapped
        },
        .two("or", .member, .type(.optional)) { left, right throws(CELError) -> CELValue in
            throw .noOverload("or", left, right)
        },
        .two("orValue", .member, .any) { left, right throws(CELError) -> CELValue in
            throw .noOverload("orValue", left, right)
        },
    ]

    /// Whether a value is what its type has for nothing: 0, an empty text, list or map, null.
    private static func isZero(_ value: CELValue) -> Bool {
        switch value {
        case .null: true
        case .bool(let flag): !flag
        case .int(let number): number == 0
        case .uint(let number): number == 0
        case .double(let number): number == 0
        case .string(let text): text.isEmpty
        case .bytes(let bytes): bytes.isEmpty
        case .list(let elements): elements.isEmpty
        case .map(let map): map.count == 0
        case .timestamp(let moment): moment.seconds == 0 && moment.nanoseconds == 0
        case .duration(let span): span.nanoseconds == 0
        case .address, .network, .type: false
        case .optional(let wrapped): wrapped == nil
        }
    }
}
