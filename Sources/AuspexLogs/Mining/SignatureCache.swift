/// Remembers which template a signature led to: two-way set associative, the newer entry of a set first, so that it is
/// bounded, needs no deletion and answers in one or two probes.
struct SignatureCache: Sendable, Equatable {
    struct Entry: Sendable, Equatable {
        var key: UInt64
        var node: Int32

        static let vacant = Entry(key: 0, node: -1)
    }

    /// The sets' entries, two in a row.
    private(set) var entries: [Entry]
    private let mask: UInt64

    /// A cache of at least `capacity` entries, rounded up to a power of two, at least 2.
    init(capacity: Int) {
        var count = 2
        while count < capacity { count *= 2 }
        entries = Array(repeating: .vacant, count: count)
        mask = UInt64(count / 2 - 1)
    }

    @inline(__always) private func first(of key: UInt64) -> Int { Int(truncatingIfNeeded: key & mask) * 2 }

    /// The node that `key` led to, or -1.
    @inline(__always) func node(for key: UInt64) -> Int32 {
        let index = first(of: key)
        if entries[index].key == key { return entries[index].node }
        if entries[index + 1].key == key { return entries[index + 1].node }
        return -1
    }

    mutating func insert(_ key: UInt64, node: Int32) {
        let index = first(of: key)
        if entries[index].key != key { entries[index + 1] = entries[index] }
        entries[index] = Entry(key: key, node: node)
    }

    /// Replaces every node by what `renamed` returns for it; nil removes the entry.
    mutating func rename(_ renamed: (Int32) -> Int32?) {
        for index in entries.indices where entries[index].node >= 0 {
            if let node = renamed(entries[index].node) {
                entries[index].node = node
            } else {
                entries[index] = .vacant
            }
        }
    }

    /// Puts an entry at its place when a snapshot is restored; false if it doesn't belong there.
    mutating func restore(_ entry: Entry, at index: Int) -> Bool {
        guard entries.indices.contains(index), index & ~1 == first(of: entry.key) else { return false }
        entries[index] = entry
        return true
    }
}
