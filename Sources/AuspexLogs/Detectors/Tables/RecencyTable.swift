/// A table of bounded size that forgets what was not touched for longest. Every operation is O(1); a doubly linked list
/// through the slots holds the order.
struct RecencyTable<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Slot: Sendable {
        var key: Key
        var value: Value
        var older: Int
        var newer: Int
    }

    private static var none: Int { -1 }

    /// How many entries there may be, 1 or more.
    let capacity: Int
    /// Entries that had to make room.
    private(set) var evicted: UInt64 = 0

    private var slots: [Slot] = []
    private var places: [Key: Int] = [:]
    private var oldest = -1
    private var newest = -1

    init(capacity: Int, evicted: UInt64 = 0) {
        self.capacity = max(1, capacity)
        self.evicted = evicted
    }

    var count: Int { slots.count }

    /// The entry of `key`, which this does not touch.
    subscript(_ key: Key) -> Value? { places[key].map { slots[$0].value } }

    /// The entry that was not touched for longest.
    var eldest: (key: Key, value: Value)? {
        oldest == Self.none ? nil : (slots[oldest].key, slots[oldest].value)
    }

    /// Touches the entry of `key`, making it if there is none, and lets `body` change it.
    ///
    /// - Returns: what `body` returns, and the entry that had to make room.
    mutating func touch<Result>(
        _ key: Key, default new: @autoclosure () -> Value, _ body: (inout Value) -> Result
    ) -> (result: Result, evicted: (key: Key, value: Value)?) {
        var gone: (key: Key, value: Value)?
        if let place = places[key] {
            unlink(place)
            link(place)
        } else {
            if slots.count == capacity {
                gone = removeEldest()
                evicted += 1
            }
            places[key] = slots.count
            slots.append(Slot(key: key, value: new(), older: Self.none, newer: Self.none))
            link(slots.count - 1)
        }
        return (body(&slots[newest].value), gone)
    }

    /// Lets `body` change every entry, the one that was not touched for longest first, without touching it.
    mutating func updateAll(_ body: (Key, inout Value) -> Void) {
        var place = oldest
        while place != Self.none {
            body(slots[place].key, &slots[place].value)
            place = slots[place].newer
        }
    }

    /// Takes an entry out.
    @discardableResult
    mutating func remove(_ key: Key) -> Value? {
        guard let place = places.removeValue(forKey: key) else { return nil }
        unlink(place)
        let value = slots[place].value
        let last = slots.count - 1
        if place != last {
            slots[place] = slots[last]
            places[slots[place].key] = place
            relink(place)
        }
        slots.removeLast()
        return value
    }

    /// Takes the entry out that was not touched for longest.
    @discardableResult
    mutating func removeEldest() -> (key: Key, value: Value)? {
        guard let (key, value) = eldest else { return nil }
        remove(key)
        return (key, value)
    }

    /// All entries, the one that was not touched for longest first.
    var entries: [(key: Key, value: Value)] {
        var all: [(key: Key, value: Value)] = []
        all.reserveCapacity(count)
        var place = oldest
        while place != Self.none {
            all.append((slots[place].key, slots[place].value))
            place = slots[place].newer
        }
        return all
    }

    private mutating func link(_ place: Int) {
        slots[place].older = newest
        slots[place].newer = Self.none
        if newest == Self.none { oldest = place } else { slots[newest].newer = place }
        newest = place
    }

    private mutating func unlink(_ place: Int) {
        let (older, newer) = (slots[place].older, slots[place].newer)
        if older == Self.none { oldest = newer } else { slots[older].newer = newer }
        if newer == Self.none { newest = older } else { slots[newer].older = older }
    }

    /// Tells the neighbours of a slot that was moved to `place`.
    private mutating func relink(_ place: Int) {
        let (older, newer) = (slots[place].older, slots[place].newer)
        if older == Self.none { oldest = place } else { slots[older].newer = place }
        if newer == Self.none { newest = place } else { slots[newer].older = place }
    }
}

extension RecencyTable: Equatable where Value: Equatable {
    /// The same entries in the same order.
    static func == (left: Self, right: Self) -> Bool {
        left.capacity == right.capacity && left.evicted == right.evicted
            && left.entries.elementsEqual(right.entries) { $0.key == $1.key && $0.value == $1.value }
    }
}

extension RecencyTable {
    func write(
        to writer: inout StateWriter, key: (inout StateWriter, Key) -> Void, value: (inout StateWriter, Value) -> Void
    ) {
        writer.write(capacity)
        writer.write(evicted)
        writer.write(count)
        for entry in entries {
            key(&writer, entry.key)
            value(&writer, entry.value)
        }
    }

    init(
        reading reader: inout StateReader, capacities: ClosedRange<Int>,
        key: (inout StateReader) throws(LogSnapshotError) -> Key,
        value: (inout StateReader) throws(LogSnapshotError) -> Value
    ) throws(LogSnapshotError) {
        self.init(capacity: try reader.int(in: capacities, "a table's bound"), evicted: try reader.unsigned())
        let entries = try reader.count()
        guard entries <= capacity else { throw reader.error("\(entries) entries in a table of \(capacity)") }
        for _ in 0..<entries {
            let key = try key(&reader)
            guard self[key] == nil else { throw reader.error("a table has a key twice") }
            let value = try value(&reader)
            _ = touch(key, default: value) { _ in }
        }
    }
}
