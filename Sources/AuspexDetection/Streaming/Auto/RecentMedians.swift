/// The medians of the last 15 and 61 values, kept sorted by the places of the values: a view of a series' block.
struct RecentMedians {
    /// The values, at their number modulo 61.
    let values: UnsafeMutablePointer<Float>
    /// For each of ``OnlineLayout/medians`` its places in ascending order of their values, one list behind the other.
    let order: UnsafeMutablePointer<UInt8>

    /// What is kept beside the values.
    struct Head: Sendable, Hashable {
        /// Where the next value goes.
        var next: Int32 = 0
        /// How many are held, at most 61.
        var count: Int32 = 0

        /// The value `lag` places before the newest, from 0 on; nil when that is not held.
        func value(_ lag: Int, in values: UnsafeMutablePointer<Float>) -> Double? {
            guard lag < count else { return nil }
            let capacity = OnlineLayout.recentCount
            return Double(values[(Int(next) + capacity - 1 - lag) % capacity])
        }
    }

    /// Takes a value in and gives the medians of the last 15 and the last 61, or of as many as there are.
    func push(_ value: Float, head: inout Head) -> (short: Float, long: Float) {
        let place = Int(head.next)
        let held = Int(head.count)
        var begin = 0
        for length in OnlineLayout.medians {
            let list = order + begin
            var count = min(held, length)
            if held >= length {
                let old = (place + OnlineLayout.recentCount - length) % OnlineLayout.recentCount
                remove(UInt8(old), from: list, count: count)
                count -= 1
            }
            insert(UInt8(place), value, into: list, count: count)
            begin += length
        }
        values[place] = value
        head.next = Int32((place + 1) % OnlineLayout.recentCount)
        head.count = Int32(min(held + 1, OnlineLayout.recentCount))
        let (short, long) = (OnlineLayout.medians[0], OnlineLayout.medians[1])
        return (median(order, count: min(held + 1, short)), median(order + short, count: min(held + 1, long)))
    }

    private func median(_ list: UnsafeMutablePointer<UInt8>, count: Int) -> Float {
        let upper = values[Int(list[count / 2])]
        return count % 2 == 1 ? upper : 0.5 * (values[Int(list[count / 2 - 1])] + upper)
    }

    private func remove(_ place: UInt8, from list: UnsafeMutablePointer<UInt8>, count: Int) {
        var index = 0
        while index < count, list[index] != place { index += 1 }
        guard index < count else { return }
        (list + index).update(from: list + index + 1, count: count - index - 1)
    }

    private func insert(_ place: UInt8, _ value: Float, into list: UnsafeMutablePointer<UInt8>, count: Int) {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if values[Int(list[middle])] <= value { low = middle + 1 } else { high = middle }
        }
        (list + low + 1).update(from: list + low, count: count - low)
        list[low] = place
    }
}
