/// What is known about a value before it is there: enough to find a misspelt field or a number used as a condition.
package indirect enum CELShape: Sendable, Equatable, CustomStringConvertible {
    /// Nothing.
    case any
    /// The type; for lists and maps nothing about what is in them.
    case type(CELType)
    /// A list of values of one shape.
    case list(of: CELShape)
    /// A map from strings to values of one shape, such as labels.
    case map(of: CELShape)
    /// A map with these fields and no others.
    case object([String: CELShape])

    /// A truth value.
    package static let bool = CELShape.type(.bool)
    /// A whole number.
    package static let int = CELShape.type(.int)
    /// A double; every number that comes from JSON.
    package static let double = CELShape.type(.double)
    /// A string.
    package static let string = CELShape.type(.string)
    /// A moment.
    package static let timestamp = CELShape.type(.timestamp)
    /// A length of time.
    package static let duration = CELShape.type(.duration)

    /// The type, if it is known.
    package var type: CELType? {
        switch self {
        case .any: nil
        case .type(let type): type
        case .list: .list
        case .map, .object: .map
        }
    }

    package var description: String { type?.name ?? "a value of any type" }

    /// The shape of what a macro iterates over: elements of a list, keys of a map.
    var element: CELShape {
        switch self {
        case .list(let element): element
        case .map, .object: .string
        default: .any
        }
    }

    /// The shape of what an index or a field gives.
    var value: CELShape {
        switch self {
        case .list(let element), .map(let element): element
        default: .any
        }
    }
}
