import AuspexNumerics
import Foundation

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
        var list = order
        for length in OnlineLayout.medians {
            let kept = min(held, length - 1)
            let rank = rank(of: value, among: kept, before: place)
            if held >= length {
                let old = (place + OnlineLayout.recentCount - length) % OnlineLayout.recentCount
                replace(UInt8(old), by: UInt8(place), at: rank, in: list, count: length)
            } else {
                (list + rank + 1).update(from: list + rank, count: kept - rank)
                list[rank] = UInt8(place)
            }
            list += length
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

    /// How many of the `count` values that came before the one at `place` are not over the value.
    private func rank(of value: Float, among count: Int, before place: Int) -> Int {
        let straight = min(count, place)
        let wrapped = count - straight
        return Kernels.count(of: UnsafeBufferPointer(start: values + place - straight, count: straight), upTo: value)
            + Kernels.count(
                of: UnsafeBufferPointer(start: values + OnlineLayout.recentCount - wrapped, count: wrapped), upTo: value
            )
    }

    /// Takes `old` out of a list of places and puts `new` where `rank` others are before it.
    private func replace(
        _ old: UInt8, by new: UInt8, at rank: Int, in list: UnsafeMutablePointer<UInt8>, count: Int
    ) {
        guard let found = memchr(list, Int32(old), count) else { return }
        let hole = found.assumingMemoryBound(to: UInt8.self) - list
        if hole < rank {
            (list + hole).update(from: list + hole + 1, count: rank - hole)
        } else {
            (list + rank + 1).update(from: list + rank, count: hole - rank)
        }
        list[rank] = new
    }
}
