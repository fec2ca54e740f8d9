package import AuspexSignals

/// The entries of a map: made by an expression, given as a dictionary, or borrowed from a JSON object, whose values are
/// converted only when they are read.
package struct CELMap: Sendable, Equatable {
    private enum Storage: Sendable {
        case entries(Entries)
        case members([String: CELValue])
        case json([String: JSONValue])
    }

    private struct Entries: Sendable {
        /// Entries in the order in which they were given, so that iteration is deterministic.
        var list: [(key: CELValue, value: CELValue)] = []
        /// Where each key's entry is in `list`.
        var places: [Key: Int] = [:]
    }

    /// A key in the form in which keys of several numeric types meet: a number is an `int` if it fits one.
    private enum Key: Hashable {
        case bool(Bool)
        case int(Int64)
        /// Only numbers over `Int64.max`.
        case uint(UInt64)
        case string(ScalarKey)

        /// The key for `value`; nil when no key of a map can equal it.
        init?(_ value: CELValue) {
            switch value {
            case .bool(let flag): self = .bool(flag)
            case .int(let number): self = .int(number)
            case .uint(let number): self = Int64(exactly: number).map(Key.int) ?? .uint(number)
            case .double(let number):
                if let exact = Int64(exactly: number) {
                    self = .int(exact)
                } else if let exact = UInt64(exactly: number) {
                    self = .uint(exact)
                } else {
                    return nil
                }
            case .string(let text): self = .string(ScalarKey(text: text))
            default: return nil
            }
        }
    }

    /// A string whose equality is that of its scalars.
    private struct ScalarKey: Hashable {
        let text: String

        static func == (left: ScalarKey, right: ScalarKey) -> Bool { left.text.hasSameScalars(as: right.text) }
    }

    private var storage: Storage

    /// An empty map.
    package init() {
        storage = .entries(Entries())
    }

    /// The members of a JSON object. O(1).
    package init(_ members: [String: JSONValue]) {
        storage = .json(members)
    }

    /// A map with string keys. O(1).
    package init(_ members: [String: CELValue]) {
        storage = .members(members)
    }

    /// The number of entries.
    package var count: Int {
        switch storage {
        case .entries(let entries): entries.list.count
        case .members(let members): members.count
        case .json(let members): members.count
        }
    }

    /// The value at `key`; numeric keys equal in value are the same key, whatever their types. nil when it is missing.
    package subscript(key: CELValue) -> CELValue? {
        switch storage {
        case .members, .json:
            guard case .string(let name) = key else { return nil }
            return self[name: name]
        case .entries(let entries):
            guard let key = Key(key), let place = entries.places[key] else { return nil }
            return entries.list[place].value
        }
    }

    /// The value at the string key `name`; nil when it is missing.
    package subscript(name name: String) -> CELValue? {
        switch storage {
        case .members(let members): Self.member(name, of: members)
        case .json(let members): Self.member(name, of: members).map { CELValue($0) }
        case .entries(let entries):
            entries.places[.string(ScalarKey(text: name))].map { entries.list[$0].value }
        }
    }

    /// The member of just this name: a dictionary takes canonically equivalent strings for one key.
    private static func member<Value>(_ name: String, of members: [String: Value]) -> Value? {
        guard let place = members.index(forKey: name) else { return nil }
        let member = members[place]
        return member.key.hasSameScalars(as: name) ? member.value : nil
    }

    /// The entries: in the order in which an expression gave them, or in the order of their names for a JSON object or a
    /// dictionary, which have none of their own. O(n log n) for those.
    package var entries: [(key: CELValue, value: CELValue)] {
        switch storage {
        case .entries(let entries): entries.list
        case .members(let members): Self.ordered(members).map { (.string($0.key), $0.value) }
        case .json(let members): Self.ordered(members).map { (.string($0.key), CELValue($0.value)) }
        }
    }

    private static func ordered<Value>(_ members: [String: Value]) -> [(key: String, value: Value)] {
        members.sorted { $0.key.precedesInScalars($1.key) }
    }

    /// Whether `value` may be a key: a bool, an int, a uint or a string.
    static func isKey(_ value: CELValue) -> Bool {
        switch value {
        case .bool, .int, .uint, .string: true
        default: false
        }
    }

    /// Adds an entry. False, and nothing done, if the key is there already.
    mutating func insert(_ value: CELValue, at key: CELValue) -> Bool {
        guard case .entries(var entries) = storage, let place = Key(key), entries.places[place] == nil else {
            return false
        }
        // The old storage lets go of the arrays, so that they are changed in place and not copied for every entry.
        storage = .json([:])
        entries.places[place] = entries.list.count
        entries.list.append((key, value))
        storage = .entries(entries)
        return true
    }

    package static func == (left: CELMap, right: CELMap) -> Bool {
        left.count == right.count && left.entries.allSatisfy { right[$0.key] == $0.value }
    }
}
