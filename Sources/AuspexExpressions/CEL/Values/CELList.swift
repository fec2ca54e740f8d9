package import AuspexSignals

/// The elements of a list, either made by an expression or borrowed from a JSON array, whose elements are converted only
/// when they are read.
package struct CELList: Sendable, Equatable, RandomAccessCollection {
    private enum Storage: Sendable {
        case values([CELValue])
        case json([JSONValue])
    }

    private let storage: Storage

    /// A list of `values`.
    package init(_ values: [CELValue]) {
        storage = .values(values)
    }

    /// The elements of a JSON array. O(1).
    package init(_ elements: [JSONValue]) {
        storage = .json(elements)
    }

    package var startIndex: Int { 0 }

    package var endIndex: Int {
        switch storage {
        case .values(let values): values.count
        case .json(let elements): elements.count
        }
    }

    package subscript(position: Int) -> CELValue {
        switch storage {
        case .values(let values): values[position]
        case .json(let elements): CELValue(elements[position])
        }
    }

    package static func == (left: CELList, right: CELList) -> Bool { left.elementsEqual(right) }
}
