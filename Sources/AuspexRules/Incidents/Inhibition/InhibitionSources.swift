import AuspexSignals

/// Alerts that can inhibit and have something in common, those that fired first in front.
struct InhibitionSources: Sendable {
    /// One of them.
    struct Source: Hashable, Sendable {
        var firedAt: Timestamp
        var id: String

        func precedes(_ other: Source) -> Bool { (firedAt, id) < (other.firedAt, other.id) }
    }

    /// All of them.
    private(set) var all: [Source] = []
    /// Those that can't be inhibited themselves by the same rule.
    private(set) var oneSided: [Source] = []

    var isEmpty: Bool { all.isEmpty }

    /// The first that may inhibit; `oneSidedOnly` for a target that could inhibit as well.
    func first(oneSidedOnly: Bool) -> Source? { oneSidedOnly ? oneSided.first : all.first }

    mutating func insert(_ source: Source, isTarget: Bool) {
        all.insert(source, at: Self.place(of: source, in: all))
        if !isTarget { oneSided.insert(source, at: Self.place(of: source, in: oneSided)) }
    }

    mutating func remove(_ source: Source) {
        Self.remove(source, from: &all)
        Self.remove(source, from: &oneSided)
    }

    private static func remove(_ source: Source, from list: inout [Source]) {
        let place = place(of: source, in: list)
        if place < list.count, list[place] == source { list.remove(at: place) }
    }

    private static func place(of source: Source, in list: [Source]) -> Int {
        var (low, high) = (0, list.count)
        while low < high {
            let middle = low + (high - low) / 2
            if list[middle].precedes(source) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
