/// The functions of the language.
enum JMESFunction: String, CaseIterable, Sendable {
    case abs, avg, ceil, contains
    case endsWith = "ends_with"
    case floor, join, keys, length, map, max
    case maxBy = "max_by"
    case merge, min
    case minBy = "min_by"
    case notNull = "not_null"
    case reverse, sort
    case sortBy = "sort_by"
    case startsWith = "starts_with"
    case sum
    case toArray = "to_array"
    case toNumber = "to_number"
    case toString = "to_string"
    case type, values

    /// How many arguments it takes.
    var arity: ClosedRange<Int> {
        switch self {
        case .contains, .endsWith, .join, .map, .maxBy, .minBy, .sortBy, .startsWith: 2...2
        case .merge, .notNull: 1...Int.max
        default: 1...1
        }
    }
}
